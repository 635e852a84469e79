"""Finds and stores rubric revisions: scoring says what a rubric is, this keeps every revision used."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from review_api.domain.rubrics import DEFAULT_RUBRIC, RubricMistake
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

    def check(self, files: Sequence[RubricFile]) -> CheckedRubric:
        """Return what is wrong with the files, the name of a built-in rubric with other content included.

        InvalidInputError for more than `max_rubric_bytes` bytes.
        """
        self.check_size(files)
        checked = self.checker.check_files(files)
        if checked.revision is None or not self._takes_over(checked.revision, checked.builtin_rubrics):
            return checked
        message = _taken(checked.revision.rubric)
        mistake = RubricMistake(file_name="", line=0, field="rubric", message=message)
        return replace(checked, revision=None, mistakes=(mistake,))

    def check_size(self, files: Sequence[RubricFile]) -> None:
        """Raise InvalidInputError for more than `max_rubric_bytes` bytes."""
        total_bytes = sum(len(file.content.encode()) for file in files)
        if total_bytes > self.max_rubric_bytes:
            description = f"{total_bytes} bytes are more than {self.max_rubric_bytes} (max_rubric_bytes)"
            raise InvalidInputError(
                f"files: {description}", violations=[FieldViolation("files", description)]
            )

    def create(self, files: Sequence[RubricFile], *, validate_only: bool) -> Revision | None:
        """Check the files and make them the current revision; None when packs alone were checked.

        RubricMistakesError for mistakes, AlreadyExistsError for the name of a built-in rubric.
        """
        self.check_size(files)
        checked = self.checker.check_files(files)
        if checked.mistakes:
            raise _mistakes(checked)
        revision = checked.revision
        if revision is None:
            if validate_only:
                return None
            description = "there are packs and no rubric; a revision needs one rubric, validate_only does not"
            raise InvalidInputError(
                f"files: {description}", violations=[FieldViolation("files", description)]
            )
        if self._takes_over(revision, checked.builtin_rubrics):
            raise AlreadyExistsError(_taken(revision.rubric))
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

    def _takes_over(self, revision: Revision, builtin_rubrics: Sequence[str]) -> bool:
        """Tell whether the revision has the name of a built-in rubric and other content."""
        if revision.rubric not in builtin_rubrics:
            return False
        builtin = self.checker.check_builtin(revision.rubric).revision
        return builtin is None or builtin.key != revision.key


def _taken(rubric: str) -> str:
    return f"rubrics/{rubric} is built in; give your rubric another name in its YAML file"


def _mistakes(checked: CheckedRubric) -> RubricMistakesError:
    violations = [mistake.violation for mistake in checked.mistakes]
    first, others = violations[0], len(violations) - 1
    more = f", and {others} more" if others else ""
    return RubricMistakesError(f"{first.field}: {first.description}{more}", violations=violations)
