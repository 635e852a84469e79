"""Where somebody speaks: Silero's voice detector frame by frame, and the stretches that follow from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

Probabilities = NDArray[np.float32]
"""Probability of speech in each frame of 32 ms, shape (frames,), 0 to 1."""

FRAME_SAMPLES: Final = 512
FRAME_S: Final = FRAME_SAMPLES / SAMPLE_RATE_HZ

# What the detector is shown of the frame before.
_CONTEXT_SAMPLES: Final = 64
_STATE_SHAPE: Final = (1, 1, 128)
# Half a minute at a time: its spectra take 30 MB, those of an hour 4 GB.
_BLOCK_FRAMES: Final = 1000
# A pause begins where the probability falls this far below the threshold (Silero's own rule).
_HYSTERESIS: Final = 0.15
_LEAST_THRESHOLD: Final = 0.01


class Region(NamedTuple):
    """A stretch of a channel in samples: the first, and the one past the last."""

    start: int
    end: int


class SpeechDetector:
    """Silero VAD 6 as faster-whisper ships it, on one thread; may be used from several threads at once."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._session: Any = get_vad_model().session

    def probabilities(self, audio: NDArray[np.float32]) -> Probabilities:
        """Return the probability of speech in each 32 ms of `audio` (16 kHz, full scale ±1)."""
        frames = -(-len(audio) // FRAME_SAMPLES)
        hidden = np.zeros(_STATE_SHAPE, dtype=np.float32)
        cell = np.zeros(_STATE_SHAPE, dtype=np.float32)
        found = np.empty(frames, dtype=np.float32)
        for first in range(0, frames, _BLOCK_FRAMES):
            last = min(first + _BLOCK_FRAMES, frames)
            output, hidden, cell = self._session.run(
                None, {"input": _with_context(audio, first, last), "h": hidden, "c": cell}
            )
            found[first:last] = output.reshape(-1)
        return found


def _with_context(audio: NDArray[np.float32], first: int, last: int) -> NDArray[np.float32]:
    start = first * FRAME_SAMPLES - _CONTEXT_SAMPLES
    block = audio[max(start, 0) : last * FRAME_SAMPLES]
    padded = np.zeros(_CONTEXT_SAMPLES + (last - first) * FRAME_SAMPLES, dtype=np.float32)
    lead = max(-start, 0)
    padded[lead : lead + len(block)] = block
    return np.ascontiguousarray(
        np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT_SAMPLES + FRAME_SAMPLES)[::FRAME_SAMPLES]
    )


def speech_regions(
    probabilities: Probabilities, *, threshold: float, min_silence_s: float, min_speech_s: float = 0.0
) -> list[Region]:
    """Return the stretches of speech in order, in samples from the first frame.

    One begins with a frame at or above `threshold` and ends where the probability stays 0.15 below it for
    `min_silence_s`; one shorter than `min_speech_s` is left out.
    """
    least = max(threshold - _HYSTERESIS, _LEAST_THRESHOLD)
    min_silence_frames = max(1, round(min_silence_s / FRAME_S))
    regions: list[Region] = []
    start = silence_start = -1
    for frame, probability in enumerate(probabilities.tolist()):
        if probability >= threshold:
            silence_start = -1
            if start < 0:
                start = frame
        elif start >= 0 and probability < least:
            if silence_start < 0:
                silence_start = frame
            if frame - silence_start + 1 >= min_silence_frames:
                regions.append(Region(start * FRAME_SAMPLES, silence_start * FRAME_SAMPLES))
                start = silence_start = -1
    if start >= 0:
        regions.append(Region(start * FRAME_SAMPLES, len(probabilities) * FRAME_SAMPLES))
    return [region for region in regions if region.end - region.start >= min_speech_s * SAMPLE_RATE_HZ]


def padded_regions(regions: Sequence[Region], *, pad_s: float, sample_count: int) -> list[Region]:
    """Widen each region by `pad_s` on both sides, by half the pause where that is less."""
    pad = round(pad_s * SAMPLE_RATE_HZ)
    padded = []
    for index, region in enumerate(regions):
        before = regions[index - 1].end if index else 0
        after = regions[index + 1].start if index + 1 < len(regions) else sample_count
        room_before = region.start - before if not index else (region.start - before) // 2
        room_after = after - region.end if index + 1 == len(regions) else (after - region.end) // 2
        padded.append(
            Region(region.start - min(pad, room_before), min(region.end + min(pad, room_after), sample_count))
        )
    return padded
