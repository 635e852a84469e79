"""Hears recorded calls: audio in, a transcript with word times and speaker roles out. Keeps nothing."""
