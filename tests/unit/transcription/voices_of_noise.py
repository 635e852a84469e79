"""Makes sound that behaves as speech does where level, pauses and correlation are concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples


def as_samples(sound: np.typing.ArrayLike) -> Samples:
    samples: Samples = np.clip(np.asarray(sound), -32768, 32767).astype(np.int16)
    return samples


def voice(
    seed: int, duration_s: float = 30.0, *, says: tuple[tuple[float, float], ...] | None = None
) -> np.typing.NDArray[np.float64]:
    """Syllables of coloured noise that swell and fade: at `says` (start, end), or in 1 to 4 s with pauses."""
    rng = np.random.default_rng(seed)
    count = int(duration_s * SAMPLE_RATE_HZ)
    sound = np.convolve(rng.laplace(size=count), np.ones(12) / 12, mode="same")
    time_s = np.arange(count) / SAMPLE_RATE_HZ
    syllables = np.abs(np.sin(2 * np.pi * (2.0 + rng.random()) * time_s)) ** 2
    if says is None:
        ends_s = np.cumsum(rng.uniform(1.0, 4.0, int(duration_s) * 2))
        talks = np.searchsorted(ends_s, time_s) % 2 == seed % 2
    else:
        talks = np.any([(start <= time_s) & (time_s < end) for start, end in says], axis=0)
    return np.asarray(sound * syllables * talks * 9000 + rng.normal(0, 8, count))
