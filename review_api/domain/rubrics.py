"""Scorecard forms as review_api sees them: names, hashes and bytes. Only scoring knows what is inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from servicekit.errors import FieldViolation

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
class CheckedRubric:
    """What scoring says of a rubric: its revision where it is well, and every problem."""

    revision: Revision | None
    problems: tuple[FieldViolation, ...]
    builtin_rubrics: tuple[str, ...]
