"""The port to whatever turns sound into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from transcription.transcript import RemovedWords, Word

Samples = NDArray[np.int16]
"""One channel: shape (samples,), 16 kHz, full scale ±32768. May be a file of hours: work on slices of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardSegment:
    """Some words of one channel, and how far the engine has listened.

    `channel` is an index into the channels given. `words` is in the order spoken, behind all words of the
    same channel before it, and empty for a stretch without speech; times are offsets from the start of the
    channel. `removed` are words of that stretch that are taken for inventions. `heard_s` is in seconds,
    summed over channels, and never falls from one segment to the next.
    """

    channel: int
    words: tuple[Word, ...]
    removed: tuple[RemovedWords, ...] = ()
    heard_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHearing:
    """What the engine found out about a channel; all in seconds.

    `loud_s` is the time in which it is loud enough for speech, `detected_s` that in which speech was found,
    and `retried_s` what was listened to a second time because it was loud and little was found.
    """

    loud_s: float
    detected_s: float
    retried_s: float


class SpeechEngine(Protocol):
    """Hears the channels of a call; used from one thread at a time."""

    @property
    def model_version(self) -> str:
        """Engine, weights' hash and every setting that can change a word, as one readable line."""

    @property
    def languages(self) -> frozenset[str]:
        """The language subtags it can hear, as "en"."""

    def detect_language(self, channels: Sequence[Samples]) -> tuple[str, float]:
        """Return the language subtag spoken most probably and its probability, 0 to 1."""

    def hear(
        self, channels: Sequence[Samples], *, language: str, vocabulary: Sequence[str]
    ) -> Generator[HeardSegment, None, tuple[ChannelHearing, ...]]:
        """Yield the words piece by piece, and return what was found out about each channel.

        `language` is one of `languages`; `vocabulary` are words that are likely to be said. The last
        segment's `heard_s` is the channels' summed length. The same input gives the same words. Whoever stops
        iterating stops the work. A channel without speech yields segments without words.
        """
