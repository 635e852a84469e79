"""Empathy markers against three data sets: peer support, customer support, and counselling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import Measured, Mistake, measured_parts
from evaluation.text.engine import pack_file, rubric_file
from evaluation.text.figures import binary_figures, estimate, f1, macro_figures
from scoring.domain.finding import Kind
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures
    from scoring.domain.files import SourceFile
    from scoring.domain.scorecard import Scorecard

PEER_SUPPORT: Final = "empathy_epitome"
_CUSTOMER_SUPPORT: Final = "support_maia_dqe"
_COUNSELLING: Final = "empathy_annomi"
MECHANISMS: Final[Mapping[str, str]] = {
    "emotional_reaction": "emotional_reactions",
    "interpretation": "interpretations",
    "exploration": "explorations",
}
"""Mechanisms by the names of the data's labels."""
SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "empathy.acknowledgement": ("emotional_reaction", "support"),
    "empathy.validation": ("emotional_reaction", "support"),
    "empathy.apology": ("emotional_reaction", "support"),
    "empathy.reassurance": ("emotional_reaction", "support"),
    "empathy.personalisation": ("emotional_reaction", "support"),
    "empathy.warmth": ("emotional_reaction", "support"),
    "empathy.ownership": ("support",),
    "empathy.shared_experience": ("interpretation", "support"),
    "empathy.exploration": ("exploration",),
    "empathy.reflection": ("reflection",),
    "peer.concern": ("emotional_reaction",),
    "peer.encouragement": ("emotional_reaction",),
    "peer.offer": ("emotional_reaction",),
    "peer.solidarity": ("emotional_reaction", "interpretation"),
    "peer.same": ("interpretation",),
    "peer.disclosure": ("interpretation",),
    "peer.question": ("exploration",),
    "counselling.reflection": ("reflection",),
    "courtesy": ("support",),
}
"""What a marker, or the beginning of its id before a dot, is a sign of.

Either a mechanism of peer support, empathy as the annotators of support chats see it ("support"), or a
reflection. A marker that isn't here is a sign of none of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Characters of a turn that a marker found."""

    turn: int
    start_char: int
    end_char: int
    marker: str

    @property
    def signs(self) -> tuple[str, ...]:
        """What it is a sign of."""
        name = self.marker
        while name not in SIGNS and "." in name:
            name = name.rpartition(".")[0]
        return SIGNS.get(name, ())


def run(bench: Bench) -> Measured:
    """Return the figures of each data set that is there; raises FileMissingError without any."""
    return measured_parts(bench, (_peer_support, _customer_support, _counselling))


def peer_support_files() -> list[SourceFile]:
    """Return the rubric that reads peer support: the built-in markers and what supporters say besides."""
    return _files(["empathy", "peer-support"], [pack_file("peer-support")])


def marked(card: Scorecard) -> list[Marked]:
    """Return what the empathy markers of a call found in the agent's turns."""
    return [
        Marked(
            turn=evidence.turn,
            start_char=evidence.start_char,
            end_char=evidence.end_char,
            marker=finding.rule_id,
        )
        for finding in card.findings
        if finding.kind is Kind.EMPATHY_MARKER
        for evidence in finding.evidence
        if evidence.role is Role.AGENT
    ]


def level(dialogue: Dialogue, label: str) -> int:
    """Return the highest level, 0 to 2, of a mechanism in a dialogue."""
    return max((turn.labels[label]["level"] for turn in dialogue.turns if label in turn.labels), default=0)


def _files(packs: Sequence[str], files: Sequence[SourceFile] = ()) -> list[SourceFile]:
    return [rubric_file(packs, {"asked": {"answered": {"marker": "empathy.apology"}}}), *files]


