"""A channel's loudness for drawing: one byte for each tenth of a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples

PEAKS_PER_SECOND: Final = 10
"""Fine enough to see a word; four hours of a channel are 144 kB."""

_INTERVAL_SAMPLES: Final = SAMPLE_RATE_HZ // PEAKS_PER_SECOND
_BLOCK_INTERVALS: Final = 600
_FULL_SCALE: Final = 32768


def waveform_peaks(samples: Samples) -> bytes:
    """Return the largest magnitude in each 0.1 s, 0 to 255 for full scale; the last may be shorter.

    Rounded up, so that 0 is digital silence and nothing else.
    """
    peaks = bytearray()
    block_samples = _BLOCK_INTERVALS * _INTERVAL_SAMPLES
    for first in range(0, len(samples), block_samples):
        block = np.asarray(samples[first : first + block_samples])
        starts = np.arange(0, len(block), _INTERVAL_SAMPLES)
        # Wider than int16: the magnitude of the lowest sample does not fit into it.
        highest = np.maximum.reduceat(block, starts).astype(np.int32)
        lowest = np.minimum.reduceat(block, starts).astype(np.int32)
        magnitude = np.maximum(highest, -lowest)
        peaks += (-(-magnitude * 255 // _FULL_SCALE)).astype(np.uint8).tobytes()
    return bytes(peaks)
