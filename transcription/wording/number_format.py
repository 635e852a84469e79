"""Writes English numbers one way, whichever way the engine wrote them: "twenty five dollars" as "$25".

| said | written |
|---|---|
| numbers of two digits and more | 25, 120, 2019, 12,500 |
| a single digit | as it was: "one moment", "five or six" |
| three and more digits one by one | joined: 415 |
| dollars, euros, with or without cents | $25, $25.50, €1,200; cents alone stay "50 cents" |
| pounds | £20 where the language is British or Irish or pence follow, else a weight: 20 pounds |
| percent | 15%; "a hundred percent" is a manner of speaking |
| hours with a.m., p.m. or o'clock | 10:30 a.m., 5 o'clock |
| ordinals of two words | 21st; "second" as the last only after "the" |

Punctuation and the case of all other words stay. A number of several words becomes one word with the first
start, the last end and the smallest confidence. Decimals and dates stay as said. Libraries that do this take
text and lose the words' times, or know no money, digits said one by one or times of day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from transcription.transcript import Word
from transcription.wording.number_words import NUMBER_WORDS, TENS, SaidNumber, read_digits, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NUMBERS_REVISION: Final = 1
"""Part of the model version: another grammar writes other words."""

_PARTS: Final = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_SIGNS: Final = {"dollar": "$", "dollars": "$", "euro": "€", "euros": "€"}
_POUNDS: Final = frozenset({"pound", "pounds"})
_BRITISH: Final = frozenset({"GB", "IE"})
_CENTS: Final = {"cent": "$€", "cents": "$€", "penny": "£", "pence": "£"}
_FIRST_FIGURE: Final = 10
_FIRST_GROUPED: Final = 10_000
_FIRST_GROUPED_MONEY: Final = 1000
_MIN_DIGITS: Final = 3
_MIN_LISTED_DIGITS: Final = 4
"""Digits with commas between them may be a list."""
_WHOLE: Final = 100
_HOURS: Final = range(1, 13)
_MINUTES: Final = range(10, 60)
_HALVES_OF_DAY: Final = (["am"], ["a.m"], ["pm"], ["p.m"], ["a", "m"], ["p", "m"])
_ORDINALS: Final = {
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
    "ninth": "9th",
}
_NO_CHANGE: Final = ("", 0)
# More tokens than any number said in words has.
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A lower-case piece of a word: "twenty-five" has two. Punctuation is at the word's ends only.

    `word` is the index of the word it is of.
    """

    core: str
    front: str
    back: str
    word: int


def format_numbers(words: Sequence[Word], *, language: str) -> tuple[Word, ...]:
    """Return the words with their numbers as figures; unchanged unless `language` (BCP-47) is English."""
    subtags = language.replace("_", "-").upper().split("-")
    if subtags[0] != "EN":
        return tuple(words)
    tokens = [token for index, word in enumerate(words) for token in _tokens(index, word.text)]
    british = bool(_BRITISH.intersection(subtags[1:]))
    done: list[Word] = []
    at = 0
    while at < len(tokens):
        after_figure = bool(done) and done[-1].text[-1].isdigit()
        text, length = _written(tokens, at, british=british, after_figure=after_figure)
        end = at + max(1, length)
        if length and (end == len(tokens) or tokens[end].word != tokens[end - 1].word):
            said = words[tokens[at].word : tokens[end - 1].word + 1]
            back = tokens[end - 1].back
            done.append(
                _joined(tokens[at].front + text + back.removeprefix(text[-1:] * text.endswith(".")), said)
            )
        else:
            done.append(words[tokens[at].word])
            end = at + 1
            while end < len(tokens) and tokens[end].word == tokens[at].word:
                end += 1
        at = end
    return tuple(done)


def _tokens(index: int, text: str) -> Iterator[_Token]:
    match = _PARTS.fullmatch(text)
    assert match is not None  # noqa: S101 - the expression takes every text
    front, core, back = match.groups()
    pieces = core.lower().split("-")
    if not all(piece in NUMBER_WORDS or piece in _ORDINALS or _is_digit(piece) for piece in pieces):
        pieces = [core.lower()]
    for number, piece in enumerate(pieces):
        yield _Token(
            core=piece,
            front=front if number == 0 else "",
            back=back if number == len(pieces) - 1 else "",
            word=index,
        )


def _is_digit(piece: str) -> bool:
    return len(piece) == 1 and piece.isdecimal()


def _joined(text: str, said: Sequence[Word]) -> Word:
    return Word(
        text=text,
        start_s=said[0].start_s,
        end_s=max(word.end_s for word in said),
        confidence=min(word.confidence for word in said),
    )


