"""Finds and stores rubric revisions: scoring says what a rubric is, this keeps every revision used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from review_api.domain.rubrics import DEFAULT_RUBRIC
from servicekit.errors import AlreadyExistsError, FieldViolation, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.rubrics import CheckedRubric, Revision, Rubric, RubricFile
    from review_api.ports import RubricChecker, RubricRepository

CURRENT: Final = "current"
_REFERENCE: Final = re.compile(
    r"(?:rubrics/)?(?P<rubric>[a-z0-9_-]{1,64})(?:/revisions/(?P<revision>[a-z0-9]{1,64}))?"
)


class RubricMistakesError(InvalidInputError):
    """The files do not make a rubric; the violations name file, line and field of every mistake."""

    reason = "RUBRIC_MISTAKES"


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricCatalogue:
    """Revisions by name. A built-in rubric is asked for each time, so a new version of it becomes current."""

    rubrics: RubricRepository
    checker: RubricChecker
    max_rubric_bytes: int

    def resolve(self, reference: str) -> Revision:
        """Return the stored revision that a client means.

        `reference` is "" (the built-in default), a bare name, `rubrics/{rubric}`, or a revision's name,
        `current` included. NotFoundError names the rubrics that exist.
        """
        match = _REFERENCE.fullmatch(reference or DEFAULT_RUBRIC)
        if match is None:
            description = "expected a name, rubrics/{rubric} or rubrics/{rubric}/revisions/{revision}"
            raise InvalidInputError(
                f"rubric: {description}", violations=[FieldViolation("rubric", description)]
            )
        rubric, revision = match["rubric"], match["revision"] or CURRENT
        return self.rubrics.get(rubric, revision) if revision != CURRENT else self._current(rubric)

    def create(self, files: Sequence[RubricFile], *, validate_only: bool) -> Revision | None:
        """Check the files and make them the current revision; None when packs alone were checked.

        RubricMistakesError for mistakes, AlreadyExistsError for the name of a built-in rubric.
        """
        total_bytes = sum(len(file.content.encode()) for file in files)
        if total_bytes > self.max_rubric_bytes:
            description = f"{total_bytes} bytes are more than {self.max_rubric_bytes} (max_rubric_bytes)"
            raise InvalidInputError(
                f"files: {description}", violations=[FieldViolation("files", description)]
            )
        checked = self.checker.check_files(files)
        if checked.problems:
            raise _mistakes(checked)
        revision = checked.revision
        if revision is None:
            if validate_only:
                return None
            description = "there are packs and no rubric; a revision needs one rubric, validate_only does not"
            raise InvalidInputError(
                f"files: {description}", violations=[FieldViolation("files", description)]
            )
        if revision.rubric in checked.builtin_rubrics:
            self._refuse_other_content(revision)
        return revision if validate_only else self.rubrics.add_current(revision)

    def page(self, *, after: str, size: int) -> Sequence[Rubric]:
        """Return up to `size` rubrics whose names follow `after`, the built-in ones stored by the way."""
        if not after:
            for name in self.checker.check_builtin(DEFAULT_RUBRIC).builtin_rubrics:
                self._current(name)
        return self.rubrics.page(after=after, size=size)

    def _current(self, rubric: str) -> Revision:
        checked = self.checker.check_builtin(rubric)
        if checked.revision is not None:
            stored = self.rubrics.find_current(rubric)
            if stored is not None and stored.key == checked.revision.key:
                return stored
            return self.rubrics.add_current(checked.revision)
        stored = self.rubrics.find_current(rubric)
        if stored is None:
            known = sorted({*self.rubrics.names(), *checked.builtin_rubrics})
            raise NotFoundError(
                f"rubrics/{rubric} does not exist; there are {', '.join(known) or 'none'}",
                metadata={"rubrics": ",".join(known)},
            )
        return stored

    def _refuse_other_content(self, revision: Revision) -> None:
        builtin = self.checker.check_builtin(revision.rubric).revision
        if builtin is None or builtin.key != revision.key:
            raise AlreadyExistsError(
                f"rubrics/{revision.rubric} is built in; give your rubric another name in its YAML file"
            )


def _mistakes(checked: CheckedRubric) -> RubricMistakesError:
    first, others = checked.problems[0], len(checked.problems) - 1
    more = f", and {others} more" if others else ""
    return RubricMistakesError(f"{first.field}: {first.description}{more}", violations=checked.problems)
