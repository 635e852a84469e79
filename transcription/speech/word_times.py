"""Fits the words' times to the speech detected: neither a pause belongs to a word, nor a sound to no word.

Whisper's aligner gives a pause to the word behind it or before it, and lets the last word before a pause end
before its last sound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speech.speech_detection import FRAME_S, Probabilities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.speech.heard_words import RawWord

# Silence of this length parts what belongs to a word from what doesn't.
_PAUSE_FRAMES: Final = 6
# The detector is late by up to a frame where a word begins, and early where it fades.
_ONSET_S: Final = FRAME_S
_FADING_S: Final = 0.2
# Speech without words next to a word is taken for its beginning or end up to this length.
_MAX_STRETCH_FRAMES: Final = 9
_STRETCH_GAP_S: Final = 0.1


def trimmed(words: Iterable[RawWord], probabilities: Probabilities, *, threshold: float) -> list[RawWord]:
    """Return the words, each cut down to the longest stretch of speech within its time.

    `probabilities` are those of the words' channel; speech is where they reach `threshold`. A word without
    any keeps its time: the detector may well be the one that is wrong.
    """
    return [_trimmed(word, probabilities, threshold) for word in words]


def stretched(words: Sequence[RawWord], probabilities: Probabilities, *, threshold: float) -> list[RawWord]:
    """Return the words with those next to a pause made longer, as far as speech goes on without words.

    Words are in order, and stretch up to the next word and by 0.3 s at most.
    """
    fitted = list(words)
    for index, word in enumerate(fitted):
        free_from_s = fitted[index - 1].end_s if index else 0.0
        free_until_s = fitted[index + 1].start_s if index + 1 < len(fitted) else np.inf
        start_s, end_s = word.start_s, word.end_s
        if start_s - free_from_s > _STRETCH_GAP_S:
            frame = int(start_s / FRAME_S)
            before = probabilities[max(frame - _MAX_STRETCH_FRAMES, 0) : frame][::-1]
            if frames := _leading(before >= threshold):
                start_s = max(free_from_s, (frame - frames) * FRAME_S)
        if free_until_s - end_s > _STRETCH_GAP_S:
            frame = int(end_s / FRAME_S)
            behind = probabilities[frame : frame + _MAX_STRETCH_FRAMES]
            if frames := _leading(behind >= threshold):
                end_s = min(free_until_s, max(end_s, (frame + frames) * FRAME_S))
        fitted[index] = replace(word, start_s=start_s, end_s=end_s)
    return fitted


def _trimmed(word: RawWord, probabilities: Probabilities, threshold: float) -> RawWord:
    first, end = int(word.start_s / FRAME_S), int(np.ceil(word.end_s / FRAME_S))
    voiced = np.flatnonzero(probabilities[first:end] >= threshold)
    if not len(voiced):
        return word
    kept = voiced
    # A number is written as one word and spoken as several, with pauses between.
    if not _is_number(word.text):
        runs = np.split(voiced, np.flatnonzero(np.diff(voiced) > _PAUSE_FRAMES) + 1)
        # Of equals the last: most pauses are given to the word behind them.
        kept = max(reversed(runs), key=len)
    return replace(
        word,
        start_s=max(word.start_s, (first + int(kept[0])) * FRAME_S - _ONSET_S),
        end_s=min(word.end_s, (first + int(kept[-1]) + 1) * FRAME_S + _FADING_S),
    )


def _is_number(text: str) -> bool:
    return sum(character.isdigit() for character in text) > 1


def _leading(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """Return how many of the first flags are set without a break."""
    unset = np.flatnonzero(~flags)
    return int(unset[0]) if len(unset) else len(flags)
