"""Which utterances only agree with the other speaker: "mm-hmm", "okay", "that's right"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transcription.transcript import Word

_FOLDER: Final = "agreement"
# Longer than this nobody only agrees.
_MAX_WORDS: Final = 5
_MAX_S: Final = 1.5
# Where there is no list for the language, only the length tells.
_MAX_UNLISTED_WORDS: Final = 2
_MAX_UNLISTED_S: Final = 0.8
_NO_WORD_CHARACTER: Final = re.compile(r"[^\w']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backchannels:
    """A language's words of agreement; None when they aren't known, and then length alone decides."""

    phrases: frozenset[tuple[str, ...]] | None

    @classmethod
    def of(cls, language: str) -> Backchannels:
        """Return those of a BCP-47 language, from `transcription/agreement/<language>.txt`."""
        subtag = language.partition("-")[0].lower()
        entry = resources.files(__package__).joinpath(_FOLDER, f"{subtag}.txt")
        if not subtag.isalpha() or not entry.is_file():
            return cls(phrases=None)
        lines = entry.read_text(encoding="utf-8").splitlines()
        return cls(phrases=frozenset(tuple(_tokens(line)) for line in lines if line and line[0] != "#"))

    def is_one(self, words: Sequence[Word], duration_s: float) -> bool:
        """Say whether these words, spoken within `duration_s`, leave the floor to the other speaker."""
        if self.phrases is None:
            return 0 < len(words) <= _MAX_UNLISTED_WORDS and duration_s <= _MAX_UNLISTED_S
        tokens = [token for word in words for token in _tokens(word.text)]
        if not tokens or len(words) > _MAX_WORDS or duration_s > _MAX_S:
            return False
        return self._made_of_phrases(tuple(tokens))

    def _made_of_phrases(self, tokens: tuple[str, ...]) -> bool:
        if not tokens:
            return True
        return any(
            tokens[:length] in (self.phrases or ()) and self._made_of_phrases(tokens[length:])
            for length in range(1, len(tokens) + 1)
        )


def _tokens(text: str) -> Iterator[str]:
    # A transcript may write curly apostrophes.
    folded = text.lower().replace("\u2019", "'")
    return (token for token in _NO_WORD_CHARACTER.split(folded) if token)
