"""A rubric's questions: each names a detector, whose parameters are checked against the packs' rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.condition import read_condition
from scoring.domain.rubric import Criterion
from scoring.judgement.checks.adherence import NotSaid, Said
from scoring.judgement.checks.recital import Recited
from scoring.judgement.detectors import DETECTORS
from scoring.packs.checking import check_shape, nearest
from scoring.packs.references import condition_problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from scoring.domain.rubric import Rule
    from scoring.packs.document import Document, Path
    from scoring.packs.problem import Problem
    from scoring.packs.schema import CriterionEntry, RubricForm


# The checks that ask for a statement in its own order and on its own condition.
_KEEPS_ORDER: Final = frozenset({Said.key, NotSaid.key, Recited.key})


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
            criterion, found = _criterion(entry, section.id, at, document, rules if check_ids else None)
            found += _condition_problems(entry, at, document, rules if check_ids else None, seen)
            problems += found
            seen.add(entry.id)
            if criterion is not None:
                criteria.append(criterion)
    return tuple(criteria), problems


def _condition_problems(
    entry: CriterionEntry,
    at: Path,
    document: Document,
    rules: Mapping[str, Rule] | None,
    earlier: Collection[str],
) -> list[Problem]:
    """Return what is wrong with a question's condition, and with those of the statements that it asks for."""
    problem = condition_problem(entry.when)
    if problem:
        return [document.problem((*at, "when"), problem)]
    asked = [((*at, "when"), entry.when, "")] if entry.when is not None else []
    found: list[Problem] = []
    if rules is not None:
        # A pack doesn't know in which rubric it will stand: its answers are looked up here.
        named = sorted({one for one in _words(entry.check) if one in rules})
        detector = next(iter(entry.check))
        found += [
            document.problem(
                (*at, "check"),
                f"'{one}' has an order or a condition of its own, which '{detector}' doesn't look at: "
                "take it out of the pack, and write a condition as 'when' of this question",
            )
            for one in named
            if detector not in _KEEPS_ORDER and (rules[one].after or rules[one].before or rules[one].when)
        ]
        asked += [((*at, "check"), rules[one].when, f"the condition of '{one}': ") for one in named]
    for place, source, whose in asked:
        if not source or condition_problem(source):
            continue
        condition = read_condition(source)
        found += [
            document.problem(
                place, f"{whose}no question before this one has the id '{one}'{nearest(one, earlier)}"
            )
            for one in condition.criterion_ids
            if one not in earlier
        ]
        if not whose and rules is not None:
            found += [
                document.problem(place, f"no pack here has '{one}'{nearest(one, rules)}")
                for one in condition.rule_ids
                if one not in rules
            ]
    return found


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _words(part)
    elif isinstance(value, list):
        for part in value:
            yield from _words(part)


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
        when=entry.when or "",
    )
    return criterion, problems
