"""How much later one leg of a call began than the other, from their sound alone.

Crosstalk is the exact way: where one voice leaks into the other leg, the generalised cross-correlation with
phase transform (Knapp and Carter, 1976) peaks at the offset, and how the peak wanders along the call is the
drift of the clocks. Without crosstalk there is only that people take turns: at the right offset hardly
anything is said at the same time. That is good to half a second, and only in calls with many turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.engine import Samples

MAX_OFFSET_S: Final = 60
"""Nobody lets a telephone ring for longer."""

_DECIMATION: Final = 8
_RATE_HZ: Final = SAMPLE_RATE_HZ // _DECIMATION
# Clocks that run apart blur a peak within a long block; the lower half of the band blurs less.
_BLOCK_S: Final = 8
_MAX_BLOCKS: Final = 30
_TRANSFORM: Final = 1 << (_RATE_HZ * (_BLOCK_S + 2 * MAX_OFFSET_S) - 1).bit_length()
_MIN_PEAK: Final = 12.0
"""Height of a peak of crosstalk over the standard deviation; chance reaches 6 among half a million lags."""
_MIN_BLOCKS: Final = 3
_NEAR_S: Final = 0.25
_MAX_DRIFT_PPM: Final = 500.0
_MIN_DRIFT_PPM: Final = 5.0
_MIN_DRIFT_SPAN_S: Final = 120.0

_FRAME_S: Final = 0.05
_LOUD_DB: Final = 18.0
_LOUD_PERCENTILE: Final = 90.0
# Frames this far below the mean power are pauses (after EBU R 128's gate).
_GATE_DB: Final = 10.0
_MIN_COMMON_S: Final = 45.0
_MIN_TURNS: Final = 8
_PLATEAU: Final = 0.1
_ELSEWHERE_S: Final = 2.5
_MIN_GAP: Final = 0.2
"""How much less is said at once, as a share of chance, at the best offset than anywhere else or unmoved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOffset:
    """How much later the second leg began, in seconds, and how much faster its clock ran, in millionths.

    `is_exact` tells an offset found by crosstalk, good to milliseconds, from one found by turn-taking.
    """

    offset_s: float
    drift_ppm: float
    is_exact: bool


