"""callqa on one machine: embedded MongoDB, three services and their workers, started by one command."""
