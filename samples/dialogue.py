"""The dialogues of the sample calls as values, and how they lie in time once they are spoken."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import yaml

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float64]

ROLES = ("agent", "customer")
DIALOGUES = Path(__file__).with_name("dialogues.yaml")

LEAD_S = 0.9
TAIL_S = 1.1
SENTENCE_GAP_S = (0.22, 0.42)
TURN_GAP_S = (0.35, 0.85)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side says at a stretch, and how it follows the turn in front of it."""

    role: str
    text: str
    marks: dict[str, str]
    overlap_s: float
    pause_before_s: float | None
    hold_s: float
    announced: bool

    def __post_init__(self) -> None:
        """Refuse a mark that quotes what is not said: facts.yaml would state it."""
        for mark, quote in self.marks.items():
            if quote not in self.text:
                raise ValueError(f"{mark} quotes {quote!r}, which is not in the turn {self.text!r}")

    def sentences(self) -> list[str]:
        """Return the text in sentences; a single word such as "Yes." stays with what follows it."""
        return re.findall(r"(?:\S+[.?!] )?\S+ .*?[.?!](?=\s|$)|\S+[.?!]$", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One sample call: `form` is its entry in dialogues.yaml without the turns."""

    external_id: str
    form: dict[str, Any]
    turns: list[Turn]

    @property
    def seed(self) -> int:
        """The seed of everything random in this call."""
        return zlib.crc32(self.external_id.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence in time: `line` is its sound at the line's rate."""

    text: str
    start_s: float
    end_s: float
    line: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """A turn in time."""

    turn: Turn
    sentences: list[Sentence]

    @property
    def start_s(self) -> float:
        """Where the first word starts."""
        return self.sentences[0].start_s

    @property
    def end_s(self) -> float:
        """Where the last word ends."""
        return self.sentences[-1].end_s

    def quote_span_s(self, quote: str) -> tuple[float, float]:
        """Return start and end of the sentences that hold `quote`."""
        first = self.turn.text.index(quote)
        last = first + len(quote)
        position = 0
        touched = []
        for sentence in self.sentences:
            position = self.turn.text.index(sentence.text, position)
            if position < last and position + len(sentence.text) > first:
                touched.append(sentence)
            position += len(sentence.text)
        return touched[0].start_s, touched[-1].end_s


class Say(Protocol):
    """How a sentence becomes sound at the line's rate."""

    def __call__(self, text: str, role: str) -> Samples:
        """Return `text` as `role` says it."""


def load_calls() -> list[Call]:
    """Return the calls of dialogues.yaml in their order."""
    forms: dict[str, dict[str, Any]] = yaml.safe_load(DIALOGUES.read_text(encoding="utf-8"))
    return [
        Call(external_id=external_id, form=form, turns=[_turn(entry) for entry in form.pop("turns")])
        for external_id, form in forms.items()
    ]


def spoken_turns(call: Call, say: Say, *, rate_hz: int) -> list[SpokenTurn]:
    """Let both sides speak, and return the turns of `call` placed in time from the start of the recording."""
    chance = np.random.default_rng(call.seed)
    result: list[SpokenTurn] = []
    latest_end_s = LEAD_S
    for turn in call.turns:
        gap_s = chance.uniform(*TURN_GAP_S)
        if not result:
            gap_s = 0.0
        elif turn.overlap_s:
            gap_s = -turn.overlap_s
        elif turn.hold_s:
            gap_s = turn.hold_s
        elif turn.pause_before_s is not None:
            gap_s = turn.pause_before_s
        start_s = latest_end_s + gap_s
        sentences = []
        for text in turn.sentences():
            line = say(text, turn.role)
            end_s = start_s + len(line) / rate_hz
            sentences.append(Sentence(text=text, start_s=start_s, end_s=end_s, line=line))
            start_s = end_s + chance.uniform(*SENTENCE_GAP_S)
        result.append(SpokenTurn(turn=turn, sentences=sentences))
        # A short answer inside the other side's turn does not bring its end forward.
        latest_end_s = max(latest_end_s, result[-1].end_s)
    return result


def _turn(entry: dict[str, Any]) -> Turn:
    text = entry["text"].strip()
    marks = entry.get("marks", {})
    return Turn(
        role=entry["role"],
        text=text,
        marks={mark: text if quote == "all" else quote for mark, quote in marks.items()},
        overlap_s=entry.get("overlap_s", 0.0),
        pause_before_s=entry.get("pause_before_s"),
        hold_s=entry.get("hold_s", 0.0),
        announced=entry.get("announced", False),
    )
