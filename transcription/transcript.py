"""The words of a call as values: who said what, when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from transcription.acoustics.values import Acoustics

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


class RoleSource(Enum):
    """Where a speaker's role comes from; as in the contract."""

    STATED = "stated"
    CONVENTION = "convention"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One voice of the call: a channel's, or one of several told apart on the same channel.

    `index` counts the voices of a call from 0 and `channel` the channels over all legs. Confidences are 0 to
    1: how sure the role is, and how sure it is that words are this voice's (1 with a channel of its own).
    """

    index: int
    channel: int
    role: SpeakerRole
    role_confidence: float
    role_source: RoleSource
    separation_confidence: float = 1.0

    def __post_init__(self) -> None:
        for confidence in (self.role_confidence, self.separation_confidence):
            if not 0 <= confidence <= 1:
                raise ValueError(f"a confidence is 0 to 1, not {confidence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWords:
    """All words of one speaker, in the order spoken."""

    speaker: Speaker
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if any(later.start_s < word.start_s for word, later in pairwise(self.words)):
            raise ValueError("a speaker's words come in the order in which they start")


class RemovalReason(Enum):
    """Why words that the engine wrote are not believed; as in the contract."""

    REPETITION = "repetition"
    LOW_PROBABILITY = "low_probability"
    NOT_SPEECH = "not_speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedWords:
    """Words taken out again as inventions; times are offsets from the start of the call in seconds."""

    channel: int
    start_s: float
    end_s: float
    reason: RemovalReason
    text: str


class WarningCode(Enum):
    """What a quality warning is about, the gravest first; as in the contract."""

    DEAD_CHANNEL = "dead_channel"
    COPIED_CHANNEL = "copied_channel"
    SWAPPED_CHANNELS = "swapped_channels"
    SPEECH_MISSED = "speech_missed"
    ROLES_UNSURE = "roles_unsure"
    SPEAKERS_UNSURE = "speakers_unsure"
    SHORTER_THAN_DECLARED = "shorter_than_declared"
    LEGS_SHIFTED = "legs_shifted"
    CLIPPED = "clipped"
    NOISY = "noisy"
    LOW_CONFIDENCE = "low_confidence"
    WORDS_REMOVED = "words_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityWarning:
    """Something a reviewer should know; `channel` is None when it is about the whole call."""

    code: WarningCode
    channel: int | None
    message: str


class ChannelState(Enum):
    """What a channel turned out to be; as in the contract."""

    HEARD = "heard"
    NO_SPEECH = "no_speech"
    DEAD = "dead"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReport:
    """What could be heard on a channel; durations and offsets in seconds, shares 0 to 1.

    `declared_s` is None where the file declares no length. `level_dbfs` is that of loud speech as recorded.
    """

    channel: int
    role: SpeakerRole
    state: ChannelState
    decoded_s: float
    declared_s: float | None
    start_offset_s: float
    level_dbfs: float
    clipped_share: float
    loud_s: float
    detected_s: float
    retried_s: float
    speech_s: float
    word_count: int
    mean_confidence: float
    low_confidence_word_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says until the other takes over or falls silent for long; at least one word."""

    speaker: Speaker
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
    """A whole call. `duration_s` is the length of its longest channel in seconds.

    `language_confidence` is 1 where the language was stated. `vocabulary` is what the engine was told to
    expect. `warnings` come with the gravest first. `word_confidence_floor` is the confidence below which
    words count as low, 0 to 1.
    """

    language: str
    language_confidence: float
    vocabulary: tuple[str, ...]
    duration_s: float
    model_version: str
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    channels: tuple[ChannelReport, ...]
    warnings: tuple[QualityWarning, ...]
    removed_words: tuple[RemovedWords, ...]
    word_confidence_floor: float
    acoustics: Acoustics


def spoken_s(words: Iterable[Word]) -> float:
    """Return the time covered by words in order, in seconds; time that two words share counts once."""
    covered_s = 0.0
    reached_s = 0.0
    for word in words:
        covered_s += max(0.0, word.end_s - max(word.start_s, reached_s))
        reached_s = max(reached_s, word.end_s)
    return covered_s


def mean_confidence(words: Collection[Word]) -> float:
    """Return the mean confidence of words, 0 to 1; 0 without words."""
    return sum(word.confidence for word in words) / len(words) if words else 0.0
