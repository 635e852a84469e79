"""What is compared: sentences of one length, and the stretches of turns that are about as long."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scoring.domain.finding import Assertion

# Stretches shorter than this share too many words with everything, unless the sentence is as short itself.
_MIN_WORDS: Final = 3
# What is longer than a sentence by a quarter is cut into windows of this much of its length.
_SLACK: Final = 1.25
_WIDTHS: Final = (0.85, 1.0)
# A sentence of four words shares two of them with much that means something else: from this length on a
# sentence is taken as it is, the distance to a shorter one counts a fifth more for every word it lacks.
_LONG_WORDS: Final = 6
_STRICTER_PER_WORD: Final = 0.2
# How many words before the end of a stretch its question may begin.
_QUESTION_WORDS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Exemplars of one length: unit vectors as rows, the rule of each, and from which cosine it matters."""

    words: int
    rules: NDArray[np.int64]
    cues: tuple[frozenset[Assertion], ...]
    norms: tuple[tuple[str, ...], ...]
    vectors: NDArray[np.float32]
    matters: NDArray[np.int32]
    stating: NDArray[np.bool_]

    @property
    def strictness(self) -> float:
        """How much the distance to one of these sentences counts, at least 1: short ones are met exactly."""
        return 1 + _STRICTER_PER_WORD * max(0, _LONG_WORDS - self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Stretches as columns: whose turn, first word and one past the last over all turns, and if they ask."""

    owners: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    asking: NDArray[np.bool_]


def places_of(parts: Sequence[tuple[int, int, int]], words: int, questions: NDArray[np.int64]) -> Places:
    """Return what is compared with sentences of `words` words.

    Parts are (turn, first word, words); `questions[n]` is where the last question before word n began.
    """
    rows = [
        (number, first + start, first + end, first)
        for number, first, length in parts
        for start, end in _stretches(length, words)
    ]
    owners, starts, ends, firsts = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
    asking = questions[ends] >= np.maximum(firsts, ends - _QUESTION_WORDS)
    return Places(owners=owners, starts=starts, ends=ends, asking=asking)


@lru_cache(maxsize=65_536)
def _stretches(length: int, words: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of a part of `length` words: whole when it is short, windows when it is longer."""
    shortest = min(words, _MIN_WORDS)
    found: dict[tuple[int, int], None] = {}
    if shortest <= length <= max(words * 2, _MIN_WORDS):
        found[0, length] = None
    for width in dict.fromkeys(max(shortest, round(words * share)) for share in _WIDTHS):
        if length > max(width, words * _SLACK):
            stride = max(1, width // 4)
            begins = (min(start, length - width) for start in range(0, length - width + stride, stride))
            found |= dict.fromkeys((begin, begin + width) for begin in begins)
    return tuple(found)
