"""Script adherence: which turns are which step, and which items of a bank call's checklist were said."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import Measured, Mistake
from evaluation.text.engine import pack_file, rubric_file, said_turns
from evaluation.text.figures import binary_figures, estimate, macro_figures, ratio
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.text.bench import Bench
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
BANK_TASKS: Final = frozenset({"bank_fraud_report", "bank_balance"})
BANK_ITEMS: Final[Mapping[str, str]] = {
    "greeting": GENERIC_STEPS["greeting"],
    "name": "ask_name",
    "account_number": "bank_ask_account_number",
    "pin": "bank_ask_pin",
    "birth_date": "bank_ask_dob",
    "maiden_name": "bank_ask_mothers_maiden_name",
    "pets_name": "bank_ask_childhood_pets_name",
    "not_authenticated": "bank_inform_cannot_authenticate",
    "fraud_details": "bank_ask_fraud_details",
    "result": "bank_inform_(fraud_report_submitted|balance)",
    "further_help": GENERIC_STEPS["further_help"],
    "closing": GENERIC_STEPS["closing"],
}


def run(bench: Bench) -> Measured:
    """Return the figures of the four generic steps, of every common step, and of the checklists."""
    dialogues = bench.dialogues(FILE)
    figures, mistakes = measure_generic_steps(bench, dialogues)
    checklist, more = _measure_checklists(bench, dialogues)
    return Measured(figures={**figures, **checklist}, mistakes=(*mistakes, *more))


def is_labelled(turn: DialogueTurn, labels: str) -> bool:
    """Tell whether a turn's step is one of the labels, given as a regular expression."""
    return re.fullmatch(labels, turn.labels.get("script_step") or "") is not None


def measure_generic_steps(bench: Bench, dialogues: Sequence[Dialogue]) -> tuple[Figures, list[Mistake]]:
    """Return figures and mistakes of the four steps, found by the pack `star-steps`."""
    pack = pack_file("star-steps")
    files = [
        rubric_file(["star-steps"], {name: {"said": f"steps.{name}"} for name in GENERIC_STEPS}),
        pack,
    ]
    bench.engine.prepare(files)
    said = [said_turns(bench.engine.score(dialogue.turns, files)) for dialogue in dialogues]
    return step_figures(dialogues, GENERIC_STEPS, said)


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
    found = [
        {
            name: frozenset(index for step, at in one.items() if re.fullmatch(labels, step) for index in at)
            for name, labels in steps.items()
        }
        for one in said
    ]
    groups, truth, predicted, _ = _pairs(dialogues, steps, found)
    return macro_figures(groups, truth, predicted, "every_step_")


def _measure_checklists(bench: Bench, dialogues: Iterable[Dialogue]) -> tuple[Figures, list[Mistake]]:
    calls = [dialogue for dialogue in dialogues if dialogue.labels.get("task") in BANK_TASKS]
    files = [
        rubric_file(["star-bank"], {name: {"said": f"bank.{name}"} for name in BANK_ITEMS}),
        pack_file("star-bank"),
    ]
    bench.engine.prepare(files)
    right: list[list[bool]] = []
    mistakes: list[Mistake] = []
    for call in calls:
        said = said_turns(bench.engine.score(call.turns, files))
        row = []
        for name, wanted in BANK_ITEMS.items():
            truth = any(is_labelled(turn, wanted) for turn in call.turns)
            predicted = bool(said[name])
            row.append(truth == predicted)
            if truth != predicted:
                words = [
                    turn.text
                    for index, turn in enumerate(call.turns)
                    if is_labelled(turn, wanted) or index in said[name]
                ]
                kind = "missed" if truth else "said without the label"
                mistakes.append(Mistake(kind=f"checklist {name}: {kind}", text=" / ".join(words)))
        right.append(row)
    groups = [call.group for call in calls]
    table = np.array(right, dtype=np.float64).reshape(len(calls), len(BANK_ITEMS))
    items = np.stack([table.sum(axis=1), np.full(len(calls), float(len(BANK_ITEMS)))], axis=1)
    whole = np.stack([table.all(axis=1).astype(np.float64), np.ones(len(calls))], axis=1)
    return {
        **estimate("checklist_items", groups, items, ratio),
        **estimate("checklist_all_right", groups, whole, ratio),
        "checklist_calls": len(calls),
    }, mistakes
