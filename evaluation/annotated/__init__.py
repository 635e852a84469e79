"""Calls of the project's own writing, labelled twice; README.md says how."""
