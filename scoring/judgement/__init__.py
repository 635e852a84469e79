"""The call-level evaluator: pure functions from readings of turns to answers. Knows no spaCy."""
