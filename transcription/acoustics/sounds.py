"""What a stretch of a channel sounds like, frame by frame: its level, strongest tones and steady partials.

A frame is 128 ms long and 64 ms behind the one before, on a grid that begins with the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.engine import Samples

HOP_SAMPLES: Final = 1024
"""64 ms: half of the shortest keypad tone's frame, a fraction of every tone's cadence."""
HOP_S: Final = HOP_SAMPLES / SAMPLE_RATE_HZ

_WINDOW_SAMPLES: Final = 2 * HOP_SAMPLES
_BIN_HZ: Final = SAMPLE_RATE_HZ / _WINDOW_SAMPLES
_FULL_SCALE: Final = 32768.0
_FLOOR_DBFS: Final = -120.0
# The telephone band, a little wider at its lower end where some dial tones lie.
_FIRST_BIN: Final = int(250 / _BIN_HZ)
_END_BIN: Final = int(3600 / _BIN_HZ)
_LOBE_BINS: Final = 2
# A partial stands out from the mean of its surroundings by this much, and is steady when it stands still for
# this long. Voices glide: even a drawn vowel seldom keeps several harmonics still for a third of a second.
_SURROUNDING_BINS: Final = 10
_PROMINENCE_DB: Final = 7.0
# Fainter ones are what a telephone codec makes of a louder one.
_PARTIAL_RANGE_DB: Final = 35.0
_STEADY_FRAMES: Final = 5
_BLOCK_FRAMES: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounds:
    """Frames of one channel, each array of shape (frames,).

    `level_dbfs` is at least -120. `tones_hz` has shape (frames, 2): the two strongest tones, the lower first,
    and twice the same where there is one. `tone_share` is their share of the band's power, 0 to 1.
    `steady_partials` counts the partials that stand still around that frame; `new_partials` those that begin.
    """

    level_dbfs: NDArray[np.float32]
    tones_hz: NDArray[np.float32]
    tone_share: NDArray[np.float32]
    steady_partials: NDArray[np.int16]
    new_partials: NDArray[np.int16]


def hear_sounds(samples: Samples, first_frame: int, end_frame: int, *, audible_dbfs: float) -> Sounds:
    """Return the frames from `first_frame` to before `end_frame`; what lies outside `samples` is silence.

    Only frames louder than `audible_dbfs` are looked into; the others have no tones and no partials.
    """
    count = max(0, end_frame - first_frame)
    heard = Sounds(
        level_dbfs=np.full(count, _FLOOR_DBFS, dtype=np.float32),
        tones_hz=np.zeros((count, 2), dtype=np.float32),
        tone_share=np.zeros(count, dtype=np.float32),
        steady_partials=np.zeros(count, dtype=np.int16),
        new_partials=np.zeros(count, dtype=np.int16),
    )
    # Blocks overlap, so that a partial is as steady across their border as anywhere.
    margin = _STEADY_FRAMES
    for start in range(0, count, _BLOCK_FRAMES):
        end = min(start + _BLOCK_FRAMES, count)
        wide_start, wide_end = max(0, start - margin), min(end + margin, count)
        frames = _frames(samples, first_frame + wide_start, first_frame + wide_end)
        level = _levels(frames)
        inner = slice(start - wide_start, end - wide_start)
        heard.level_dbfs[start:end] = level[inner]
        audible = level > audible_dbfs
        if not audible.any():
            continue
        power = np.zeros((len(frames), _END_BIN - _FIRST_BIN), dtype=np.float32)
        power[audible] = _power(frames[audible])
        tones, share = _strongest(power[inner])
        heard.tones_hz[start:end], heard.tone_share[start:end] = tones, share
        steady, new = _steady(power)
        heard.steady_partials[start:end], heard.new_partials[start:end] = steady[inner], new[inner]
    return heard


def _frames(samples: Samples, first_frame: int, end_frame: int) -> NDArray[np.float32]:
    first = first_frame * HOP_SAMPLES
    wanted = (end_frame - first_frame + 1) * HOP_SAMPLES
    piece = np.asarray(samples[first : first + wanted], dtype=np.float32) / np.float32(_FULL_SCALE)
    if len(piece) < wanted:
        piece = np.pad(piece, (0, wanted - len(piece)))
    return sliding_window_view(piece, _WINDOW_SAMPLES)[::HOP_SAMPLES]


def _levels(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    mean_square = np.einsum("ij,ij->i", frames, frames) / _WINDOW_SAMPLES
    level: NDArray[np.float32] = 10 * np.log10(np.maximum(mean_square, 10 ** (_FLOOR_DBFS / 10)))
    return level.astype(np.float32)


def _power(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    window = np.hanning(_WINDOW_SAMPLES).astype(np.float32)
    spectrum = np.fft.rfft(frames * window, axis=1)[:, _FIRST_BIN:_END_BIN]
    power: NDArray[np.float32] = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power


def _strongest(power: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the two strongest tones in Hz and their share of the power."""
    total = power.sum(axis=1)
    left = power.copy()
    tones = []
    taken = np.zeros(len(power), dtype=np.float32)
    bins = np.arange(power.shape[1])
    for _ in range(2):
        peak = left.argmax(axis=1)
        lobe = np.abs(bins - peak[:, None]) <= _LOBE_BINS
        lobe_power = np.where(lobe, left, 0)
        strength = lobe_power.sum(axis=1)
        # The centre of mass of its lobe says where a tone lies between two bins.
        centre = (lobe_power * bins).sum(axis=1) / np.maximum(strength, np.float32(1e-30))
        tones.append((centre + _FIRST_BIN) * _BIN_HZ)
        if len(tones) == 2:
            # A second one far below the first is noise or distortion: there is one tone.
            single = strength < 0.05 * taken
            tones[1] = np.where(single, tones[0], tones[1])
        taken += strength
        left[lobe] = 0
    share = np.divide(taken, total, out=np.zeros_like(taken), where=total > 0)
    return np.sort(np.stack(tones, axis=1), axis=1).astype(np.float32), share