def _unbroken(tokens: Sequence[_Token], at: int, joints: str = "") -> list[str]:
    """Return the cores from `at` on up to the first punctuation between them that is not in `joints`."""
    end = at + 1
    while end < min(len(tokens), at + _LONGEST) and not (
        tokens[end - 1].back.strip(joints) or tokens[end].front
    ):
        end += 1
    return [token.core for token in tokens[at:end]]


def _written(tokens: Sequence[_Token], at: int, *, british: bool, after_figure: bool) -> tuple[str, int]:
    """Return how what is said from `at` on is written and how many tokens that takes; 0 to leave it."""
    digits, length = read_digits(_unbroken(tokens, at, ","))
    listed = any(token.back for token in tokens[at : at + length - 1])
    if len(digits) >= (_MIN_LISTED_DIGITS if listed else _MIN_DIGITS) and length > 1:
        return digits, length
    cores = _unbroken(tokens, at)
    if after_figure and cores[0] in {"a", "p"} and cores[1:2] == ["m"]:
        return f"{cores[0]}.m.", 2
    number = read_number(cores)
    if number is None:
        return _NO_CHANGE
    rest = cores[number.length :]
    sign_before = tokens[at].front[-1:]
    if sign_before and sign_before in "$€£":
        cents, more = _cents(sign_before, rest)
        return (f"{cores[0]}{cents}", number.length + more) if more else _NO_CHANGE
    before = tokens[at - 1].core if at else ""
    return (
        _money(number, rest, british=british)
        or _percentage(number, rest)
        or _time(number, rest)
        or _plain(number, cores, before=before)
    )


def _money(number: SaidNumber, rest: Sequence[str], *, british: bool) -> tuple[str, int] | None:
    sign = _sign(rest, british=british)
    if not sign:
        return None
    amount = f"{number.value:,}" if number.value >= _FIRST_GROUPED_MONEY else str(number.value)
    cents, more = _cents(sign, rest[1:])
    return f"{sign}{amount}{cents}", number.length + 1 + more


def _percentage(number: SaidNumber, rest: Sequence[str]) -> tuple[str, int] | None:
    length = 1 if rest[:1] == ["percent"] else 2 if rest[:2] == ["per", "cent"] else 0
    if not length:
        return None
    # "One hundred percent sure" tells of no figure.
    return _NO_CHANGE if number.value == _WHOLE else (f"{number.value}%", number.length + length)


def _sign(rest: Sequence[str], *, british: bool) -> str:
    unit = rest[0] if rest else ""
    if unit in _POUNDS:
        return "£" if british or _cents("£", rest[1:])[1] else ""
    return _SIGNS.get(unit, "")


def _cents(sign: str, rest: Sequence[str]) -> tuple[str, int]:
    """Return the cents that follow an amount, as ".50", and how many tokens say them."""
    begin = int(rest[:1] == ["and"])
    number = read_number(rest[begin:])
    if number is None or number.value >= _WHOLE:
        return _NO_CHANGE
    end = begin + number.length
    unit = rest[end] if end < len(rest) else ""
    return (f".{number.value:02d}", end + 1) if sign in _CENTS.get(unit, "") else _NO_CHANGE


def _time(hour: SaidNumber, rest: Sequence[str]) -> tuple[str, int] | None:
    """Read a time of day, of which the hour stands before `rest`; the words behind the figures stay."""
    if hour.value not in _HOURS:
        return None
    if rest[:1] == ["o'clock"] or _is_half_of_day(rest):
        return str(hour.value), hour.length
    minutes = read_number(rest)
    if minutes is None or minutes.value not in _MINUTES or not _is_half_of_day(rest[minutes.length :]):
        return None
    return f"{hour.value}:{minutes.value}", hour.length + minutes.length


def _is_half_of_day(rest: Sequence[str]) -> bool:
    return any(list(rest[: len(half)]) == half for half in _HALVES_OF_DAY)


def _plain(number: SaidNumber, cores: Sequence[str], *, before: str) -> tuple[str, int]:
    following = cores[number.length] if number.length < len(cores) else ""
    if number.length == 1 and cores[0] in TENS and following in _ORDINALS:
        # "A twenty second hold" is no date.
        if following == "second" and before != "the":
            return str(number.value), 1
        return f"{number.value // 10}{_ORDINALS[following]}", 2
    if number.value < _FIRST_FIGURE or cores[0][0].isdigit():
        return _NO_CHANGE
    return f"{number.value:,}" if number.value >= _FIRST_GROUPED else str(number.value), number.length
