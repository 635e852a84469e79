"""Seconds that a whole scorecard takes, on one core."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import Measured
from evaluation.text.engine import builtin_rubric, tokens
from evaluation.text.figures import estimate_of_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue, DialogueTurn

_FILES: Final = ("script_star", "support_maia_dqe", "satisfaction_uss", "outcome_star")
_CALL_TOKENS: Final = 1000
_CALLS: Final = 40


def run(bench: Bench) -> Measured:
    """Return the median CPU seconds per 1,000 tokens over calls of about 1,000 tokens."""
    dialogues = bench.mixed_dialogues(_FILES, 10 * _CALLS)
    files = builtin_rubric()
    bench.engine.prepare(files)
    calls = list(_long_calls(dialogues))
    # The first call pays for what Python and spaCy make ready once in a process.
    bench.engine.score(calls[0], files)
    seconds = []
    for call in calls[:_CALLS]:
        began = time.process_time()
        bench.engine.score(call, files)
        seconds.append((time.process_time() - began) * 1000 / sum(tokens(turn.text) for turn in call))
    values = np.array(seconds)

    def median(weights: NDArray[np.float64]) -> float:
        return float(np.median(np.repeat(values, weights.astype(int))))

    groups = [str(number) for number in range(len(seconds))]
    return Measured(
        figures={**estimate_of_units("scoring_s_per_1000_tokens", groups, median), "n": len(seconds)}
    )


def _long_calls(dialogues: Iterable[Dialogue]) -> Iterator[list[DialogueTurn]]:
    """Yield turns of consecutive dialogues, as many as make a call; what is left over makes the last one."""
    turns: list[DialogueTurn] = []
    length = 0
    for one in dialogues:
        for turn in one.turns:
            turns.append(turn)
            length += tokens(turn.text)
            if length >= _CALL_TOKENS:
                yield turns
                turns, length = [], 0
    if turns:
        yield turns
