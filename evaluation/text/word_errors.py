"""Simulated recognition errors: what a recogniser's text of a telephone call looks like.

Case and punctuation go. Then every word errs with the given rate: of ten errors six are substitutions by a
word that sounds or is spelled alike, three are deletions, one inserts a frequent short word. Words that sound
alike share a key of sounds (first sound, then consonants by place of articulation); those spelled alike
differ by one letter. Candidates are the words of the same data set, so that an error is a word a recogniser
could know. Every dialogue has a seed of its own made of its text: its errors don't depend on its neighbours.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evaluation.text.dialogues import Dialogue, DialogueTurn

SEED: Final = 20250301
_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SUBSTITUTIONS: Final = 0.6
_DELETIONS: Final = 0.3
_INSERTED: Final = ("the", "a", "and", "to", "of", "i", "you", "it", "in", "that", "uh", "is", "so", "on")
# Consonants made at the same place are the ones a telephone line confuses.
_SOUNDS: Final = str.maketrans("bpfvwdtgkqcszxjmnlr", "1112233444555566789"[:19])
_SILENT: Final = str.maketrans("", "", "aeiouhy'")
_MIN_COUNT: Final = 2


class Mishearing:
    """Makes word errors with the words of some dialogues."""

    def __init__(self, dialogues: Iterable[Dialogue]) -> None:
        seen = Counter(word for one in dialogues for turn in one.turns for word in _words(turn.text))
        self._known = sorted(word for word, count in seen.items() if count >= _MIN_COUNT and word.isalpha())
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_spelling: dict[str, list[str]] = defaultdict(list)
        for word in self._known:
            self._by_sound[_sound(word)].append(word)
            for hole in _holes(word):
                self._by_spelling[hole].append(word)
        self._alike: dict[str, list[str]] = {}

    def mishear(self, dialogue: Dialogue, rate: float) -> Dialogue:
        """Return the dialogue as a recogniser with this word error rate (0 to 1) might write it."""
        text = "\n".join(turn.text for turn in dialogue.turns)
        digest = hashlib.sha256(f"{SEED}\n{rate}\n{text}".encode()).digest()
        generator = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        turns = tuple(self._turn(turn, rate, generator) for turn in dialogue.turns)
        return replace(dialogue, turns=turns)

    def _turn(self, turn: DialogueTurn, rate: float, generator: np.random.Generator) -> DialogueTurn:
        words = list(_words(turn.text))
        heard: list[str] = []
        for word in words:
            if generator.random() >= rate:
                heard.append(word)
                continue
            kind = generator.random()
            if kind < _SUBSTITUTIONS:
                heard.append(self._substitute(word, generator))
            elif kind >= _SUBSTITUTIONS + _DELETIONS:
                heard += [word, str(generator.choice(_INSERTED))]
        # A turn of which nothing is left would shift the labels of those that follow.
        kept = heard or words or [turn.text]
        return replace(turn, text=" ".join(kept), sentences=())

    def _substitute(self, word: str, generator: np.random.Generator) -> str:
        if word not in self._alike:
            near = {*self._by_sound[_sound(word)]}.union(*(self._by_spelling[hole] for hole in _holes(word)))
            self._alike[word] = sorted(near - {word}) or [one for one in self._known if one != word] or [word]
        return str(generator.choice(self._alike[word]))


def _words(text: str) -> Sequence[str]:
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    words: list[str] = _WORD.findall(plain)
    return words


def _sound(word: str) -> str:
    """Return the key of a word's sounds: vowels go, doubled consonants are one."""
    coded = word[:1].translate(_SOUNDS) + word[1:].translate(_SILENT).translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", coded)


def _holes(word: str) -> Iterator[str]:
    """Yield the word with each letter in turn replaced by a hole: words with a common one differ by it."""
    for place in range(len(word)):
        yield f"{word[:place]}_{word[place + 1 :]}"
