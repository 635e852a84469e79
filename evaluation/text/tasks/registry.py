"""The one list of tasks. A new task is one module, one line here, one test."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from evaluation.text.tasks import (
    annotated,
    emotion,
    empathy,
    fairness,
    missed_empathy,
    noise,
    one_sentence,
    outcome,
    quality,
    script,
    speed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evaluation.text.bench import Bench, Measured

TASKS: Final[Mapping[str, Callable[[Bench], Measured]]] = MappingProxyType(
    {
        "script": script.run,
        "one_sentence": one_sentence.run,
        "outcome": outcome.run,
        "empathy": empathy.run,
        "missed_empathy": missed_empathy.run,
        "emotion": emotion.run,
        "quality": quality.run,
        "noise": noise.run,
        "fairness": fairness.run,
        "annotated": annotated.run,
        "speed": speed.run,
    }
)
