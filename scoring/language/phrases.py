"""Phrases: token patterns as a person writes them.

    (can|could|may) i (just)? ~confirm|verify your ..3 postcode

A word matches itself in any spelling, case and contraction (`can not` finds "can't"). `a|b` is either word,
`(a b|c)` either group of words, `?` makes what stands before it optional, `~` matches every form of a verb or
noun (`~refund` finds "refunded"), `..3` stands for up to three words of the same sentence. Commas and
hesitations ("um") between words are passed over.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from spacy.tokens import Doc, Token

    from scoring.language.inflection import Inflection

    Tokenizer = Callable[[str], Doc]

TokenPattern = tuple["Mapping[str, object]", ...]

_SYMBOL: Final = re.compile(r"\s*(\.\.(\d+)|[()?|]|[^\s()?|]+)")
_MAX_GAP_WORDS: Final = 8
_MAX_PATTERNS: Final = 400
_FILLER: Final[Mapping[str, object]] = {
    "NORM": {
        "IN": [",", "-", "\N{EN DASH}", "\N{HORIZONTAL ELLIPSIS}", "...", "um", "uh", "er", "erm", "uhm"]
    },
    "OP": "{0,3}",
}
# Forms that sound alike or that a contraction leaves open.
_ALIKE: Final[Mapping[str, tuple[str, ...]]] = {
    "is": ("is", "'s", "\N{RIGHT SINGLE QUOTATION MARK}s"),
    "'s": ("is", "'s", "\N{RIGHT SINGLE QUOTATION MARK}s"),
    "would": ("would", "'d", "\N{RIGHT SINGLE QUOTATION MARK}d"),
    "'d": ("would", "'d", "\N{RIGHT SINGLE QUOTATION MARK}d"),
    "am": ("am", "m"),
}

_OPTIONAL: Final[Mapping[str, str]] = {"norm": "norm?"}

# One way to read a phrase: elements in a row. An element is a tuple of alternatives for one token, or a gap.
_Element = tuple[str, tuple[str, ...]]
_Way = tuple[_Element, ...]


class PhraseError(ValueError):
    """The phrase can't be read; the message says where."""


def token_patterns(phrase: str, tokenizer: Tokenizer, inflection: Inflection) -> list[TokenPattern]:
    """Return the Matcher patterns of a phrase; PhraseError says what is wrong with it."""
    symbols = _symbols(phrase)
    ways, position = _Reading(tokenizer, inflection).sequence(symbols, 0)
    if position < len(symbols):
        raise PhraseError("')' closes nothing")
    patterns = [_pattern(way) for way in dict.fromkeys(ways)]
    if not all(patterns):
        raise PhraseError("every word is optional, so it would match everywhere")
    return patterns


def _symbols(phrase: str) -> list[str]:
    return [match[1] for match in _SYMBOL.finditer(phrase)]


class _Reading:
    """Reads the symbols of phrases; `~` asks for every form of a word."""

    def __init__(self, tokenizer: Tokenizer, inflection: Inflection) -> None:
        self._tokenizer = tokenizer
        self._inflection = inflection

    def sequence(self, symbols: list[str], position: int) -> tuple[list[_Way], int]:
        """Read up to a closing bracket or the end; every way to read on multiplies with those before."""
        ways: list[_Way] = [()]
        while position < len(symbols) and symbols[position] != ")":
            options, position = self._element(symbols, position)
            if position < len(symbols) and symbols[position] == "?":
                options, position = _optional(options), position + 1
            ways = [before + after for before, after in product(ways, options)]
            if len(ways) > _MAX_PATTERNS:
                raise PhraseError(f"it can be read in more than {_MAX_PATTERNS} ways; write several phrases")
        return ways, position

    def _element(self, symbols: list[str], position: int) -> tuple[list[_Way], int]:
        symbol = symbols[position]
        if symbol == "(":
            return self._group(symbols, position + 1)
        if symbol in {"|", "?"}:
            raise PhraseError(f"'{symbol}' has nothing before it")
        gap = re.fullmatch(r"\.\.(\d+)", symbol)
        if gap:
            if not 1 <= int(gap[1]) <= _MAX_GAP_WORDS:
                raise PhraseError(f"a gap is ..1 to ..{_MAX_GAP_WORDS}")
            return [(("gap", (gap[1],)),)], position + 1
        words = [symbol]
        while position + 1 < len(symbols) and symbols[position + 1] == "|":
            position += 2
            if position >= len(symbols) or symbols[position] in {"|", "?", "(", ")"}:
                raise PhraseError("'|' needs a word on both sides; use brackets for several words")
            words.append(symbols[position])
        return self._alternatives(words), position + 1

    def _group(self, symbols: list[str], position: int) -> tuple[list[_Way], int]:
        # Brackets hold alternatives of several words, so `|` binds looser here than between bare words.
        depth, start, options = 0, position, []
        for index in range(position, len(symbols)):
            symbol = symbols[index]
            if depth == 0 and symbol in {"|", ")"}:
                ways, _ = self.sequence(symbols[start:index], 0)
                options += ways
                start = index + 1
                if symbol == ")":
                    return _merged(options), index + 1
            depth += {"(": 1, ")": -1}.get(symbol, 0)
        raise PhraseError("'(' isn't closed")

    def _alternatives(self, words: list[str]) -> list[_Way]:
        inflected = words[0].startswith("~")
        ways: list[_Way] = []
        for word in words:
            bare = word.removeprefix("~")
            tokens = [token for token in self._tokenizer(bare) if not token.is_punct]
            if not tokens:
                raise PhraseError(f"'{word}' holds no word")
            ways.append(
                tuple(("norm", self._forms(token) if inflected else (token.norm_,)) for token in tokens)
            )
        return _merged(ways)

    def _forms(self, token: Token) -> tuple[str, ...]:
        # The tables know words as they are written, a norm is American.
        return tuple(
            dict.fromkeys(self._inflection.forms(token.lower_) + self._inflection.forms(token.norm_))
        )


def _optional(options: list[_Way]) -> list[_Way]:
    # One token can be optional within a pattern; several need a pattern with and one without them.
    if len(options) == 1 and len(options[0]) == 1 and options[0][0][0] in _OPTIONAL:
        [[(name, words)]] = options
        return [((_OPTIONAL[name], words),)]
    return [(), *options]


def _merged(ways: list[_Way]) -> list[_Way]:
    """Join ways of one token each into one element with alternatives: fewer patterns, the same matches."""
    merged: dict[str, tuple[str, ...]] = {}
    rest: list[_Way] = []
    for way in ways:
        if len(way) == 1 and way[0][0] in _OPTIONAL:
            name, words = way[0]
            merged[name] = tuple(dict.fromkeys(merged.get(name, ()) + words))
        else:
            rest.append(way)
    return [((name, words),) for name, words in merged.items()] + rest


def _pattern(way: _Way) -> TokenPattern:
    if all(name not in _OPTIONAL for name, _ in way):
        return ()
    return tuple(_tokens(way))


def _tokens(way: _Way) -> Iterator[Mapping[str, object]]:
    for position, (name, words) in enumerate(way):
        if name == "gap":
            yield {"TEXT": {"NOT_IN": [".", "?", "!"]}, "OP": f"{{0,{words[0]}}}"}
            continue
        if position:
            yield _FILLER
        optional = {"OP": "?"} if name.endswith("?") else {}
        forms = sorted({form for word in words for form in _ALIKE.get(word, (word,))})
        yield {"NORM": {"IN": forms}, **optional}
