"""Verdicts that change when nothing changes that they may rest on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import Measured, Mistake
from evaluation.text.engine import builtin_rubric
from evaluation.text.figures import estimate, ratio
from evaluation.text.swaps import TEXT_SWAPS, swapped
from scoring.domain.context import CallContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures
    from scoring.domain.scorecard import Scorecard

_FILES: Final = ("script_star", "support_maia_dqe", "calls_harpervalley", "satisfaction_uss")
_CALLS_PER_FILE: Final = 150
# What reviewers thought of other calls, of this agent or this customer, says nothing about this one.
_PRIOR_SCORES: Final = (
    CallContext(agent="agent-1", labels=MappingProxyType({"previous_score": "12", "rating": "poor"})),
    CallContext(agent="agent-2", labels=MappingProxyType({"previous_score": "97", "rating": "excellent"})),
)


def run(bench: Bench) -> Measured:
    """Return the share of verdicts that flip by kind of swap, among calls that it changes, and over all."""
    dialogues = bench.mixed_dialogues(_FILES, _CALLS_PER_FILE)
    files = builtin_rubric()
    bench.engine.prepare(files)
    groups: dict[str, list[str]] = {name: [] for name in (*TEXT_SWAPS, "prior_score")}
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in groups}
    mistakes: list[Mistake] = []
    for one in dialogues:
        before = _verdicts(bench.engine.score(one.turns, files))
        for kind, other in _variants(bench, one):
            after = _verdicts(other)
            flipped = [name for name, value in before.items() if after[name] != value]
            groups[kind].append(one.group)
            rows[kind].append((float(len(flipped)), float(len(before))))
            mistakes += [
                Mistake(
                    kind=f"{kind}: {name} from {before[name].lower()} to {after[name].lower()}",
                    text=" / ".join(turn.text for turn in one.turns),
                )
                for name in flipped
            ]
    figures: Figures = {}
    for kind, found in rows.items():
        table = np.array(found, dtype=np.float64).reshape(-1, 2)
        figures |= {**estimate(f"{kind}_flips", groups[kind], table, ratio), f"{kind}_calls": len(found)}
    together = np.array([row for found in rows.values() for row in found]).reshape(-1, 2)
    everything = [group for found in groups.values() for group in found]
    return Measured(
        figures={
            **estimate("flips", everything, together, ratio),
            "n": int(together[:, 1].sum()),
            **figures,
        },
        mistakes=tuple(mistakes),
    )


def _variants(bench: Bench, dialogue: Dialogue) -> Iterator[tuple[str, Scorecard]]:
    """Yield the scorecards of the same call told otherwise, for the swaps that change anything in it."""
    files = builtin_rubric()
    for kind in TEXT_SWAPS:
        other = swapped(dialogue, kind)
        if [turn.text for turn in other.turns] != [turn.text for turn in dialogue.turns]:
            yield kind, bench.engine.score(other.turns, files, paced_as=dialogue.turns)
    for context in _PRIOR_SCORES:
        yield "prior_score", bench.engine.score(dialogue.turns, files, context)


def _verdicts(card: Scorecard) -> dict[str, str]:
    return {
        **{answer.criterion: answer.value.value for answer in card.answers},
        "outcome": card.outcome.result.value,
    }
