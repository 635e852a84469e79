"""Words of all speakers into turns. Pure: the same words give the same turns.

Each speaker's words are cut by themselves, so an overlap never shreds a sentence: words that two people say
at once stay in two whole turns. They are cut where the speaker pauses for long, and where another one speaks
in a pause.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from transcription.transcript import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.transcript import SpokenWords, Word

TURNS_REVISION: Final = 2
"""Part of the model version: whoever changes what this module answers raises it."""

_LONG_SILENCE_S: Final = 2.0
# Word times are off by a tenth of a second or two, so a shorter gap between words says nothing.
_PAUSE_S: Final = 0.3
# "Mm-hmm" in the middle of the other's sentence leaves the floor where it is.
_BACKCHANNEL_WORDS: Final = 2
_SENTENCE_ENDS: Final = (".", "?", "!")


def make_turns(spoken: Sequence[SpokenWords]) -> tuple[Turn, ...]:
    """Return all words as turns, in the order of their first words.

    At the same start the lower speaker comes first. Every word is in exactly one turn. A speaker's words keep
    their order.
    """
    starts: list[tuple[float, int, Turn]] = []
    for one in spoken:
        others = sorted(
            (word.start_s + word.end_s) / 2 for other in spoken if other is not one for word in other.words
        )
        starts.extend(
            (words[0].start_s, one.speaker.index, Turn(speaker=one.speaker, words=tuple(words)))
            for words in _cut(one.words, others)
        )
    # Turns of one speaker with the same first start keep their order: the sort is stable.
    return tuple(turn for _, _, turn in sorted(starts, key=lambda entry: entry[:2]))


def _cut(words: Sequence[Word], other_middles_s: list[float]) -> list[list[Word]]:
    runs: list[list[Word]] = []
    for word in words:
        if not runs or _floor_passed(runs[-1][-1], word, other_middles_s):
            runs.append([])
        runs[-1].append(word)
    return runs


def _floor_passed(last: Word, following: Word, other_middles_s: list[float]) -> bool:
    gap_s = following.start_s - last.end_s
    if gap_s > _LONG_SILENCE_S:
        return True
    if gap_s < _PAUSE_S:
        return False
    between = bisect_left(other_middles_s, following.start_s) - bisect_left(other_middles_s, last.end_s)
    return between > (0 if last.text.endswith(_SENTENCE_ENDS) else _BACKCHANNEL_WORDS)
