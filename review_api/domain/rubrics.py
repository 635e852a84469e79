"""Scorecard forms as review_api sees them: names, hashes and bytes. Only scoring knows what is inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from servicekit.errors import FieldViolation

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_RUBRIC: Final = "service-quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricFile:
    """One YAML file, as the client sent it."""

    file_name: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An immutable revision. `payload` is the canonical `callqa.v1.RubricRevision` without its time."""

    rubric: str
    revision: str
    content_sha256: str
    payload: bytes
    create_time: datetime | None = None
    """None until it is stored."""

    def __post_init__(self) -> None:
        if not self.content_sha256.startswith(self.revision):
            raise ValueError(f"revision {self.revision} is not the start of its content's SHA-256")

    @property
    def key(self) -> str:
        """`{rubric}/{revision}`."""
        return f"{self.rubric}/{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A named form and its current revision."""

    name: str
    current_revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricMistake:
    """Where a mistake stands (line from 1, 0 for the whole file) and one sentence that says what to do."""

    file_name: str
    line: int
    field: str
    message: str

    @property
    def violation(self) -> FieldViolation:
        """The mistake as an error carries it, under "pack.yaml line 3: statements[0].say"."""
        line = f" line {self.line}" if self.line else ""
        place = f": {self.field}" if self.field else ""
        return FieldViolation(f"{self.file_name}{line}{place}", self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRubric:
    """What scoring says of a rubric: its revision where it is well, and every mistake."""

    revision: Revision | None
    mistakes: tuple[RubricMistake, ...]
    builtin_rubrics: tuple[str, ...]
