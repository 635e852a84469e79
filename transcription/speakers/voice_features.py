"""What the voice encoder hears with: mel spectra, computed as librosa does for Resemblyzer.

Power spectra (not their logarithm) of 25 ms Hann windows every 10 ms, through 40 triangles spaced on Slaney's
mel scale (linear to 1 kHz, logarithmic above; Auditory Toolbox, 1998) and normed to equal area. Sources: the
documentation of librosa's `filters.mel` and `feature.melspectrogram`; Resemblyzer's hparams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples

Mels = NDArray[np.float32]
"""Mel powers, shape (frames, 40)."""

MEL_COUNT: Final = 40
HOP_SAMPLES: Final = SAMPLE_RATE_HZ // 100
_WINDOW_SAMPLES: Final = SAMPLE_RATE_HZ * 25 // 1000
_FULL_SCALE: Final = 32768.0
_LINEAR_HZ_PER_MEL: Final = 200.0 / 3
_LOG_FROM_HZ: Final = 1000.0
_LOG_STEP: Final = np.log(6.4) / 27.0


def mel_frames(samples: Samples, first_frame: int, count: int) -> Mels:
    """Return `count` frames from `first_frame` on; frame n is centred on sample 160 n.

    Samples outside the channel count as silence. Only the samples asked for are read.
    """
    first = first_frame * HOP_SAMPLES - _WINDOW_SAMPLES // 2
    last = first + (count - 1) * HOP_SAMPLES + _WINDOW_SAMPLES
    sound = np.zeros(last - first, dtype=np.float32)
    low, high = max(first, 0), min(last, len(samples))
    if low < high:
        sound[low - first : high - first] = np.asarray(samples[low:high], dtype=np.float32) / _FULL_SCALE
    windows = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(windows * _HANN, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(power @ _TRIANGLES, dtype=np.float32)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    log_from_mel = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    above = _LOG_FROM_HZ * np.exp(_LOG_STEP * (np.maximum(mel, log_from_mel) - log_from_mel))
    return np.where(mel < log_from_mel, mel * _LINEAR_HZ_PER_MEL, above)


def _triangles() -> NDArray[np.float64]:
    """Return the filters as shape (201 frequencies, 40)."""
    frequencies_hz = np.fft.rfftfreq(_WINDOW_SAMPLES, 1 / SAMPLE_RATE_HZ)
    top_hz = SAMPLE_RATE_HZ / 2
    top_mel = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL + np.log(top_hz / _LOG_FROM_HZ) / _LOG_STEP
    edges_hz = _mel_to_hz(np.linspace(0.0, top_mel, MEL_COUNT + 2))
    left, centre, right = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising = (frequencies_hz[:, None] - left) / (centre - left)
    falling = (right - frequencies_hz[:, None]) / (right - centre)
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)) * 2 / (right - left))


# The periodic Hann window: one sample longer and its last left out.
_HANN: Final = np.hanning(_WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
_TRIANGLES: Final = _triangles().astype(np.float32)
