"""How loud a channel is, frame by frame: to find silence, to level speech and to cut at quiet places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples

Levels = NDArray[np.float32]
"""Root mean square of each frame in dBFS, shape (frames,)."""

FRAME_SAMPLES: Final = SAMPLE_RATE_HZ * 25 // 1000
"""25 ms: shorter than a syllable, longer than a period of any voice."""

_FULL_SCALE: Final = 32768.0
_FLOOR_DBFS: Final = -120.0
# A minute at a time, so that hours of sound need no more memory than a minute does.
_BLOCK_FRAMES: Final = 2400
# Frames this far below the mean power of a channel are pauses and line noise (after EBU R 128's gate).
_GATE_DB: Final = 10.0
_LOUD_PERCENTILE: Final = 95.0
_MAX_GAIN_DB: Final = 30.0
_QUIET_PLACE_FRAMES: Final = 20
_SYLLABLE_FRAMES: Final = 4
_SYLLABLE_PAUSE_FRAMES: Final = 12


def frame_levels(samples: Samples) -> Levels:
    """Return the level of each 25 ms frame in dBFS, -120 at least; a rest below 25 ms is left out."""
    frames = len(samples) // FRAME_SAMPLES
    levels = np.empty(frames, dtype=np.float32)
    for first in range(0, frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, frames)
        block = (
            np.asarray(samples[first * FRAME_SAMPLES : last * FRAME_SAMPLES], dtype=np.float32) / _FULL_SCALE
        )
        power = np.square(block.reshape(last - first, FRAME_SAMPLES)).mean(axis=1)
        levels[first:last] = 10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DBFS / 10)))
    return np.maximum(levels, _FLOOR_DBFS)


def is_silent(levels: Levels, floor_dbfs: float) -> bool:
    """Say whether no frame is louder than the floor."""
    return not len(levels) or float(levels.max()) <= floor_dbfs


def levelling_gain(levels: Levels, target_dbfs: float) -> float:
    """Return the factor that brings a channel's loud speech frames to `target_dbfs`, at most 30 dB up.

    Only frames near speech level count: someone who says three words in ten minutes is not to be drowned by
    the noise of the rest.
    """
    power = np.power(10.0, levels.astype(np.float64) / 10)
    gate_dbfs = 10 * np.log10(power.mean()) - _GATE_DB
    loud_dbfs = float(np.percentile(levels[levels >= gate_dbfs], _LOUD_PERCENTILE))
    return float(10 ** (min(target_dbfs - loud_dbfs, _MAX_GAIN_DB) / 20))


def loud_spans(levels: Levels, floor_dbfs: float) -> list[tuple[int, int]]:
    """Return the stretches above `floor_dbfs` as first frame and the one past the last.

    Pauses as short as those between syllables belong to a stretch; what is shorter than one is left out.
    """
    loud = np.flatnonzero(levels > floor_dbfs)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > _SYLLABLE_PAUSE_FRAMES)
    firsts = loud[np.concatenate([[0], breaks + 1])]
    ends = loud[np.concatenate([breaks, [len(loud) - 1]])] + 1
    return [
        (int(first), int(end))
        for first, end in zip(firsts, ends, strict=True)
        if end - first >= _SYLLABLE_FRAMES
    ]


def slice_bounds(levels: Levels, sample_count: int, slice_s: float, search_s: float) -> list[tuple[int, int]]:
    """Cut a channel into slices of at most `slice_s`, each at the quietest half second of its end.

    The cut is looked for in the last `search_s` of a slice. Returns first and past-the-last sample of each
    slice; together they cover all `sample_count` samples.
    """
    longest = int(slice_s * SAMPLE_RATE_HZ)
    search_frames = int(search_s * SAMPLE_RATE_HZ) // FRAME_SAMPLES
    bounds: list[tuple[int, int]] = []
    first = 0
    while sample_count - first > longest:
        end_frame = (first + longest) // FRAME_SAMPLES
        window = levels[end_frame - search_frames : end_frame].astype(np.float64)
        quiet = np.convolve(window, np.ones(_QUIET_PLACE_FRAMES), mode="valid")
        cut_frame = end_frame - search_frames + int(quiet.argmin()) + _QUIET_PLACE_FRAMES // 2
        bounds.append((first, cut_frame * FRAME_SAMPLES))
        first = cut_frame * FRAME_SAMPLES
    return [*bounds, (first, sample_count)]
