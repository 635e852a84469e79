"""The port to whatever turns sound into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transcription.transcript import Word

Samples = NDArray[np.int16]
"""One channel: shape (samples,), 16 kHz, full scale ±32768. May be a memory map of any length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSegment:
    """Some words, and how far into the channel the engine has listened.

    `words` is in the order spoken and empty for a stretch without speech; times are offsets from the start of
    the channel. `heard_s` is in seconds and never falls from one segment to the next.
    """

    words: tuple[Word, ...]
    heard_s: float


class SpeechEngine(Protocol):
    """Hears one channel at a time; used from several threads at once."""

    @property
    def model_version(self) -> str:
        """Engine, weights' hash and every setting that can change a word, as one readable line."""

    @property
    def languages(self) -> frozenset[str]:
        """The language subtags it can hear, as "en"."""

    def hear(self, samples: Samples, language: str) -> Iterator[HeardSegment]:
        """Yield the channel's words piece by piece; the last segment's `heard_s` is the channel's length.

        `language` is one of `languages`. The same samples and language give the same words, in whatever
        thread. Whoever stops iterating stops the work. A channel without speech yields segments without
        words.
        """
