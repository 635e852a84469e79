"""How far two annotators agree, and where they don't.

Cohen, A coefficient of agreement for nominal scales (1960); Krippendorff, Content Analysis (2019), ch. 12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.annotated.labels import KINDS, KINDS_OF_BOTH_SIDES
from evaluation.text.figures import Figures, estimate, ratio
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from evaluation.annotated.labels import CallLabels, TurnLabel
    from evaluation.text.dialogues import Dialogue

Labelled = tuple["Dialogue", "CallLabels", "CallLabels"]
"""A call, the first annotator's labels and the second's."""
_DICE: Final = np.array([[2.0, 2.0], [0.0, 1.0], [0.0, 1.0]])
"""Makes twice both and the sum of either's labels, F1's two sides, of (both, first alone, second alone)."""


def cohens_kappa(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kappa of (both, first alone, second alone, neither) in the last axis; NaN without variation."""
    both, first, second, neither = (sums[..., index] for index in range(4))
    total = sums.sum(axis=-1)
    observed = (both + neither) / total
    chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / total**2
    return np.asarray((observed - chance) / (1 - chance))


def nominal_alpha(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Krippendorff's alpha of two annotators who both judge every unit.

    The last axis is the table (first annotator's value x second's, flattened) of how many units have
    each pair of values. NaN where one value is all there is.
    """
    size = round(sums.shape[-1] ** 0.5)
    table = sums.reshape(*sums.shape[:-1], size, size)
    pairs = table + np.swapaxes(table, -1, -2)
    of_value = pairs.sum(axis=-1)
    values = of_value.sum(axis=-1)
    differing = values - np.trace(pairs, axis1=-2, axis2=-1)
    expected = (values**2 - (of_value**2).sum(axis=-1)) / (values - 1)
    return np.asarray(1 - differing / expected)


def agreement(calls: Sequence[Labelled]) -> dict[str, Figures]:
    """Return figures by kind of turn label, then of owner, due time, reason, outcome and issue count."""
    figures = {kind: _kind_figures(calls, kind) for kind in KINDS}
    for name, kind, field in (
        ("commitment: owner", "commitment", "owner"),
        ("commitment: due_text", "commitment", "due_text"),
        ("escalation: reason", "escalation", "reason"),
    ):
        figures[name] = _value_figures(
            [
                (dialogue.group, _values(ours, field), _values(theirs, field))
                for dialogue, _, ours, theirs in _turns(calls, kind)
                if ours and theirs
            ]
        )
    for name in ("outcome", "issue_count"):
        figures[name] = _value_figures(
            [
                (dialogue.group, str(getattr(ours, name)), str(getattr(theirs, name)))
                for dialogue, ours, theirs in calls
            ]
        )
    return figures


def disagreements(calls: Sequence[Labelled]) -> Iterator[dict[str, Any]]:
    """Yield every label on which the two differ: `turn` is null for labels of the call, a list [] is none."""
    for call in calls:
        dialogue, first, second = call
        for index in range(len(dialogue.turns)):
            for kind in KINDS:
                ours, theirs = first.of_kind(index, kind), second.of_kind(index, kind)
                if ours != theirs:
                    yield _difference(dialogue, index, kind, _plain(ours), _plain(theirs))
        for name in ("outcome", "issue_count"):
            if getattr(first, name) != getattr(second, name):
                yield _difference(dialogue, None, name, getattr(first, name), getattr(second, name))


def _kind_figures(calls: Sequence[Labelled], kind: str) -> Figures:
    groups, rows = [], []
    for dialogue, _, ours, theirs in _turns(calls, kind):
        groups.append(dialogue.group)
        rows.append([ours and theirs, ours and not theirs, theirs and not ours, not ours and not theirs])
    counts = np.array([[bool(flag) for flag in row] for row in rows], dtype=np.float64).reshape(-1, 4)
    both, first, second, _ = counts.sum(axis=0).astype(int).tolist()
    return {
        **estimate("kappa", groups, counts, cohens_kappa),
        # Where neither has the kind there is nothing to agree on: null, and not an F1 of 0.
        **estimate("f1", groups, counts[:, :3] @ _DICE, ratio),
        "n": len(rows),
        "first": both + first,
        "second": both + second,
        "both": both,
    }


def _value_figures(units: Sequence[tuple[str, str, str]]) -> Figures:
    """Return alpha and the share that is equal of (group, first's value, second's value)."""
    values = sorted({value for _, *pair in units for value in pair})
    tables = np.zeros((len(units), len(values) ** 2))
    for row, (_, ours, theirs) in enumerate(units):
        tables[row, values.index(ours) * len(values) + values.index(theirs)] = 1
    equal = np.array([[ours == theirs, 1] for _, ours, theirs in units], dtype=np.float64)
    groups = [group for group, _, _ in units]
    return {
        **estimate("alpha", groups, tables, nominal_alpha),
        **estimate("equal", groups, equal, ratio),
        "n": len(units),
    }


def _turns(
    calls: Sequence[Labelled], kind: str
) -> Iterator[tuple[Dialogue, int, tuple[TurnLabel, ...], tuple[TurnLabel, ...]]]:
    """Yield every turn on which the kind may stand, with both annotators' labels of that kind."""
    for dialogue, first, second in calls:
        for index, turn in enumerate(dialogue.turns):
            if kind in KINDS_OF_BOTH_SIDES or turn.role is Role.AGENT:
                yield dialogue, index, first.of_kind(index, kind), second.of_kind(index, kind)


def _values(labels: Sequence[TurnLabel], field: str) -> str:
    return " + ".join(str(getattr(label, field)) for label in labels)


def _plain(labels: Sequence[TurnLabel]) -> list[Mapping[str, Any]]:
    return [label.model_dump(exclude_none=True) for label in labels]


def _difference(
    dialogue: Dialogue, turn: int | None, kind: str, ours: object, theirs: object
) -> dict[str, Any]:
    return {
        "dialogue_id": dialogue.dialogue_id,
        "turn": turn,
        "kind": kind,
        "first": ours,
        "second": theirs,
    }
