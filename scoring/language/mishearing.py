"""Which words a speech recogniser writes for one another: those that sound or are spelled alike.

Sounds are those of Soundex (Russell 1918): letters of one group sound alike, vowels don't count. Here a code
isn't cut off after four letters, so that long words are told apart.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

# Shorter words are alike too often, and the smallest of them turn a sentence round: "now" and "not".
_MIN_LETTERS: Final = 4
# Words that turn a sentence round whatever their length.
_NEVER: Final = frozenset({"never", "nothing", "none", "nobody", "cannot", "without", "unless", "until"})
_GROUPS: Final = ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r")
_CODES: Final = {letter: str(number) for number, letters in enumerate(_GROUPS, 1) for letter in letters}


def are_alike(left: str, right: str) -> bool:
    """Tell whether one of two lower-case words may have been heard as the other; no word is alike itself."""
    return left != right and not _keys(left).isdisjoint(_keys(right))


@lru_cache(maxsize=20_000)
def _keys(word: str) -> frozenset[str]:
    """Return the sound of a word and its spellings without one letter; two alike words share one of them."""
    if len(word) < _MIN_LETTERS or word in _NEVER or not word.isascii() or not word.isalpha():
        return frozenset()
    # Two letters exchanged for one another, added or lost leave one of these in common.
    holes = {f"{word[:position]}_{word[position + 1 :]}" for position in range(len(word))}
    holes |= {f"{word[:position]}_{word[position:]}" for position in range(len(word) + 1)}
    return frozenset({f"={_sound(word)}", *holes})


def _sound(word: str) -> str:
    code, last = _CODES.get(word[0], word[0]), _CODES.get(word[0], "")
    for letter in word[1:]:
        sound = _CODES.get(letter, "")
        if sound and sound != last:
            code += sound
        if letter not in "hw":
            last = sound
    return code
