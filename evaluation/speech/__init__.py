"""Transcription measured against reference texts and times: `make evaluate-speech DATA=folder`."""
