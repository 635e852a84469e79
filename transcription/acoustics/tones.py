"""Tones of the telephone network: ringing, busy, dial and keypad tones, and beeps.

Frequencies and cadences after ITU-T E.180 and its list of tones in use, Q.23 (keypad), E.180's special
information tone, and ANSI T1.401 (North America).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.acoustics.sounds import HOP_S
from transcription.acoustics.values import QuietKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from transcription.acoustics.sounds import Sounds

# One or two tones hold four fifths of the power, which leaves room for line noise and for the codec.
_TONE_SHARE: Final = 0.8
_PURE_SHARE: Final = 0.9
_SAME_HZ: Final = 12.0
_MIN_FRAMES: Final = 3
_MIN_BEEP_FRAMES: Final = 5

_KEYPAD_ROWS_HZ: Final = (697.0, 770.0, 852.0, 941.0)
_KEYPAD_COLUMNS_HZ: Final = (1209.0, 1336.0, 1477.0, 1633.0)
# North America's dial and busy tones.
_PAIRS_HZ: Final = ((350.0, 440.0), (480.0, 620.0))
# The special information tone's, fax calling and answering.
_SINGLES_HZ: Final = (913.8, 985.2, 1370.6, 1428.5, 1776.7, 1100.0, 2100.0)
# Every country's ringing tone lies here; two tones (440+480 in North America, 400+450 in the UK) or a
# modulated one (Japan) ring, while one alone rings, is busy or dials by its length.
_RINGING_BAND_HZ: Final = (380.0, 490.0)
_RING_S: Final = (0.7, 2.4)
# The longest pause between two rings is 5 s; between two beats of busy it is 0.75 s, and people press the
# next key within about a second.
_RING_PAUSE_S: Final = 6.0
_TONE_PAUSE_S: Final = 1.5
_NOTE_PAUSE_S: Final = 0.3
_MELODY_PITCHES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneSpan:
    """Frames from `first` to before `end` of a channel's Sounds that are RINGBACK, TONE or MUSIC."""

    kind: QuietKind
    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Burst:
    """One tone, or two at once, that stand still."""

    first: int
    end: int
    low_hz: float
    high_hz: float
    share: float

    @property
    def frames(self) -> int:
        return self.end - self.first

    @property
    def single(self) -> bool:
        return self.high_hz - self.low_hz <= _SAME_HZ

    def like(self, low_hz: float, high_hz: float) -> bool:
        return abs(self.low_hz - low_hz) <= _SAME_HZ and abs(self.high_hz - high_hz) <= _SAME_HZ

    def keypad(self) -> bool:
        return any(self.like(row, column) for row in _KEYPAD_ROWS_HZ for column in _KEYPAD_COLUMNS_HZ)


def tone_spans(sounds: Sounds) -> tuple[ToneSpan, ...]:
    """Return the tones in the order of their start; the pauses of a cadence are part of its span.

    Tones in a row at three pitches and more that are none of the network's are a melody: MUSIC.
    """
    bursts = list(_bursts(sounds))
    named: list[tuple[_Burst, QuietKind]] = []
    for train in _trains(bursts):
        kinds = [_network_kind(burst) for burst in train]
        foreign = sum(kind is None for kind in kinds)
        if foreign and _pitches(train) >= _MELODY_PITCHES:
            named += [(burst, QuietKind.MUSIC) for burst in train]
            continue
        for burst, kind in zip(train, kinds, strict=True):
            if kind is not None:
                named.append((burst, kind))
            elif burst.frames >= _MIN_BEEP_FRAMES and burst.share >= _PURE_SHARE:
                named.append((burst, QuietKind.TONE))
    return _spans(named)


def _bursts(sounds: Sounds) -> Iterator[_Burst]:
    tonal = sounds.tone_share >= _TONE_SHARE
    first = 0
    while first < len(tonal):
        end = first + 1
        if tonal[first]:
            while end < len(tonal) and tonal[end] and _same(sounds.tones_hz, end - 1, end):
                end += 1
            # Its middle frame speaks for it: the first and the last may hold half of it only.
            middle = (first + end) // 2
            burst = _Burst(
                first=first,
                end=end,
                low_hz=float(sounds.tones_hz[middle, 0]),
                high_hz=float(sounds.tones_hz[middle, 1]),
                share=float(sounds.tone_share[middle]),
            )
            # A key is pressed for less than two frames.
            if burst.frames >= _MIN_FRAMES or burst.keypad():
                yield burst
        first = end


def _same(tones_hz: NDArray[np.float32], one: int, other: int) -> bool:
    return bool((np.abs(tones_hz[one] - tones_hz[other]) <= _SAME_HZ).all())


def _trains(bursts: Sequence[_Burst]) -> list[list[_Burst]]:
    trains: list[list[_Burst]] = []
    for burst in bursts:
        if trains and (burst.first - trains[-1][-1].end) * HOP_S <= _NOTE_PAUSE_S:
            trains[-1].append(burst)
        else:
            trains.append([burst])
    return trains


def _pitches(train: Sequence[_Burst]) -> int:
    known: list[_Burst] = []
    for burst in train:
        if not any(burst.like(other.low_hz, other.high_hz) for other in known):
            known.append(burst)
    return len(known)


def _network_kind(burst: _Burst) -> QuietKind | None:
    low_hz, high_hz = _RINGING_BAND_HZ
    if low_hz <= burst.low_hz and burst.high_hz <= high_hz:
        shortest_s, longest_s = _RING_S
        rings = not burst.single or shortest_s <= burst.frames * HOP_S <= longest_s
        return QuietKind.RINGBACK if rings else QuietKind.TONE
    known = burst.keypad() or any(burst.like(*pair) for pair in _PAIRS_HZ)
    known = known or any(burst.like(single_hz, single_hz) for single_hz in _SINGLES_HZ)
    return QuietKind.TONE if known else None


def _spans(named: Sequence[tuple[_Burst, QuietKind]]) -> tuple[ToneSpan, ...]:
    spans: list[ToneSpan] = []
    for burst, kind in named:
        pause_s = _RING_PAUSE_S if kind is QuietKind.RINGBACK else _TONE_PAUSE_S
        if spans and spans[-1].kind is kind and (burst.first - spans[-1].end) * HOP_S <= pause_s:
            spans[-1] = ToneSpan(kind=kind, first=spans[-1].first, end=burst.end)
        else:
            spans.append(ToneSpan(kind=kind, first=burst.first, end=burst.end))
    return tuple(spans)
