"""What a whole call says before any question is asked of it."""
