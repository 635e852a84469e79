"""The product's findings against the project's own labels, for what no public data labels."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.annotated.labels import KINDS, KINDS_OF_BOTH_SIDES, read_labels
from evaluation.text.bench import FileMissingError, Measured, Mistake
from evaluation.text.dialogues import data_file, read_dialogues
from evaluation.text.engine import builtin_rubric
from evaluation.text.figures import binary_figures, counts, estimate, macro_f1, ratio
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.annotated.labels import CallLabels
    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures
    from scoring.domain.scorecard import Scorecard

FOLDER: Final = Path(__file__).resolve().parents[2] / "annotated"
# Which rules of the built-in packs find a kind of label, as a regular expression of their ids. Commitments
# stand on the scorecard by themselves.
_RULES: Final[Mapping[str, str]] = {
    "disclosure": r"([a-z_]+\.)?disclosure(\..+)?",
    "recap": r"script\.recap.*",
    "prohibited": r"script\.no_.+|promise\.absolute"
    r"|conduct\.(disrespect|blame|condescends|contempt|disparages|stereotype|accent|pressure|needless_details)",
    "ownership": r"ownership\.taken",
    "ownership_refused": r"ownership\.refused|conduct\.silo",
    "escalation": r"outcome\.transfer.*",
    "follow_up": r"outcome\.follow_up.*",
}


def run(bench: Bench, folder: Path = FOLDER) -> Measured:
    """Return figures by kind of label, of what commitments carry, and of outcome, issues and reasons.

    They are of the calls that nobody tuned on; those of the half that packs were tuned on follow as `tuned_`.
    """
    path, labels_path = data_file(folder, "dialogues"), folder / "labels.jsonl"
    if path is None or not labels_path.is_file():
        raise FileMissingError(f"{folder.name} has no adjudicated labels.jsonl yet")
    dialogues = read_dialogues(path, bench.limit)
    known = {one.dialogue_id: one for one in read_dialogues(path)}
    labels = read_labels(labels_path, known)
    dialogues = [one for one in dialogues if one.dialogue_id in labels]
    bench.engine.prepare(builtin_rubric())
    figures, mistakes = _half(bench, [one for one in dialogues if not is_tuned(one.dialogue_id)], labels)
    tuned, _ = _half(bench, [one for one in dialogues if is_tuned(one.dialogue_id)], labels)
    return Measured(
        figures={**figures, **{f"tuned_{name}": value for name, value in tuned.items()}},
        mistakes=tuple(mistakes),
    )


def is_tuned(dialogue_id: str) -> bool:
    """Tell whether packs may be tuned on the call: half of them, by a hash of the id."""
    return int(hashlib.sha256(dialogue_id.encode()).hexdigest(), 16) % 2 == 0


def _half(
    bench: Bench, dialogues: Sequence[Dialogue], labels: Mapping[str, CallLabels]
) -> tuple[Figures, list[Mistake]]:
    if not dialogues:
        return {}, []
    cards = [bench.engine.score(one.turns, builtin_rubric()) for one in dialogues]
    wanted = [labels[one.dialogue_id] for one in dialogues]
    figures, mistakes = _kinds(dialogues, cards, wanted)
    return {
        **figures,
        **_details(dialogues, cards, wanted),
        **_whole_calls(dialogues, cards, wanted),
    }, mistakes


def _kinds(
    dialogues: Sequence[Dialogue], cards: Sequence[Scorecard], wanted: Sequence[CallLabels]
) -> tuple[Figures, list[Mistake]]:
    each: Figures = {}
    mistakes: list[Mistake] = []
    groups: list[str] = []
    rows = []
    for place, kind in enumerate(KINDS):
        own: list[str] = []
        truth: list[bool] = []
        predicted: list[bool] = []
        for one, card, labels in zip(dialogues, cards, wanted, strict=True):
            found = _turns(card, kind)
            for index, turn in enumerate(one.turns):
                if turn.role is not Role.AGENT and kind not in KINDS_OF_BOTH_SIDES:
                    continue
                own.append(one.group)
                truth.append(bool(labels.of_kind(index, kind)))
                predicted.append(index in found)
                if truth[-1] != predicted[-1]:
                    mistakes.append(
                        Mistake(kind=f"{kind}: {'missed' if truth[-1] else 'false'}", text=turn.text)
                    )
        each |= binary_figures(own, truth, predicted, f"{kind}_")
        # Kinds have different turns, so each fills its own three columns.
        table = np.zeros((len(own), 3 * len(KINDS)))
        table[:, 3 * place : 3 * place + 3] = counts(truth, predicted)
        groups += own
        rows.append(table)
    figures = {**estimate("f1", groups, np.concatenate(rows), macro_f1), "n": len(groups)}
    return {**figures, **each}, mistakes


def _turns(card: Scorecard, kind: str) -> frozenset[int]:
    if kind == "commitment":
        return frozenset(one.finding.evidence[0].turn for one in card.commitments)
    return frozenset(
        finding.evidence[0].turn
        for finding in card.findings
        if finding.evidence and re.fullmatch(_RULES[kind], finding.rule_id)
    )


def _details(
    dialogues: Sequence[Dialogue], cards: Sequence[Scorecard], wanted: Sequence[CallLabels]
) -> Figures:
    """Return how often owner and due time are right where a labelled commitment was found."""
    owners: list[tuple[str, bool]] = []
    times: list[tuple[str, bool]] = []
    for one, card, labels in zip(dialogues, cards, wanted, strict=True):
        for index in range(len(one.turns)):
            found = [made for made in card.commitments if made.finding.evidence[0].turn == index]
            for label in labels.of_kind(index, "commitment"):
                if not found:
                    continue
                owned = {made.owner.value.lower() for made in found if made.owner is not None}
                owners.append((one.group, label.owner in owned))
                said = [made.due_text.lower() for made in found if made.due_text]
                text = (label.due_text or "").lower()
                times.append(
                    (one.group, any(due in text or text in due for due in said) if text else not said)
                )
    return {**_share("commitment_owner_right", owners), **_share("commitment_due_right", times)}


def _whole_calls(
    dialogues: Sequence[Dialogue], cards: Sequence[Scorecard], wanted: Sequence[CallLabels]
) -> Figures:
    groups = [one.group for one in dialogues]
    results = [card.outcome.result.value.lower() for card in cards]
    named = ("resolved", "partly_resolved", "unresolved", "escalated", "follow_up_promised")
    rows = [
        counts([labels.outcome == name for labels in wanted], [result == name for result in results])
        for name in named
    ]
    right = [
        (group, labels.outcome == result)
        for group, labels, result in zip(groups, wanted, results, strict=True)
    ]
    issues = [
        (group, labels.issue_count == len(card.outcome.issues))
        for group, labels, card in zip(groups, wanted, cards, strict=True)
    ]
    reasons = [
        (
            one.group,
            reason.value.lower() in {label.reason for found in labels.turns.values() for label in found},
        )
        for one, card, labels in zip(dialogues, cards, wanted, strict=True)
        if (reason := card.outcome.escalation_reason) is not None
    ]
    return {
        **estimate("outcome_f1", groups, np.concatenate(rows, axis=1), macro_f1),
        **_share("outcome_right", right),
        **_share("issue_count_right", issues),
        **_share("escalation_reason_right", reasons),
        "calls": len(groups),
    }


def _share(name: str, found: Sequence[tuple[str, bool]]) -> Figures:
    table = np.array([[right, 1.0] for _, right in found], dtype=np.float64).reshape(-1, 2)
    return {**estimate(name, [group for group, _ in found], table, ratio), f"{name}_n": len(found)}
