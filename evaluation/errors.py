"""What can be wrong with evaluation data."""

from __future__ import annotations


class DataError(Exception):
    """One sentence that names the file, the line and the field, and says what is expected there."""
