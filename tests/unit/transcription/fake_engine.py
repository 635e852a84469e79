"""A speech engine without weights: hears one word in each second in which there is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcription.engine import ChannelHearing, HeardSegment
from transcription.transcript import SAMPLE_RATE_HZ, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.engine import Samples


class FakeSpeechEngine:
    """`before_segment` is called before each segment is given, in the thread that hears."""

    def __init__(self, before_segment: Callable[[], None] = lambda: None) -> None:
        self.model_version = "fake/1"
        self.languages = frozenset({"en", "de"})
        self._before_segment = before_segment

    def detect_language(self, channels: Sequence[Samples]) -> tuple[str, float]:
        return ("de", 0.75) if len(channels) == 1 else ("en", 0.75)

    def hear(
        self, channels: Sequence[Samples], *, language: str, vocabulary: Sequence[str]
    ) -> Generator[HeardSegment, None, tuple[ChannelHearing, ...]]:
        before_s = 0.0
        hearings = []
        for channel, samples in enumerate(channels):
            duration_s = len(samples) / SAMPLE_RATE_HZ
            spoken_s = 0.0
            for second, first in enumerate(range(0, len(samples), SAMPLE_RATE_HZ)):
                self._before_segment()
                part = np.asarray(samples[first : first + SAMPLE_RATE_HZ], dtype=np.float32)
                end_s = min(second + 1.0, duration_s)
                loud = float(np.abs(part).max()) > 500
                text = f"{language}{second}{''.join(vocabulary)}."
                word = Word(text=text, start_s=float(second), end_s=end_s, confidence=0.5)
                spoken_s += (end_s - second) if loud else 0.0
                yield HeardSegment(channel=channel, words=(word,) if loud else (), heard_s=before_s + end_s)
            before_s += duration_s
            yield HeardSegment(channel=channel, words=(), heard_s=before_s)
            hearings.append(ChannelHearing(loud_s=spoken_s, detected_s=spoken_s, retried_s=0.0))
        return tuple(hearings)
