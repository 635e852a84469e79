"""What scoring refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.errors import FieldViolation, InvalidInputError, LimitExceededError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.packs.problem import Problem


class WeightsError(SettingsError):
    """The language weights aren't the ones that judgements were measured with."""

    reason = "WEIGHTS"


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
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return cls(
            f"the rubric doesn't compile: {problems[0]}{more}",
            violations=[FieldViolation("rubric_revision.files", str(one)) for one in problems],
        )
