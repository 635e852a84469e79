"""The words of a turn without punctuation and hesitations, and the parts that punctuation makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

HESITATIONS: Final = frozenset({"um", "uh", "er", "erm", "uhm", "hmm", "mm", "mhm"})
_CLAUSE_ENDS: Final = frozenset(
    {",", ";", ":", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "...", "\N{HORIZONTAL ELLIPSIS}"}
)


def is_spoken(token: Token) -> bool:
    """Tell a word from punctuation, spaces and hesitations."""
    return token.norm_ not in HESITATIONS and any(char.isalnum() for char in token.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWords:
    """Per word its token in the turn and its norm; sentences and clauses as half-open ranges of words."""

    tokens: tuple[int, ...]
    norms: tuple[str, ...]
    parts: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, doc: Doc) -> SpokenWords:
        """Return the words of a turn whose sentence starts are set."""
        tokens: list[int] = []
        norms: list[str] = []
        parts: dict[tuple[int, int], None] = {}
        sentence = clause = 0
        for token in doc:
            if token.is_sent_start:
                parts[clause, len(tokens)] = parts[sentence, len(tokens)] = None
                sentence = clause = len(tokens)
            if is_spoken(token):
                tokens.append(token.i)
                norms.append(token.norm_)
            elif token.text in _CLAUSE_ENDS:
                parts[clause, len(tokens)] = None
                clause = len(tokens)
        parts[clause, len(tokens)] = parts[sentence, len(tokens)] = None
        return cls(
            tokens=tuple(tokens),
            norms=tuple(norms),
            parts=tuple(part for part in parts if part[1] > part[0]),
        )
