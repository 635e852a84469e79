"""When each speaker talks: words say who and about when, loudness says exactly when.

An engine's word times are off by 0.1 to 0.3 s, and its words swallow pauses. So a talk span is where the
speaker's channel is as loud as their speech, near their words: a quarter of the error that word times
have against spans that people marked (docs/acoustics.md). Pure: the same words and levels, the same spans.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from transcription.acoustics.values import TalkSpan
from transcription.recording.loudness import FRAME_SAMPLES
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.recording.loudness import Levels
    from transcription.transcript import SpokenWords, Word

REACH_S: Final = 0.35
"""How far a talk span may begin before its first word and end behind its last one."""

EDGE_S: Final = 0.05
"""Onsets and ends of speech are quieter than the threshold for about this long; spans include it."""

_FRAME_S: Final = FRAME_SAMPLES / SAMPLE_RATE_HZ
# Speech within 25 dB of the loud part of a voice is heard as speech; below are breath and the room.
_SPEECH_RANGE_DB: Final = 25.0
_ABOVE_NOISE_DB: Final = 6.0
# However noisy the line, speech this near to the speaker's loudest counts.
_SURE_SPEECH_DB: Final = 10.0
_LOUD_PERCENTILE: Final = 90.0
_NOISE_PERCENTILE: Final = 75.0
# What is nearer to a word than this may still be speech and says nothing about the noise.
_NOISE_DISTANCE_S: Final = 0.5
_MIN_NOISE_FRAMES: Final = 40
_MIN_LOUD_FRAMES: Final = 2

_Mask = NDArray[np.bool_]
_Interval = tuple[float, float]


def talk_spans(
    spoken: Sequence[SpokenWords], levels: Sequence[Levels], *, duration_s: float, max_pause_s: float
) -> tuple[TalkSpan, ...]:
    """Return when each speaker talks, in the order of start, then of speaker.

    `levels` are those of each channel as frame_levels gives them, the channel's place being its index.
    Every word touches a span of its speaker. Spans of one speaker don't touch; pauses of up to `max_pause_s`
    are part of a span.
    """
    spans: list[TalkSpan] = []
    for one in spoken:
        others = [
            word
            for other in spoken
            if other.speaker.channel == one.speaker.channel and other is not one
            for word in other.words
        ]
        heard = _heard(one.words, others, levels[one.speaker.channel])
        starts_s = [word.start_s for word in one.words]
        reached_s = list(accumulate((word.end_s for word in one.words), max, initial=-1.0))
        for start_s, end_s in _joined(heard, max_pause_s):
            start, end = round(max(0.0, start_s), 3), round(min(end_s, duration_s), 3)
            # A click in the reach of a word that sounds later has no word in it.
            if start < end and reached_s[bisect_right(starts_s, end_s)] >= start_s:
                spans.append(TalkSpan(speaker=one.speaker.index, start_s=start, end_s=end))
    return tuple(sorted(spans, key=lambda span: (span.start_s, span.speaker)))


def speech_level(words: Iterable[Word], levels: Levels) -> float | None:
    """Return the level of the loud part of the words in dBFS; None where there are none."""
    frames = levels[_frames(words, len(levels))]
    return float(np.percentile(frames, _LOUD_PERCENTILE)) if len(frames) else None


def _heard(words: Sequence[Word], others: Sequence[Word], levels: Levels) -> list[_Interval]:
    count = len(levels)
    loud = levels > _threshold(words, others, levels)
    near = _frames(words, count, reach_s=REACH_S - EDGE_S)
    # Two voices on one channel: what sounds during the other's words is the other's.
    near &= ~_frames(others, count) | _frames(words, count)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud & near, [False])).astype(np.int8)))
    runs = [
        (int(first), int(last)) for first, last in edges.reshape(-1, 2) if last - first >= _MIN_LOUD_FRAMES
    ]
    heard = [(first * _FRAME_S - EDGE_S, last * _FRAME_S + EDGE_S) for first, last in runs]
    sounding = np.zeros(count, dtype=np.bool_)
    for first, last in runs:
        sounding[first:last] = True
    # A word that nothing is heard of keeps its time: it is quiet, or the engine is wrong about it.
    heard += [
        (word.start_s - EDGE_S, word.end_s + EDGE_S)
        for word in words
        if not sounding[slice(*_frame_range(word, count))].any()
    ]
    return sorted(heard)


def _threshold(words: Sequence[Word], others: Sequence[Word], levels: Levels) -> float:
    speech_dbfs = speech_level(words, levels)
    if speech_dbfs is None:
        return 0.0
    away = levels[~_frames([*words, *others], len(levels), reach_s=_NOISE_DISTANCE_S)]
    quietest = speech_dbfs - _SPEECH_RANGE_DB
    if len(away) >= _MIN_NOISE_FRAMES:
        quietest = max(quietest, float(np.percentile(away, _NOISE_PERCENTILE)) + _ABOVE_NOISE_DB)
    return min(quietest, speech_dbfs - _SURE_SPEECH_DB)


def _frames(words: Iterable[Word], count: int, *, reach_s: float = 0.0) -> _Mask:
    mask = np.zeros(count, dtype=np.bool_)
    for word in words:
        first, last = _frame_range(word, count, reach_s=reach_s)
        mask[first:last] = True
    return mask


def _frame_range(word: Word, count: int, *, reach_s: float = 0.0) -> tuple[int, int]:
    first = max(0, int((word.start_s - reach_s) / _FRAME_S))
    return min(first, count), min(max(first + 1, int((word.end_s + reach_s) / _FRAME_S)), count)


def _joined(intervals: Iterable[_Interval], max_pause_s: float) -> list[_Interval]:
    joined: list[_Interval] = []
    for start_s, end_s in intervals:
        if joined and start_s - joined[-1][1] <= max_pause_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined
