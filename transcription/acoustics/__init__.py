"""Who talks, waits, holds and interrupts, from word times and loudness. No emotion is read from a voice."""
