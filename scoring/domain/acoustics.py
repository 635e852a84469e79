"""Who waited and talked over whom, as transcription measured it; times in seconds from the call's start."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSpan:
    """A stretch in which nobody talks; `kind` is the wire's name, as "SILENCE" or "MUSIC"."""

    kind: str
    start_s: float
    end_s: float
    is_hold: bool


class OverlapKind(StrEnum):
    """What came of two talking at once. The names are those of the wire's TalkOverlap.Kind."""

    INTERRUPTION = "INTERRUPTION"
    BACKCHANNEL = "BACKCHANNEL"
    ATTEMPT = "ATTEMPT"
    TURN_CHANGE = "TURN_CHANGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOverlap:
    """Two speakers at once: the one who talked first, and the one who began meanwhile."""

    kind: OverlapKind | None
    first_speaker: int
    second_speaker: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A turn that answers another speaker, and how long after their end it began (negative: before)."""

    turn: int
    latency_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerActivity:
    """One speaker over the whole call: seconds of talk, and words in a minute of it."""

    talk_s: float
    words_per_minute: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Acoustics:
    """The measurements of one call, each in order; `activity` has one entry per speaker of the transcript."""

    quiet_spans: tuple[QuietSpan, ...] = ()
    overlaps: tuple[TalkOverlap, ...] = ()
    responses: tuple[Response, ...] = ()
    activity: tuple[SpeakerActivity, ...] = ()
