"""Whether two channels carry the same sound: also scaled, turned upside down or some milliseconds late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.engine import Samples

# A quarter of the rate is enough to tell voices apart and costs a fifth.
_DECIMATION: Final = 4
_RATE_HZ: Final = SAMPLE_RATE_HZ // _DECIMATION
_MAX_DELAY: Final = 50 * _RATE_HZ // 1000
_TRANSFORM: Final = 8192
_BLOCK: Final = _TRANSFORM - 2 * _MAX_DELAY
"""1.9 s: with the delay on both sides of it, what one transform holds."""
# What two lossy encodings of one signal still have in common. Somebody else's word in the block, even a short
# one over crosstalk, brings the correlation below it.
_SAME: Final = 0.95
_LIVE_DB: Final = 30.0
_LOUD_PERCENTILE: Final = 90.0
_FLOOR_POWER: Final = 1.0


def is_copy(one: Samples, other: Samples) -> bool:
    """Say whether one channel has nothing of its own: wherever something sounds, both carry the same.

    Each block of 2 s in which either is within 30 dB of its loud blocks must correlate with the other's by
    0.95 at some delay up to 50 ms. A single block with a sound of its own makes it a channel of its own,
    because a word lost is worse than one heard twice; crosstalk is therefore no copy as soon as its channel
    has one word. Silent channels are copies of nothing. Channels that differ cost 1 CPU second an hour.
    """
    common = min(len(one), len(other))
    longest = max(len(one), len(other))
    # Where one ends much earlier, the other has the rest for itself.
    if longest - common > _BLOCK * _DECIMATION or not common:
        return False
    one, other = one[:common], other[:common]
    firsts = range(0, common, _BLOCK * _DECIMATION)
    powers = np.array([[_power(_piece(channel, first, 0)) for first in firsts] for channel in (one, other)])
    if (powers.max(axis=1) <= _FLOOR_POWER).any():
        return False
    loud = np.percentile(powers, _LOUD_PERCENTILE, axis=1)
    live = np.maximum(loud * 10 ** (-_LIVE_DB / 10), _FLOOR_POWER)
    for block in np.flatnonzero((powers > live[:, None]).any(axis=0)):
        left = _piece(one, firsts[block], 0)
        right = _most_alike(left, _piece(other, firsts[block], _MAX_DELAY))
        # On the channel that is late the end of a word may reach in that was compared in the block before.
        is_live = _power(left) > live[0] or _power(right) > live[1]
        if is_live and _correlation(left, right) < _SAME:
            return False
    return True


def _piece(samples: Samples, first: int, margin: int) -> NDArray[np.float32]:
    """Return a block at a quarter of the rate, with `margin` more of it on both sides; silence outside."""
    begin, end = first - margin * _DECIMATION, first + (_BLOCK + margin) * _DECIMATION
    piece = np.asarray(samples[max(0, begin) : end], dtype=np.float32)
    piece -= piece.mean()
    piece = np.pad(piece, (max(0, -begin), max(0, end - len(samples))))
    # The mean of four samples is filter enough: what folds back is the same on both channels.
    return np.asarray(piece.reshape(-1, _DECIMATION).mean(axis=1), dtype=np.float32)


def _power(piece: NDArray[np.float32]) -> float:
    return float(np.square(piece).mean())


def _most_alike(block: NDArray[np.float32], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the part of `around` that resembles `block` most, also upside down."""
    products = np.fft.irfft(np.fft.rfft(around, _TRANSFORM) * np.conj(np.fft.rfft(block, _TRANSFORM)))
    delay = int(np.abs(products[: 2 * _MAX_DELAY + 1]).argmax())
    return around[delay : delay + _BLOCK]


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    energy = float(np.square(one).sum()) * float(np.square(other).sum())
    return abs(float(np.dot(one, other))) / energy**0.5 if energy > 0 else 0.0
