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

    def __str__(self) -> str:
        """Return one line, as "pack.yaml:3: statements[0].say: this must be text"; blanks are left out."""
        place = f"{self.file_name}:{self.line}" if self.line else self.file_name
        return ": ".join(part for part in (place, self.field, self.message) if part)
