"""A rubric's questions: each names a detector, whose parameters are checked against the packs' rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.domain.rubric import Criterion
from scoring.judgement.detectors import DETECTORS
from scoring.packs.checking import check_shape, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.packs.document import Document, Path
    from scoring.packs.problem import Problem
    from scoring.packs.schema import CriterionEntry, RubricForm


def criteria_of(
    form: RubricForm, document: Document, rules: Mapping[str, Rule], *, check_ids: bool
) -> tuple[tuple[Criterion, ...], list[Problem]]:
    """Return the form's criteria in order, without those that are wrong, and what is wrong with them.

    Without `check_ids` the rules that a check names aren't looked up.
    """
    criteria: list[Criterion] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, section in enumerate(form.sections):
        for index, entry in enumerate(section.criteria):
            at = ("sections", number, "criteria", index)
            if entry.id in seen:
                problems.append(document.problem((*at, "id"), f"the id '{entry.id}' is used twice"))
            seen.add(entry.id)
            criterion, found = _criterion(entry, section.id, at, document, rules if check_ids else None)
            problems += found
            if criterion is not None:
                criteria.append(criterion)
    return tuple(criteria), problems


def _criterion(
    entry: CriterionEntry, section: str, at: Path, document: Document, rules: Mapping[str, Rule] | None
) -> tuple[Criterion | None, list[Problem]]:
    [(key, value)] = entry.check.items()
    place = (*at, "check", key)
    detector = DETECTORS.get(key)
    if detector is None:
        known = ", ".join(sorted(DETECTORS))
        message = f"there is no check '{key}'{nearest(key, DETECTORS)} (known: {known})"
        return None, [document.problem(place, message)]
    check, problems = check_shape(detector.shape, value, document, at=place)
    if check is None:
        return None, problems
    if rules is not None:
        problems = [
            document.problem((*place, parameter) if parameter else place, message)
            for parameter, message in detector.problems(check, rules)
        ]
    criterion = Criterion(
        id=entry.id,
        title=entry.title,
        section=section,
        points=entry.points,
        auto_fail=entry.auto_fail,
        flag_on_fail=entry.flag_on_fail or "",
        detector=key,
        check=check,
    )
    return criterion, problems
