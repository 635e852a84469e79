"""A speech engine without weights: hears one word in each second in which there is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcription.engine import HeardSegment
from transcription.transcript import SAMPLE_RATE_HZ, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transcription.engine import Samples


class FakeSpeechEngine:
    """`before_segment` is called before each segment is given, in the thread that hears."""

    def __init__(self, before_segment: Callable[[], None] = lambda: None) -> None:
        self.model_version = "fake/1"
        self.languages = frozenset({"en", "de"})
        self._before_segment = before_segment

    def hear(self, samples: Samples, language: str) -> Iterator[HeardSegment]:
        duration_s = len(samples) / SAMPLE_RATE_HZ
        for second, first in enumerate(range(0, len(samples), SAMPLE_RATE_HZ)):
            self._before_segment()
            part = np.asarray(samples[first : first + SAMPLE_RATE_HZ], dtype=np.float32)
            end_s = min(second + 1.0, duration_s)
            loud = float(np.abs(part).max()) > 500
            word = Word(text=f"{language}{second}.", start_s=float(second), end_s=end_s, confidence=0.5)
            yield HeardSegment(words=(word,) if loud else (), heard_s=end_s)
        yield HeardSegment(words=(), heard_s=duration_s)
