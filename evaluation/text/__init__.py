"""Judgement measured against labelled dialogues: `make evaluate DATA=folder`."""
