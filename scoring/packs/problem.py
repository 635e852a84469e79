"""A mistake in a rubric or pack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Where a mistake stands (line from 1, 0 for the whole file) and one sentence that says what to do."""

    file_name: str
    line: int
    field: str
    message: str
