"""What a channel's samples say about the recording: level, noise, and whether it is cut off or dead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from transcription.recording.loudness import FRAME_SAMPLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.engine import Samples

_FULL_SCALE: Final = 32768.0
_FLOOR_DBFS: Final = -120.0
_BLOCK_FRAMES: Final = 2400
# Shorter than any word: a click where a codec starts up doesn't bring a channel to life.
_CLICK_FRAMES: Final = 4
# Frames this far below the mean power are pauses (after EBU R 128's gate).
_GATE_DB: Final = 10.0
_LOUD_PERCENTILE: Final = 90.0
_NOISE_PERCENTILE: Final = 10.0
# Amplitudes of speech thin out evenly towards its peak; where something cut it off, many samples share one.
# Bins are wider than the steps of 8-bit audio, and half of the samples keep the amplitude through resampling.
_AMPLITUDE_STEP: Final = 32
_FULL_SCALE_STEPS: Final = 32768 // _AMPLITUDE_STEP + 1
_LOWEST_CUT: Final = 4096
_BIN_RATIO: Final = 1.07
_BIN_EDGES: Final = np.append(
    _LOWEST_CUT * _BIN_RATIO ** np.arange(int(np.log(32000 / _LOWEST_CUT) / np.log(_BIN_RATIO))), 32769
)
_NEIGHBOURS: Final = 2
_SPIKE: Final = 3.0
_MIN_SHARE: Final = 5e-4
# A tone is as full at its top as cut-off speech is, but its level doesn't move.
_STEADY_FRAMES: Final = 5
_STEADY_DB: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSound:
    """What was measured on a channel.

    `level_dbfs` is that of its loud frames and `noise_dbfs` that of its quietest ones, -120 to 0, both
    without a constant offset. `clipped_share` is the share of samples of the loud frames that are cut off, 0
    to 1. `is_dead` means that nothing on it is louder than the silence floor.
    """

    level_dbfs: float
    noise_dbfs: float
    clipped_share: float
    is_dead: bool

    @property
    def above_noise_db(self) -> float:
        """How far loud speech stands above the noise, in dB."""
        return self.level_dbfs - self.noise_dbfs


def measure(samples: Samples, *, silence_floor_dbfs: float) -> ChannelSound:
    """Measure a channel of any length block by block; about 1 CPU second an hour."""
    frame_count = max(1, -(-len(samples) // FRAME_SAMPLES))
    levels = np.empty(frame_count, dtype=np.float32)
    amplitudes = np.zeros(_FULL_SCALE_STEPS, dtype=np.int64)
    for first in range(0, frame_count, _BLOCK_FRAMES):
        frames = _frames(samples, first)
        block_levels = _levels(frames)
        levels[first : first + len(frames)] = block_levels
        amplitudes += _amplitudes(frames[~_steady(block_levels)])
    if np.count_nonzero(levels > silence_floor_dbfs) <= min(_CLICK_FRAMES, frame_count // 8):
        return ChannelSound(level_dbfs=_FLOOR_DBFS, noise_dbfs=_FLOOR_DBFS, clipped_share=0.0, is_dead=True)
    gate_dbfs = 10 * np.log10(np.power(10.0, levels.astype(np.float64) / 10).mean()) - _GATE_DB
    loud = levels >= gate_dbfs
    return ChannelSound(
        level_dbfs=float(np.percentile(levels[loud], _LOUD_PERCENTILE)),
        noise_dbfs=float(np.percentile(levels, _NOISE_PERCENTILE)),
        clipped_share=_clipped_share(amplitudes, int(loud.sum()) * FRAME_SAMPLES),
        is_dead=False,
    )


def _frames(samples: Samples, first: int) -> NDArray[np.float32]:
    """Return the block that begins at frame `first`; the last frame is filled up with its last sample."""
    block = np.asarray(samples[first * FRAME_SAMPLES : (first + _BLOCK_FRAMES) * FRAME_SAMPLES])
    if not len(block):
        return np.zeros((1, FRAME_SAMPLES), dtype=np.float32)
    return (
        np.pad(block, (0, -len(block) % FRAME_SAMPLES), mode="edge")
        .astype(np.float32)
        .reshape(-1, FRAME_SAMPLES)
    )


def _levels(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    # A constant offset is no sound.
    power = np.square(frames).mean(axis=1) - np.square(frames.mean(axis=1))
    floor = (10 ** (_FLOOR_DBFS / 20) * _FULL_SCALE) ** 2
    return np.asarray(10 * np.log10(np.maximum(power, floor) / _FULL_SCALE**2), dtype=np.float32)


def _steady(levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which frames belong to a tone: the level doesn't move around them."""
    if len(levels) < _STEADY_FRAMES:
        return np.zeros(len(levels), dtype=np.bool_)
    around = sliding_window_view(levels, _STEADY_FRAMES)
    return np.pad(np.ptp(around, axis=1) < _STEADY_DB, _STEADY_FRAMES // 2, mode="edge")


def _amplitudes(frames: NDArray[np.float32]) -> NDArray[np.int64]:
    steps = np.abs(frames).astype(np.int32).ravel() // _AMPLITUDE_STEP
    return np.bincount(steps, minlength=_FULL_SCALE_STEPS)


def _clipped_share(amplitudes: NDArray[np.int64], loud_samples: int) -> float:
    edges = np.ceil(_BIN_EDGES / _AMPLITUDE_STEP).astype(int)
    counts = np.add.reduceat(amplitudes, edges[:-1]).astype(np.float64)
    for top in range(len(counts) - 1, -1, -1):
        around = [*counts[max(0, top - _NEIGHBOURS) : top], *counts[top + 1 : top + 1 + _NEIGHBOURS]]
        if counts[top] >= _MIN_SHARE * loud_samples and counts[top] > _SPIKE * np.mean(around):
            return min(1.0, float((counts[top:].sum() - np.mean(around)) / loud_samples))
    return 0.0
