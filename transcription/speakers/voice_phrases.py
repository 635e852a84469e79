"""Which stretches of a channel to hear for a voice: windows at regular steps, and phrases between pauses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speakers.voice_features import HOP_SAMPLES
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transcription.transcript import Word

FRAMES_PER_S: Final = SAMPLE_RATE_HZ // HOP_SAMPLES
WINDOW_FRAMES: Final = 100
"""A second: shorter ones say too little about a voice, longer ones too often hold two."""

_STEP_FRAMES: Final = 50
# Word times are off by a few hundredths of a second.
_PHRASE_MARGIN_FRAMES: Final = 5
_MIN_PHRASE_FRAMES: Final = 25
_PAUSE_S: Final = 0.25
_SENTENCE_ENDS: Final = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words `first` to `last - 1`, between pauses or sentence ends."""

    first: int
    last: int
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Seconds from the first word's start to the last one's end."""
        return self.end_s - self.start_s


def ends_sentence(word: Word) -> bool:
    """Say whether the engine ended a sentence with this word."""
    return word.text.endswith(_SENTENCE_ENDS)


def is_pause(word: Word, following: Word) -> bool:
    """Say whether the speaker stops between two words for long enough that another could begin."""
    return following.start_s - word.end_s >= _PAUSE_S


def cut_into_phrases(words: Sequence[Word]) -> list[Phrase]:
    """Return all words as phrases, cut in pauses and after sentences."""
    cuts = [
        index
        for index, (word, following) in enumerate(pairwise(words), start=1)
        if is_pause(word, following) or ends_sentence(word)
    ]
    return [
        Phrase(first, last, words[first].start_s, max(word.end_s for word in words[first:last]))
        for first, last in pairwise([0, *cuts, len(words)])
        if first < last
    ]


def window_starts(words: Sequence[Word]) -> list[int]:
    """Return the first frames of the windows whose middle half second has words in it."""
    middles: set[int] = set()
    for word in words:
        first = int(word.start_s * FRAMES_PER_S) // _STEP_FRAMES
        last = int(word.end_s * FRAMES_PER_S) // _STEP_FRAMES
        middles.update(range(first, last + 1))
    return [middle * _STEP_FRAMES + (_STEP_FRAMES - WINDOW_FRAMES) // 2 for middle in sorted(middles)]


def phrase_pieces(phrases: Sequence[Phrase]) -> Iterator[tuple[int, int, int]]:
    """Yield the phrase's index, the first frame and the count of frames of each piece to embed."""
    for index, phrase in enumerate(phrases):
        first = int(phrase.start_s * FRAMES_PER_S) - _PHRASE_MARGIN_FRAMES
        frames = int(phrase.end_s * FRAMES_PER_S) + _PHRASE_MARGIN_FRAMES - first
        frames = max(frames, _MIN_PHRASE_FRAMES)
        if frames <= WINDOW_FRAMES:
            yield index, first, frames
            continue
        count = -(-frames // WINDOW_FRAMES)
        for start in np.linspace(first, first + frames - WINDOW_FRAMES, count):
            yield index, int(start), WINDOW_FRAMES
