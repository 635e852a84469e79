"""Turns read by spaCy and static embeddings: which rules fire where, and how the words stand there."""
