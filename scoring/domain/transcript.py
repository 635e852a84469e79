"""What was said in a call, by whom and when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.acoustics import Acoustics


class Role(StrEnum):
    """Who speaks. The names are those of the wire's SpeakerRole."""

    AGENT = "AGENT"
    CUSTOMER = "CUSTOMER"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One spoken word: text with punctuation, times in seconds from the call's start, confidence 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float

    def __post_init__(self) -> None:
        if not self.text or self.text != self.text.strip():
            raise ValueError("the text is empty or has spaces around it")
        if not (math.isfinite(self.start_s) and math.isfinite(self.end_s)) or self.start_s < 0:
            raise ValueError("the times must be finite and not before the call's start")
        if self.end_s < self.start_s:
            raise ValueError("the end is before the start")
        if not 0 <= self.confidence <= 1:
            raise ValueError("the confidence must be between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says in a row. `text` is the words joined by single spaces; confidence is 0 to 1.

    `speaker` is the position in Transcript.speakers.
    """

    index: int
    role: Role
    role_confidence: float
    text: str
    words: tuple[Word, ...]
    speaker: int = 0

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a turn needs at least one word")
        if self.text != " ".join(word.text for word in self.words):
            raise ValueError("the text is not its words joined by single spaces")
        if not 0 <= self.role_confidence <= 1:
            raise ValueError("the role confidence must be between 0 and 1")
        if any(after.start_s < before.start_s for before, after in pairwise(self.words)):
            raise ValueError("the words are not in the order spoken")

    @property
    def start_s(self) -> float:
        """Start of the first word."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """End of the word that ends last."""
        return max(word.end_s for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedSpeech:
    """Somebody of whose speech much was not heard; the confidence is the role's, 0 to 1."""

    role: Role
    role_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One voice of the call and how sure its role is, 0 to 1."""

    role: Role
    role_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The turns of one call in the order of their first words. `sha256` is that of all but its name.

    `acoustics` is None where nothing was measured, as in a transcript that somebody typed.
    """

    name: str
    sha256: str
    language: str
    duration_s: float
    turns: tuple[Turn, ...]
    missed: tuple[MissedSpeech, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    acoustics: Acoustics | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.duration_s) or self.duration_s < 0:
            raise ValueError("the duration must be finite and not negative")
        if any(turn.index != position for position, turn in enumerate(self.turns)):
            raise ValueError("the turns' indexes must count from 0 without a gap")
        if any(after.start_s < before.start_s for before, after in pairwise(self.turns)):
            raise ValueError("the turns are not in the order of their first words")

    @property
    def word_count(self) -> int:
        """Number of words over all turns."""
        return sum(len(turn.words) for turn in self.turns)

    @property
    def end_s(self) -> float:
        """When the last word ends, or the call's duration when that is longer."""
        return max([self.duration_s, *(turn.end_s for turn in self.turns)])
