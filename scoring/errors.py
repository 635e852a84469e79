"""What scoring refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.errors import FieldViolation, InvalidInputError, LimitExceededError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.packs.problem import Problem


class TranscriptInvalidError(InvalidInputError):
    """The transcript contradicts itself."""

    reason = "TRANSCRIPT_INVALID"


class TranscriptTooLongError(LimitExceededError):
    """The transcript has more turns or words than one request may have."""

    reason = "TRANSCRIPT_TOO_LONG"


class LanguageUnsupportedError(InvalidInputError):
    """The call is in a language that no pack is written in."""

    reason = "LANGUAGE_UNSUPPORTED"


class RubricInvalidError(InvalidInputError):
    """The rubric revision doesn't compile, or isn't what its name says."""

    reason = "RUBRIC_INVALID"

    @classmethod
    def from_problems(cls, problems: Sequence[Problem]) -> RubricInvalidError:
        """Return the error for a revision with these problems; without any there is no rubric in it."""
        if not problems:
            return cls("the revision's files hold packs but no rubric")
        first = problems[0]
        violations = [
            FieldViolation("rubric_revision.files", f"{one.file_name}:{one.line}: {one.field}: {one.message}")
            for one in problems
        ]
        place = f"{first.file_name}:{first.line}: {first.field}"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return cls(
            f"the rubric doesn't compile: {place}: {first.message}{more}",
            violations=violations,
        )
