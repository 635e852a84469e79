"""What became of the customer's issue, against the customer's own word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import Measured, Mistake
from evaluation.text.engine import rubric_file
from evaluation.text.figures import binary_figures, estimate, ratio
from scoring.domain.scorecard import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures

FILE: Final = "outcome_star"
# Customers were asked whether they got in this call what they came for.
_NOT_GOT: Final = frozenset({"UNRESOLVED", "ESCALATED", "PARTLY_RESOLVED"})


def run(bench: Bench) -> Measured:
    """Return the figures of calls that customers call unresolved."""
    figures, mistakes = measure_outcome(bench, bench.dialogues(FILE))
    return Measured(figures=figures, mistakes=tuple(mistakes))


def measure_outcome(bench: Bench, dialogues: Sequence[Dialogue]) -> tuple[Figures, list[Mistake]]:
    """Return figures and mistakes of the built-in pack `outcome`."""
    dialogues = [one for one in dialogues if isinstance(one.labels.get("resolved"), bool)]
    files = [rubric_file(["outcome"], {"handled": {"outcome_in": ["resolved"]}})]
    bench.engine.prepare(files)
    results = [bench.engine.score(one.turns, files).outcome.result for one in dialogues]
    groups = [one.group for one in dialogues]
    truth = [not one.labels["resolved"] for one in dialogues]
    predicted = [result.value in _NOT_GOT for result in results]
    mistakes = [
        Mistake(
            kind=f"{'unresolved' if true else 'resolved'}, found {result.value.lower()}",
            text=" / ".join(f"{turn.role.value[0]}: {turn.text}" for turn in one.turns[-6:]),
        )
        for one, true, result, found in zip(dialogues, truth, results, predicted, strict=True)
        if true != found
    ]
    undetermined = np.array([[result is Result.UNDETERMINED, 1.0] for result in results], dtype=np.float64)
    right = np.array([[a == b, 1.0] for a, b in zip(truth, predicted, strict=True)], dtype=np.float64)
    return {
        **binary_figures(groups, truth, predicted),
        **estimate("accuracy", groups, right, ratio),
        **estimate("undetermined", groups, undetermined, ratio),
    }, mistakes
