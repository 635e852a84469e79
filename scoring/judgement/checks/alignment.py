"""A text that is to be said as it is written, laid beside the words that were spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A word of the text with a letter or two misheard is still that word. Its first letter must be right, so that
# "unavailable" isn't "available".
_SAME_WORD: Final = 0.8
_MIN_LETTERS: Final = 4
# Speakers add words, as "um" or an answer to the customer: so much longer than the text a reading may be.
_SLACK: Final = 0.25
_SLACK_WORDS: Final = 4

_SPELLED: Final = (
    (re.compile(r"\bcannot\b|\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"\bi'm\b"), "i am"),
)
_NO_WORD: Final = re.compile(r"[^\w\s%$£€]|_")


def plain_words(text: str) -> list[str]:
    """Return the words in small letters, without punctuation, contractions spelled out."""
    text = text.casefold().replace("\u2019", "'")
    for contracted, spelled in _SPELLED:
        text = contracted.sub(spelled, text)
    return _NO_WORD.sub(" ", text.replace("'", "")).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The spoken words that come nearest to a text.

    `said` pairs a position in the text with one in what was spoken, for each word that is the same;
    `other` are spoken positions that stand in the place of left out words.
    """

    text_words: int
    said: tuple[tuple[int, int], ...]
    other: tuple[int, ...]

    def left_out(self) -> list[range]:
        """Return the stretches of the text that aren't said."""
        heard = {position for position, _ in self.said}
        missing = [position for position in range(self.text_words) if position not in heard]
        stretches: list[range] = []
        for position in missing:
            if stretches and stretches[-1].stop == position:
                stretches[-1] = range(stretches[-1].start, position + 1)
            else:
                stretches.append(range(position, position + 1))
        return stretches


def align(text: Sequence[str], spoken: Sequence[str]) -> Alignment:
    """Lay a text (at least one plain word) beside the stretch of spoken plain words that is nearest to it."""
    known = _as_in_text(text, spoken)
    first, last = _stretch(text, known)
    said: list[tuple[int, int]] = []
    other: list[int] = []
    for step in Levenshtein.opcodes(text, known[first:last]):
        positions = range(first + step.dest_start, first + step.dest_end)
        if step.tag == "equal":
            said += zip(range(step.src_start, step.src_end), positions, strict=True)
        elif step.tag == "replace":
            other += positions
    return Alignment(text_words=len(text), said=tuple(said), other=tuple(other))


def _as_in_text(text: Sequence[str], spoken: Sequence[str]) -> list[str]:
    """Return the spoken words, each that is almost a word of the text as that word."""
    words = sorted(set(text))
    almost = {word: _nearest_word(word, words) for word in sorted(set(spoken) - set(words))}
    return [almost.get(word, word) for word in spoken]


def _nearest_word(word: str, words: Iterable[str]) -> str:
    alike = [one for one in words if one[0] == word[0] and min(len(one), len(word)) >= _MIN_LETTERS]
    found = process.extractOne(word, alike, scorer=Levenshtein.normalized_similarity, score_cutoff=_SAME_WORD)
    return str(found[0]) if found else word


def _stretch(text: Sequence[str], spoken: Sequence[str]) -> tuple[int, int]:
    if len(spoken) <= len(text):
        return 0, len(spoken)
    near = fuzz.partial_ratio_alignment(text, spoken)
    if near is None:
        return 0, 0
    slack = int(len(text) * _SLACK) + _SLACK_WORDS
    return max(0, near.dest_start - slack), min(len(spoken), near.dest_end + slack)
