"""What is to be heard where nobody talks, and whether somebody is on hold.

Pure: the same samples give the same spans.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from transcription.acoustics.sounds import HOP_S, hear_sounds
from transcription.acoustics.tones import tone_spans
from transcription.acoustics.values import QuietKind, QuietSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.acoustics.sounds import Sounds
    from transcription.acoustics.values import AcousticsLimits, TalkSpan
    from transcription.engine import Samples

# Where channels differ, the one that says most wins: the last of these.
_RANKING: Final = (
    QuietKind.SILENCE,
    QuietKind.NOISE,
    QuietKind.TONE,
    QuietKind.MUSIC,
    QuietKind.RINGBACK,
)
_RANK: Final = {kind: rank for rank, kind in enumerate(_RANKING)}
_AUDIBLE_DBFS: Final = -60.0
# As loud as speech: the middle of speech lies about so much below its loud part.
_BELOW_SPEECH_DB: Final = 12.0
_SPEECH_DBFS: Final = -26.0
_NOISE_GAP_S: Final = 0.3
# In two seconds of music, three partials at once stand still in two thirds of the frames, or two in nearly
# all, and new ones begin; of a voice the largest share seen in real calls was 0.62 (docs/acoustics.md).
_MUSIC_WINDOW_FRAMES: Final = 32
_MIN_MUSIC_FRAMES: Final = 16
_THREE_PARTIALS_SHARE: Final = 0.65
_TWO_PARTIALS_SHARE: Final = 0.95
_NEW_PARTIALS_PER_S: Final = 1.2
_MUSIC_GAP_S: Final = 2.0

_Ranks = NDArray[np.int8]


def quiet_spans(
    channels: Sequence[Samples],
    talk: Sequence[TalkSpan],
    *,
    speech_dbfs: Sequence[float | None],
    duration_s: float,
    limits: AcousticsLimits,
) -> tuple[QuietSpan, ...]:
    """Return the quiet spans of a call in order, none shorter than `limits.min_quiet_s`.

    `speech_dbfs` is the level of loud speech on each channel, None where nobody talks: noise is measured by
    it. `channels` may be memory maps; of long stretches only blocks are in memory.
    """
    known = [level for level in speech_dbfs if level is not None]
    usual_dbfs = sum(known) / len(known) if known else _SPEECH_DBFS
    noise_dbfs = [(usual_dbfs if level is None else level) - _BELOW_SPEECH_DB for level in speech_dbfs]
    spans: list[QuietSpan] = []
    for start_s, end_s in quiet_stretches(talk, duration_s):
        if end_s - start_s < limits.min_quiet_s:
            continue
        first, end = math.ceil(start_s / HOP_S), math.floor(end_s / HOP_S) - 1
        ranks = np.zeros(max(0, end - first), dtype=np.int8)
        for samples, loud_dbfs in zip(channels, noise_dbfs, strict=True):
            sounds = hear_sounds(samples, first, end, audible_dbfs=_AUDIBLE_DBFS)
            ranks = np.maximum(ranks, _ranks(sounds, noise_dbfs=loud_dbfs))
        heard = _cut(ranks, first, start_s, end_s, limits.min_quiet_s)
        spans += _with_holds(
            heard,
            limits,
            talk_before=bool(talk) and start_s > 0,
            talk_after=bool(talk) and end_s < duration_s,
        )
    return tuple(spans)


def quiet_stretches(talk: Iterable[TalkSpan], duration_s: float) -> list[tuple[float, float]]:
    """Return start and end of every stretch in which nobody talks; `talk` is in the order of start."""
    stretches: list[tuple[float, float]] = []
    reached_s = 0.0
    for span in talk:
        if span.start_s > reached_s:
            stretches.append((reached_s, span.start_s))
        reached_s = max(reached_s, span.end_s)
    if duration_s > reached_s:
        stretches.append((reached_s, duration_s))
    return stretches


def _ranks(sounds: Sounds, *, noise_dbfs: float) -> _Ranks:
    ranks = np.zeros(len(sounds.level_dbfs), dtype=np.int8)
    noisy = _closed(sounds.level_dbfs >= noise_dbfs, round(_NOISE_GAP_S / HOP_S))
    ranks[noisy] = _RANK[QuietKind.NOISE]
    tones = tone_spans(sounds)
    music = _music(sounds)
    for span in tones:
        if span.kind is QuietKind.MUSIC:
            music[span.first : span.end] = True
    # Audible frames alone, and then the rests between them: a song has pauses.
    music = _closed(music & (sounds.level_dbfs > _AUDIBLE_DBFS), round(_MUSIC_GAP_S / HOP_S))
    for span in tones:
        if span.kind is not QuietKind.MUSIC:
            place = slice(span.first, span.end)
            ranks[place] = _RANK[span.kind]
            # Ringing is steady partials too; another tone in the midst of music is a note of it.
            beside = music[max(0, span.first - 1) : span.first], music[span.end : span.end + 1]
            if span.kind is QuietKind.RINGBACK or not all(side.any() for side in beside):
                music[place] = False
    ranks[music] = _RANK[QuietKind.MUSIC]
    return ranks


def _music(sounds: Sounds) -> NDArray[np.bool_]:
    count = len(sounds.level_dbfs)
    found = np.zeros(count, dtype=np.bool_)
    window = min(_MUSIC_WINDOW_FRAMES, count)
    if window < _MIN_MUSIC_FRAMES:
        return found
    audible = sounds.level_dbfs > _AUDIBLE_DBFS
    heard = _sums(audible, window)
    new = _sums(sounds.new_partials * audible, window) / (window * HOP_S)
    three = _sums((sounds.steady_partials >= 3) & audible, window)
    two = _sums((sounds.steady_partials >= 2) & audible, window)
    passing = (heard >= window / 2) & (new >= _NEW_PARTIALS_PER_S)
    passing &= (three >= _THREE_PARTIALS_SHARE * heard) | (two >= _TWO_PARTIALS_SHARE * heard)
    for start in np.flatnonzero(passing):
        found[start : start + window] = True
    return found


def _sums(values: NDArray[np.generic], window: int) -> NDArray[np.int64]:
    summed = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    sums: NDArray[np.int64] = summed[window:] - summed[:-window]
    return sums


def _closed(mask: NDArray[np.bool_], longest_gap: int) -> NDArray[np.bool_]:
    """Return the mask with gaps of up to `longest_gap` frames between its frames filled."""
    closed = mask.copy()
    places = np.flatnonzero(mask)
    for place, gap in zip(places, np.diff(places), strict=False):
        if 1 < gap <= longest_gap + 1:
            closed[place : place + gap] = True
    return closed


def _cut(ranks: _Ranks, first: int, start_s: float, end_s: float, min_s: float) -> list[QuietSpan]:
    """Return spans that fill the stretch; what is shorter than `min_s` belongs to the span beside it."""
    runs = [(rank, len(list(frames))) for rank, frames in groupby(ranks.tolist())]
    shortest = math.ceil(min_s / HOP_S)
    # The shortest first, so that a tone that stutters is put together before it is judged.
    for length in range(1, shortest):
        runs = _absorbed(runs, length)
    spans: list[QuietSpan] = []
    reached_s, frames = start_s, first
    for index, (rank, length) in enumerate(runs or [(0, 0)]):
        frames += length
        # Between the middles of the two frames.
        until_s = end_s if index >= len(runs) - 1 else round((frames + 0.5) * HOP_S, 3)
        spans.append(QuietSpan(kind=_RANKING[rank], start_s=reached_s, end_s=until_s, hold=False))
        reached_s = until_s
    return spans


def _absorbed(runs: Sequence[tuple[int, int]], longest: int) -> list[tuple[int, int]]:
    """Return the runs (rank, frames) without those of up to `longest`, which go to their longer neighbour."""
    kept: list[tuple[int, int]] = []
    carried = 0
    for place, (rank, frames) in enumerate(runs):
        length, carried = frames + carried, 0
        following = runs[place + 1][1] if place + 1 < len(runs) else 0
        if kept and (kept[-1][0] == rank or (length <= longest and kept[-1][1] >= following)):
            kept[-1] = (kept[-1][0], kept[-1][1] + length)
        elif length <= longest and following:
            carried = length
        else:
            kept.append((rank, length))
    return kept


def _with_holds(
    spans: Sequence[QuietSpan], limits: AcousticsLimits, *, talk_before: bool, talk_after: bool
) -> list[QuietSpan]:
    """Say which spans of one stretch are a hold: nobody can be put on hold before anybody has talked."""
    called = {QuietKind.MUSIC, QuietKind.RINGBACK}
    holding = [
        index
        for index, span in enumerate(spans)
        if talk_before and span.kind in called and span.end_s - span.start_s >= limits.music_hold_after_s
    ]
    whole = talk_before and talk_after and spans[-1].end_s - spans[0].start_s >= limits.hold_after_s
    return [
        QuietSpan(
            kind=span.kind,
            start_s=span.start_s,
            end_s=span.end_s,
            # Between two pieces of music one is still on hold.
            hold=whole or (bool(holding) and holding[0] <= index <= holding[-1]),
        )
        for index, span in enumerate(spans)
    ]
