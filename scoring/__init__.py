"""Transcript and rubric revision in, scorecard out. Pure; the only importer of spaCy and wordllama."""
