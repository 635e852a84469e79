"""Which turns are which step of a script, against their labels."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from evaluation.text.bench import Mistake
from evaluation.text.figures import binary_figures, macro_figures
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.text.dialogues import Dialogue, DialogueTurn
    from evaluation.text.figures import Figures

FILE: Final = "script_star"
# Rarer steps would make the mean over steps a matter of chance.
_COMMON_TURNS: Final = 20
# The steps that every kind of call has, and the labels that stand for them as regular expressions.
GENERIC_STEPS: Final[Mapping[str, str]] = {
    "greeting": "hello",
    "verification": "ask_name|bank_ask_(account_number|pin|dob|mothers_maiden_name|childhood_pets_name)",
    "further_help": "anything_else",
    "closing": r"goodbye_\d|[a-z]+_bye",
}


def is_labelled(turn: DialogueTurn, labels: str) -> bool:
    """Tell whether a turn's step is one of the labels, given as a regular expression."""
    return re.fullmatch(labels, turn.labels.get("script_step") or "") is not None


def joined_steps(
    said: Mapping[str, frozenset[int]], steps: Mapping[str, str]
) -> Mapping[str, frozenset[int]]:
    """Return the turns of each step, whose labels are a regular expression, from those of every label."""
    return {
        name: frozenset(index for step, at in said.items() if re.fullmatch(labels, step) for index in at)
        for name, labels in steps.items()
    }


def step_figures(
    dialogues: Sequence[Dialogue],
    steps: Mapping[str, str],
    said: Sequence[Mapping[str, frozenset[int]]],
) -> tuple[Figures, list[Mistake]]:
    """Return macro figures over steps, those of each, and the mistakes.

    Every agent turn is a pair for every step: what is labelled otherwise or off the script is a negative.
    """
    groups, truth, predicted, mistakes = _pairs(dialogues, steps, said)
    figures = macro_figures(groups, truth, predicted)
    for name in steps:
        figures |= binary_figures(groups, truth[name], predicted[name], f"{name}_")
    return figures, mistakes


def _pairs(
    dialogues: Sequence[Dialogue],
    steps: Mapping[str, str],
    said: Sequence[Mapping[str, frozenset[int]]],
) -> tuple[list[str], dict[str, list[bool]], dict[str, list[bool]], list[Mistake]]:
    """Return per agent turn its group and, by step, whether it is labelled and whether it was found."""
    groups: list[str] = []
    truth: dict[str, list[bool]] = {name: [] for name in steps}
    predicted: dict[str, list[bool]] = {name: [] for name in steps}
    mistakes: list[Mistake] = []
    for dialogue, found in zip(dialogues, said, strict=True):
        for index, turn in enumerate(dialogue.turns):
            if turn.role is not Role.AGENT:
                continue
            groups.append(dialogue.group)
            label = turn.labels.get("script_step")
            for name, labels in steps.items():
                truth[name].append(is_labelled(turn, labels))
                predicted[name].append(index in found.get(name, ()))
                if truth[name][-1] != predicted[name][-1]:
                    kind = "missed" if truth[name][-1] else f"false, labelled {label or 'off script'}"
                    mistakes.append(Mistake(kind=f"{name}: {kind}", text=turn.text))
    return groups, truth, predicted, mistakes


def every_step_figures(
    dialogues: Sequence[Dialogue], said: Sequence[Mapping[str, frozenset[int]]]
) -> Figures:
    """Return macro figures over all steps that the labels have often enough; every closing is one step."""
    closing = GENERIC_STEPS["closing"]
    counted = Counter(
        turn.labels["script_step"]
        for dialogue in dialogues
        for turn in dialogue.turns
        if turn.labels.get("script_step") and not is_labelled(turn, closing)
    )
    steps = {name: name for name, count in sorted(counted.items()) if count >= _COMMON_TURNS}
    steps["closing"] = closing
    groups, truth, predicted, _ = _pairs(dialogues, steps, [joined_steps(one, steps) for one in said])
    return macro_figures(groups, truth, predicted, "every_step_")
