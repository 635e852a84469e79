"""Script adherence: which turns are which step, and which items of a bank call's checklist were said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import yaml

from evaluation.text.bench import Measured, Mistake
from evaluation.text.engine import pack_file, rubric_file, said_turns
from evaluation.text.figures import estimate, ratio
from evaluation.text.tasks.steps import FILE, GENERIC_STEPS, every_step_figures, is_labelled, step_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures

_COMMON_STEPS: Final = frozenset(
    {"hello", "ask_name", "anything_else", "goodbye_1", "out_of_scope", "ask_departure_location"}
)
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
    every = _measure_every_step(bench, dialogues)
    checklist, more = _measure_checklists(bench, dialogues)
    return Measured(figures={**figures, **every, **checklist}, mistakes=(*mistakes, *more))


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


def _measure_every_step(bench: Bench, dialogues: Sequence[Dialogue]) -> Figures:
    """Read each call for the steps of its kind of call, whose names begin with it, and for common ones."""
    pack = pack_file("star-script")
    steps = [statement["id"] for statement in yaml.safe_load(pack.content)["statements"]]
    kinds = [str(dialogue.labels.get("task", "")).partition("_")[0] for dialogue in dialogues]
    files = {}
    for kind in sorted(set(kinds)):
        own = [step for step in steps if step in _COMMON_STEPS or step.partition("_")[0] == kind]
        files[kind] = [rubric_file(["star-script"], {step: {"said": step} for step in own}), pack]
        bench.engine.prepare(files[kind])
    said = [
        said_turns(bench.engine.score(dialogue.turns, files[kind]))
        for dialogue, kind in zip(dialogues, kinds, strict=True)
    ]
    return every_step_figures(dialogues, said)


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
