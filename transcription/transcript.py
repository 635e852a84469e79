"""The words of a call as values: who said what, when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

SAMPLE_RATE_HZ: Final = 16_000
"""The rate of all audio behind the decoder."""


class SpeakerRole(Enum):
    """Who speaks on a channel."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One spoken word.

    `text` has its punctuation, no white space around it and at least one character. `start_s` and `end_s` are
    offsets from the start of the call in seconds, 0 <= start_s <= end_s. `confidence` is the engine's
    probability, 0 to 1.
    """

    text: str
    start_s: float
    end_s: float
    confidence: float

    def __post_init__(self) -> None:
        if not self.text or self.text != self.text.strip():
            raise ValueError("a word has text and no white space around it")
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"a word lasts from {self.start_s} s to {self.end_s} s")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"a confidence is 0 to 1, not {self.confidence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWords:
    """All words heard on one channel, in the order spoken.

    `channel` counts over all legs of the call from 0; `role_confidence` is 0 to 1.
    """

    channel: int
    role: SpeakerRole
    role_confidence: float
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if any(later.start_s < word.start_s for word, later in zip(self.words, self.words[1:], strict=False)):
            raise ValueError("a channel's words come in the order in which they start")

    def speech_s(self) -> float:
        """Return the time covered by words, in seconds; time that two words share counts once."""
        covered_s = 0.0
        reached_s = 0.0
        for word in self.words:
            covered_s += max(0.0, word.end_s - max(word.start_s, reached_s))
            reached_s = max(reached_s, word.end_s)
        return covered_s

    def mean_confidence(self) -> float:
        """Return the mean confidence of its words, 0 to 1; 0 without words."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says until the other takes over or falls silent for long; at least one word."""

    role: SpeakerRole
    role_confidence: float
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a turn has at least one word")

    @property
    def text(self) -> str:
        """The words joined by single spaces; evidence counts its Unicode code points."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A whole call. `duration_s` is the length of its longest channel in seconds."""

    language: str
    duration_s: float
    model_version: str
    turns: tuple[Turn, ...]
    channels: tuple[ChannelWords, ...]