def offset_by_crosstalk(one: Samples, other: Samples) -> LegOffset | None:
    """Return the offset of the second leg where one leg can be heard in the other, else None."""
    block = _BLOCK_S * SAMPLE_RATE_HZ
    firsts = range(0, max(1, len(one) - block // 2), block)
    levels = [float(np.square(_decimated(one, first, 0)).mean()) for first in firsts]
    # The loudest blocks leak the most; in the order of time, for the drift.
    chosen = sorted(sorted(range(len(firsts)), key=lambda index: -levels[index])[:_MAX_BLOCKS])
    peaks = [
        (firsts[index] / SAMPLE_RATE_HZ, lag)
        for index in chosen
        if (lag := _peak_lag(one, other, firsts[index])) is not None
    ]
    if len(peaks) < _MIN_BLOCKS:
        return None
    times_s, lags_s = np.array(peaks).T
    drift = 0.0
    if np.ptp(times_s) >= _MIN_DRIFT_SPAN_S:
        # Theil and Sen's slope: half of the blocks may be wrong.
        slopes = [
            (lags_s[j] - lags_s[i]) / (times_s[j] - times_s[i])
            for i in range(len(peaks))
            for j in range(i + 1, len(peaks))
        ]
        drift = float(np.median(slopes))
    start_lag_s = float(np.median(lags_s - drift * times_s))
    agree = np.abs(lags_s - drift * times_s - start_lag_s) < _NEAR_S
    if agree.sum() < max(_MIN_BLOCKS, 0.7 * len(peaks)) or abs(drift) > _MAX_DRIFT_PPM / 1e6:
        return None
    # A sound at t in the first leg is at t + lag in the second, which therefore began earlier by the lag.
    drift_ppm = drift * 1e6
    return LegOffset(
        offset_s=-start_lag_s, drift_ppm=drift_ppm if abs(drift_ppm) >= _MIN_DRIFT_PPM else 0.0, is_exact=True
    )


def _decimated(samples: Samples, first: int, margin_s: float) -> NDArray[np.float32]:
    begin = first - int(margin_s * SAMPLE_RATE_HZ)
    end = first + int((_BLOCK_S + margin_s) * SAMPLE_RATE_HZ)
    piece = np.asarray(samples[max(0, begin) : max(0, end)], dtype=np.float32)
    piece = np.pad(piece, (min(max(0, -begin), end - begin), 0))
    piece = np.pad(piece, (0, end - begin - len(piece)))
    return np.asarray(piece.reshape(-1, _DECIMATION).mean(axis=1), dtype=np.float32)


def _peak_lag(one: Samples, other: Samples, first: int) -> float | None:
    """Return how much later than in `one` the block's sound is in `other`, in seconds, if it is at all."""
    block = np.fft.rfft(_decimated(one, first, 0), _TRANSFORM)
    around = np.fft.rfft(_decimated(other, first, MAX_OFFSET_S), _TRANSFORM)
    product = around * np.conj(block)
    size = np.abs(product)
    if not size.any():
        return None
    correlation = np.fft.irfft(product / (size + 1e-3 * size.mean()), _TRANSFORM)
    correlation = correlation[: 2 * MAX_OFFSET_S * _RATE_HZ + 1]
    peak = int(np.abs(correlation).argmax())
    if abs(correlation[peak]) < _MIN_PEAK * correlation.std():
        return None
    return peak / _RATE_HZ - MAX_OFFSET_S


def offset_by_turns(one: Samples, other: Samples) -> LegOffset | None:
    """Return the offset of the second leg at which the least is said at once; None where it is unsure."""
    first, second = _active(one), _active(other)
    if min(_turns(first), _turns(second)) < _MIN_TURNS:
        return None
    lags, overlap = _overlaps(first, second)
    if not len(lags):
        return None
    best = int(overlap.argmin())
    elsewhere = np.abs(lags - lags[best]) * _FRAME_S > _ELSEWHERE_S
    unmoved = overlap[np.abs(lags).argmin()]
    if not elsewhere.any() or min(unmoved, overlap[elsewhere].min()) - overlap[best] < _MIN_GAP:
        return None
    near = np.flatnonzero((overlap <= overlap[best] + _PLATEAU) & ~elsewhere)
    return LegOffset(offset_s=float(lags[near].mean() * _FRAME_S), drift_ppm=0.0, is_exact=False)


def _active(samples: Samples) -> NDArray[np.float64]:
    """Return 1 for every frame of 50 ms that is about as loud as speech, else 0."""
    frame = int(_FRAME_S * SAMPLE_RATE_HZ)
    count = len(samples) // frame
    levels = np.empty(count)
    for begin in range(0, count, 1200):
        end = min(count, begin + 1200)
        frames = np.asarray(samples[begin * frame : end * frame], dtype=np.float32).reshape(-1, frame)
        levels[begin:end] = 10 * np.log10(np.maximum(frames.var(axis=1), 1.0))
    if not count:
        return levels
    gate = 10 * np.log10(np.power(10.0, levels / 10).mean()) - _GATE_DB
    loud = np.percentile(levels[levels >= gate], _LOUD_PERCENTILE)
    return np.asarray(levels > loud - _LOUD_DB, dtype=np.float64)


def _turns(active: NDArray[np.float64]) -> int:
    """Count the times that speech begins after a second of silence."""
    begins = np.flatnonzero(active)
    return int((np.diff(begins, prepend=-1000) > 1 / _FRAME_S).sum())


def _overlaps(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the offsets in frames and what is said at once at each, as a share of what chance would give."""
    size = 1 << (len(first) + len(second)).bit_length()
    both = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    furthest = int(MAX_OFFSET_S / _FRAME_S)
    lags = np.arange(-furthest, furthest + 1)
    common = np.minimum(len(first), len(second) + lags) - np.maximum(0, lags)
    lags, common = lags[common * _FRAME_S >= _MIN_COMMON_S], common[common * _FRAME_S >= _MIN_COMMON_S]
    if not len(lags):
        return lags, np.empty(0)
    said_first = np.concatenate([[0.0], np.cumsum(first)])
    said_second = np.concatenate([[0.0], np.cumsum(second)])
    begin = np.maximum(0, lags)
    in_first = said_first[begin + common] - said_first[begin]
    in_second = said_second[begin - lags + common] - said_second[begin - lags]
    chance = in_first * in_second / common
    return lags, both[lags] / np.maximum(chance, 1.0)