def _peer_support(bench: Bench) -> tuple[Figures, list[Mistake]]:
    dialogues = bench.dialogues(PEER_SUPPORT)
    files = peer_support_files()
    bench.engine.prepare(files)
    found = [marked(bench.engine.score(one.turns, files)) for one in dialogues]
    groups = [one.group for one in dialogues]
    truth: dict[str, list[bool]] = {}
    predicted: dict[str, list[bool]] = {}
    figures: Figures = {}
    mistakes: list[Mistake] = []
    for name, label in MECHANISMS.items():
        own = [[mark for mark in marks if name in mark.signs] for marks in found]
        truth[name] = [level(one, label) > 0 for one in dialogues]
        predicted[name] = [bool(marks) for marks in own]
        figures |= binary_figures(groups, truth[name], predicted[name], f"{name}_")
        rows = [_overlap(one, label, marks) for one, marks in zip(dialogues, own, strict=True)]
        figures |= estimate(f"{name}_rationale_f1", groups, np.array(rows).reshape(-1, 3), f1)
        mistakes += [
            Mistake(
                kind=f"{name}: {_kind(mark.marker for mark in marks)}",
                text=" / ".join(turn.text for turn in one.turns if turn.role is Role.AGENT),
            )
            for one, true, marks in zip(dialogues, truth[name], own, strict=True)
            if true != bool(marks)
        ]
    return {**macro_figures(groups, truth, predicted), **figures}, mistakes


def _overlap(dialogue: Dialogue, label: str, marks: Sequence[Marked]) -> tuple[float, float, float]:
    """Return words that are both evidence and rationale, evidence alone, and rationale alone."""
    both = found_alone = labelled_alone = 0
    for index, turn in enumerate(dialogue.turns):
        if label not in turn.labels:
            continue
        wanted = []
        for rationale in turn.labels[label].get("rationales") or []:
            text = " ".join(rationale.split())
            start = turn.text.find(text) if text else -1
            if start >= 0:
                wanted.append((start, start + len(text)))
        found = [(mark.start_char, mark.end_char) for mark in marks if mark.turn == index]
        start = 0
        for word in turn.text.split():
            end = start + len(word)
            is_wanted = any(first < end and start < last for first, last in wanted)
            is_found = any(first < end and start < last for first, last in found)
            both += is_wanted and is_found
            found_alone += is_found and not is_wanted
            labelled_alone += is_wanted and not is_found
            start = end + 1
    return float(both), float(found_alone), float(labelled_alone)


def _customer_support(bench: Bench) -> tuple[Figures, list[Mistake]]:
    dialogues = bench.dialogues(_CUSTOMER_SUPPORT)
    files = _files(["empathy", "support-chat"], [pack_file("support-chat")])
    bench.engine.prepare(files)
    groups, truth, predicted, builtin, mistakes = [], [], [], [], []
    for one in dialogues:
        marks = marked(bench.engine.score(one.turns, files))
        for index, turn in enumerate(one.turns):
            if turn.role is not Role.AGENT:
                continue
            for sentence in turn.sentences:
                if sentence.emotion is None:
                    continue
                own = [
                    mark.marker
                    for mark in marks
                    if mark.turn == index
                    and "support" in mark.signs
                    and mark.start_char < sentence.end_char
                    and sentence.start_char < mark.end_char
                ]
                groups.append(one.group)
                truth.append(sentence.emotion == "empathy")
                predicted.append(bool(own))
                builtin.append(any(marker.startswith("empathy.") for marker in own))
                if truth[-1] != predicted[-1]:
                    text = turn.text[sentence.start_char : sentence.end_char]
                    mistakes.append(Mistake(kind=f"support: {_kind(own)}", text=text))
    # What the product itself calls empathy leaves out the courtesy that these annotators count.
    return (
        binary_figures(groups, truth, predicted, "support_")
        | binary_figures(groups, truth, builtin, "support_builtin_"),
        mistakes,
    )


def _counselling(bench: Bench) -> tuple[Figures, list[Mistake]]:
    dialogues = bench.dialogues(_COUNSELLING)
    files = _files(["empathy", "counselling"], [pack_file("counselling")])
    bench.engine.prepare(files)
    groups, truth, predicted, mistakes = [], [], [], []
    for one in dialogues:
        marks = marked(bench.engine.score(one.turns, files))
        for index, turn in enumerate(one.turns):
            if turn.role is not Role.AGENT or not isinstance(turn.labels.get("reflection"), bool):
                continue
            own = [mark.marker for mark in marks if mark.turn == index and "reflection" in mark.signs]
            groups.append(one.group)
            truth.append(turn.labels["reflection"])
            predicted.append(bool(own))
            if truth[-1] != predicted[-1]:
                mistakes.append(Mistake(kind=f"reflection: {_kind(own)}", text=turn.text))
    return binary_figures(groups, truth, predicted, "reflection_"), mistakes


def _kind(markers: Iterable[str]) -> str:
    """Return a wrong prediction's kind: without a marker something was missed, with one it is false."""
    found = sorted(set(markers))
    return f"false, {', '.join(found)}" if found else "missed"
