"""Who talked, waited and held, as values; docs/acoustics.md defines every figure.

No emotion is read from a voice. All times are offsets from the start of the call in seconds, to a
millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


def _check_span(start_s: float, end_s: float) -> None:
    if not 0 <= start_s <= end_s:
        raise ValueError(f"a span lasts from {start_s} s to {end_s} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcousticsLimits:
    """What counts as what; every threshold is explained in docs/acoustics.md.

    `max_pause_s`: a longer pause of a speaker ends a talk span. `min_quiet_s`: shorter quiet spans are left
    out. `min_overlap_s`: shorter overlaps are within the error of word times and left out. `hold_after_s`:
    when nobody talks for this long between two words of the call, somebody is on hold;
    `music_hold_after_s`: the same for music and ringing.
    """

    max_pause_s: float = 0.4
    min_quiet_s: float = 0.5
    min_overlap_s: float = 0.3
    hold_after_s: float = 10.0
    music_hold_after_s: float = 3.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is more than 0, not {getattr(self, name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSpan:
    """A stretch in which one speaker talks; pauses for breath don't end it."""

    speaker: int
    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        _check_span(self.start_s, self.end_s)


class QuietKind(Enum):
    """What is to be heard where nobody talks; as in the contract."""

    SILENCE = "silence"
    MUSIC = "music"
    RINGBACK = "ringback"
    TONE = "tone"
    NOISE = "noise"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSpan:
    """A stretch in which nobody talks; `hold` when it counts as putting the other on hold."""

    kind: QuietKind
    start_s: float
    end_s: float
    hold: bool

    def __post_init__(self) -> None:
        _check_span(self.start_s, self.end_s)


class OverlapKind(Enum):
    """What came of two speakers talking at once; as in the contract."""

    INTERRUPTION = "interruption"
    BACKCHANNEL = "backchannel"
    ATTEMPT = "attempt"
    TURN_CHANGE = "turn_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOverlap:
    """A stretch in which two speakers talk at once; `second_speaker` began while the first was talking."""

    kind: OverlapKind
    first_speaker: int
    second_speaker: int
    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        _check_span(self.start_s, self.end_s)
        if self.first_speaker == self.second_speaker:
            raise ValueError(f"speaker {self.first_speaker} can't talk at once with themselves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A change of speaker: the index of the turn that answers and the time it took, below 0 in an overlap."""

    turn: int
    latency_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerActivity:
    """One speaker's share of the call; latencies are None for a speaker who never answers."""

    speaker: int
    talk_s: float
    talk_share: float
    words_per_minute: float
    median_latency_s: float | None
    longest_latency_s: float | None
    interruption_count: int
    longest_talk_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.talk_share <= 1:
            raise ValueError(f"a share is 0 to 1, not {self.talk_share}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveformPeaks:
    """One channel's loudness for drawing: the largest magnitude in each interval, 255 for full scale."""

    channel: int
    peaks: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Acoustics:
    """Everything that is measured of a call.

    Spans and overlaps come in the order of their start, responses in that of turns, speakers and waveforms by
    index. `talk_s` is the time in which anybody talks, `quiet_s` the rest of the call, and `overlap_s` the
    time in which several do.
    """

    talk_spans: tuple[TalkSpan, ...]
    quiet_spans: tuple[QuietSpan, ...]
    overlaps: tuple[TalkOverlap, ...]
    responses: tuple[Response, ...]
    speakers: tuple[SpeakerActivity, ...]
    talk_s: float
    quiet_s: float
    overlap_s: float
    hold_s: float
    waveform: tuple[WaveformPeaks, ...]
    peaks_per_second: float