def _steady(power: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Count partials that stand still and that begin.

    After "continuous frequency activation" (Seyerlehner et al., DAFx 2007).
    """
    level = 10 * np.log10(power + np.float32(1e-12))
    width = 2 * _SURROUNDING_BINS + 1
    padded = np.pad(level, ((0, 0), (_SURROUNDING_BINS + 1, _SURROUNDING_BINS)), mode="edge")
    summed = np.cumsum(padded, axis=1, dtype=np.float64)
    mean = (summed[:, width:] - summed[:, :-width]) / width
    active = level - mean > _PROMINENCE_DB
    active &= level > level.max(axis=1, keepdims=True) - _PARTIAL_RANGE_DB
    # A peak alone, not its slopes.
    active[:, 1:-1] &= (level[:, 1:-1] >= level[:, :-2]) & (level[:, 1:-1] >= level[:, 2:])
    # A partial between two bins flickers between them.
    wide = active.copy()
    wide[:, :-1] |= active[:, 1:]
    frames = len(active)
    steady = np.zeros_like(active)
    if frames >= _STEADY_FRAMES:
        runs = np.ones((frames - _STEADY_FRAMES + 1, active.shape[1]), dtype=np.bool_)
        for offset in range(_STEADY_FRAMES):
            runs &= wide[offset : frames - _STEADY_FRAMES + 1 + offset]
        for offset in range(_STEADY_FRAMES):
            steady[offset : frames - _STEADY_FRAMES + 1 + offset] |= runs
    begins = steady.copy()
    begins[1:] &= ~steady[:-1]
    # A begin in a neighbouring bin is the same partial flickering.
    begins[1:, 1:] &= ~steady[:-1, :-1]
    begins[1:, :-1] &= ~steady[:-1, 1:]
    # Neighbouring bins are one partial.
    alone = steady.copy()
    alone[:, 1:] &= ~steady[:, :-1]
    begins[:, 1:] &= ~begins[:, :-1]
    return alone.sum(axis=1).astype(np.int16), begins.sum(axis=1).astype(np.int16)
