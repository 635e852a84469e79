"""Judgement measured against data that nobody here labelled or tuned on; see docs/evaluation.md."""
