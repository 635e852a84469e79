"""What entries of packs say of each other: ids that exist, orders that can be kept, conditions that run."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from scoring.condition import ConditionError, read_condition
from scoring.domain.finding import Kind
from scoring.packs.checking import nearest
from scoring.packs.rules import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scoring.domain.rubric import Rule
    from scoring.packs.document import Document, Path
    from scoring.packs.problem import Problem
    from scoring.packs.schema import PackFile


def referred_ids(pack: PackFile) -> frozenset[str]:
    """Return the ids of all entries, the pack's own or another's, that its entries name."""
    return frozenset(
        [one for _, one in _named(pack)]
        + [one for trigger in pack.empathy.triggers for one in trigger.calls_for]
    )


def reference_problems(
    packs: Sequence[tuple[PackFile, Document]], rules: Mapping[str, Rule]
) -> list[Problem]:
    """Return what is wrong with the ids, orders and conditions in these packs, which have these rules."""
    problems: list[Problem] = []
    for pack, document in packs:
        problems += _condition_problems(pack, document)
        problems += [
            document.problem(at, f"no pack here has '{one}'{nearest(one, rules)}")
            for at, one in _named(pack)
            if one not in rules
        ]
        problems += _marker_problems(pack, document, rules)
    return problems + _order_problems(packs)


def condition_problem(source: str | None) -> str:
    """Return why a condition can't be used, or "" when it can or there is none."""
    try:
        if source is not None:
            read_condition(source)
    except ConditionError as error:
        return str(error)
    return ""


def _condition_problems(pack: PackFile, document: Document) -> list[Problem]:
    return [
        document.problem(("statements", index, "when"), problem)
        for index, statement in enumerate(pack.statements)
        if (problem := condition_problem(statement.when))
    ]


def _named(pack: PackFile) -> Iterator[tuple[Path, str]]:
    """Yield every id that a statement's order or condition names, with its place."""
    for index, statement in enumerate(pack.statements):
        at = ("statements", index)
        for key, one in (("after", statement.after), ("before", statement.before)):
            if one is not None:
                yield (*at, key), one
        if statement.when is not None and not condition_problem(statement.when):
            for one in read_condition(statement.when).rule_ids:
                yield (*at, "when"), one


def _marker_problems(pack: PackFile, document: Document, rules: Mapping[str, Rule]) -> list[Problem]:
    markers = [rule.id for rule in rules.values() if rule.kind is Kind.EMPATHY_MARKER]
    return [
        document.problem(
            ("empathy", "triggers", index, "calls_for", position),
            f"there is no marker '{marker}'{nearest(marker, markers)}",
        )
        for index, trigger in enumerate(pack.empathy.triggers)
        for position, marker in enumerate(trigger.calls_for)
        if marker not in markers
    ]


def _order_problems(packs: Sequence[tuple[PackFile, Document]]) -> list[Problem]:
    """Report one circle of statements each of which is to come after the one before it."""
    earlier: dict[str, set[str]] = {}
    for pack, _ in packs:
        for statement in pack.statements:
            if statement.after is not None:
                earlier.setdefault(statement.id, set()).add(statement.after)
            if statement.before is not None:
                earlier.setdefault(statement.before, set()).add(statement.id)
    try:
        TopologicalSorter({one: sorted(earlier[one]) for one in sorted(earlier)}).prepare()
    except CycleError as error:
        circle = [str(one) for one in error.args[1]]
        for pack, document in packs:
            for at, entry in entries(pack):
                if entry.id in circle and at[0] == "statements":
                    order = ", then ".join(f"'{one}'" for one in circle)
                    message = f"nobody can keep this order: {order}; take one 'after' or 'before' out"
                    return [document.problem(at, message)]
    return []
