"""Replies without any empathy, where there was occasion for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.text.bench import Measured, Mistake
from evaluation.text.figures import binary_figures
from evaluation.text.tasks.empathy import MECHANISMS, PEER_SUPPORT, level, marked, peer_support_files
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from evaluation.text.bench import Bench

# A question alone shows no understanding: who only asks has missed it.
_SHOWN: Final = frozenset({"emotional_reaction", "interpretation"})


def run(bench: Bench) -> Measured:
    """Return the figures of replies that neither react nor interpret."""
    dialogues = bench.dialogues(PEER_SUPPORT)
    files = peer_support_files()
    bench.engine.prepare(files)
    found = [
        {sign for mark in marked(bench.engine.score(one.turns, files)) for sign in mark.signs}
        for one in dialogues
    ]
    truth = [all(level(one, MECHANISMS[name]) == 0 for name in _SHOWN) for one in dialogues]
    predicted = [not shown & _SHOWN for shown in found]
    mistakes = [
        Mistake(
            kind="empathy was shown and not found" if wrong else "found, but there is none",
            text=" / ".join(turn.text for turn in one.turns if turn.role is Role.AGENT),
        )
        for one, true, wrong in zip(dialogues, truth, predicted, strict=True)
        if true != wrong
    ]
    return Measured(
        figures=binary_figures([one.group for one in dialogues], truth, predicted), mistakes=tuple(mistakes)
    )
