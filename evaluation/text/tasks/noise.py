"""Script steps and outcome again, read from text with simulated word errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.text.bench import Measured, measured_parts
from evaluation.text.tasks import outcome, script
from evaluation.text.tasks.steps import FILE
from evaluation.text.word_errors import Mishearing

if TYPE_CHECKING:
    from evaluation.text.bench import Bench, Mistake
    from evaluation.text.figures import Figures

_RATES: Final = (0.0, 0.1, 0.2)
_STEPS: Final = ("further_help", "closing")
_MAIN_RATE: Final = 0.1


def run(bench: Bench) -> Measured:
    """Return the figures at each word error rate; the task's F1 is the macro F1 of steps at 10 %."""
    return measured_parts(bench, (_steps, _outcome))


def _steps(bench: Bench) -> tuple[Figures, list[Mistake]]:
    dialogues = bench.dialogues(FILE)
    mishearing = Mishearing(dialogues)
    figures: Figures = {}
    for rate in _RATES:
        heard = [mishearing.mishear(one, rate) for one in dialogues]
        found, _ = script.measure_generic_steps(bench, heard)
        if rate == _MAIN_RATE:
            figures |= {key: found[key] for key in ("f1", "f1_ci", "precision", "recall", "n")}
        prefix = f"errors_{round(100 * rate)}_percent"
        figures |= {f"{prefix}_macro_f1": found["f1"], f"{prefix}_macro_f1_ci": found["f1_ci"]}
        for step in _STEPS:
            figures |= {f"{prefix}_{step}_f1{end}": found[f"{step}_f1{end}"] for end in ("", "_ci")}
    return figures, []


def _outcome(bench: Bench) -> tuple[Figures, list[Mistake]]:
    dialogues = bench.dialogues(outcome.FILE)
    mishearing = Mishearing(dialogues)
    figures: Figures = {}
    for rate in _RATES:
        heard = [mishearing.mishear(one, rate) for one in dialogues]
        found, _ = outcome.measure_outcome(bench, heard)
        prefix = f"errors_{round(100 * rate)}_percent_unresolved_f1"
        figures |= {prefix: found["f1"], f"{prefix}_ci": found["f1_ci"]}
    return figures, []
