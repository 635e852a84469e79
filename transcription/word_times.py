"""Fits the words' times to the speech detected: a word next to a pause does not last as long as the pause."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speech_detection import FRAME_S, Probabilities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transcription.heard_words import RawWord

# Silence of this length parts what belongs to a word from what doesn't.
_PAUSE_FRAMES: Final = 6


def fit_to_speech(
    words: Iterable[RawWord], probabilities: Probabilities, *, threshold: float
) -> list[RawWord]:
    """Return the words, each cut down to the longest stretch of speech within its time.

    `probabilities` are those of the words' channel. A word under which nothing reaches `threshold` keeps its
    time: the detector may well be the one that is wrong.
    """
    return [_fitted(word, probabilities, threshold) for word in words]


def _fitted(word: RawWord, probabilities: Probabilities, threshold: float) -> RawWord:
    first, end = int(word.start_s / FRAME_S), int(np.ceil(word.end_s / FRAME_S))
    voiced = np.flatnonzero(probabilities[first:end] >= threshold)
    if not len(voiced):
        return word
    runs = np.split(voiced, np.flatnonzero(np.diff(voiced) > _PAUSE_FRAMES) + 1)
    # Of equals the last: the aligner gives a pause to the word behind it.
    longest = max(reversed(runs), key=len)
    if _is_number(word.text):
        # It is written as one word and spoken as several, with pauses between.
        longest = voiced
    return replace(
        word,
        start_s=max(word.start_s, (first + int(longest[0])) * FRAME_S),
        end_s=min(word.end_s, (first + int(longest[-1]) + 1) * FRAME_S),
    )


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) > 1
