"""The English words for numbers: which of them form one number, and which digits are said one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS: Final = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
_TEENS: Final = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
TENS: Final = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES: Final = {"thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_BELOW_HUNDRED: Final = {**DIGITS, **_TEENS, **TENS}
_CENTURIES: Final = frozenset({"eighteen", "nineteen", "twenty"})
_REPEATS: Final = {"double": 2, "triple": 3}
NUMBER_WORDS: Final = frozenset({*_BELOW_HUNDRED, *_SCALES, "hundred", "and", "a", "oh"})
_FIGURES: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidNumber:
    """A number from its first token on: its value, and how many tokens say it."""

    value: int
    length: int


def read_number(tokens: Sequence[str]) -> SaidNumber | None:
    """Return the number that the lower-case tokens begin with, said in words or written as one figure.

    A hundred without a number before it counts as one only after "a" and with more behind it, so that "a
    hundred times" stays what it is.
    """
    if not tokens:
        return None
    if _FIGURES.fullmatch(tokens[0]):
        return SaidNumber(value=int(tokens[0].replace(",", "")), length=1)
    if year := _year(tokens):
        return year
    total = at = 0
    last_scale = 10**12
    while True:
        group = _below_thousand(tokens[at:], after_scale=at > 0)
        if group is None:
            break
        scale = _SCALES.get(_at(tokens, at + group.length), 1)
        if scale >= last_scale:
            break
        total += group.value * scale
        at += group.length + (scale > 1)
        last_scale = scale
        if scale == 1:
            break
    return SaidNumber(value=total, length=at) if at else None


def read_digits(tokens: Sequence[str]) -> tuple[str, int]:
    """Return the digits that are said one by one from the first token on, and how many tokens say them."""
    digits, at = "", 0
    while at < len(tokens):
        times = _REPEATS.get(tokens[at], 1)
        digit = _digit(_at(tokens, at + (times > 1)), inside=bool(digits) or times > 1)
        end = at + 1 + (times > 1)
        if digit is None or _at(tokens, end) in {"hundred", *_SCALES}:
            break
        digits += digit * times
        at = end
    return digits, at


def _digit(token: str, *, inside: bool) -> str | None:
    if token in DIGITS:
        return str(DIGITS[token])
    # "Oh" is a sigh unless digits stand before it.
    if token in {"oh", "o"} and inside:
        return "0"
    return token if len(token) == 1 and token.isdecimal() and token.isascii() else None


def _year(tokens: Sequence[str]) -> SaidNumber | None:
    """Read "nineteen eighty four"; "twenty five" is no year."""
    if tokens[0] not in _CENTURIES:
        return None
    second = _below_hundred(tokens[1:])
    if second is None or second.value < 10 or _at(tokens, 1 + second.length) in {"hundred", *_SCALES}:
        return None
    return SaidNumber(value=_BELOW_HUNDRED[tokens[0]] * 100 + second.value, length=1 + second.length)


def _below_thousand(tokens: Sequence[str], *, after_scale: bool) -> SaidNumber | None:
    skipped = int(after_scale and _at(tokens, 0) == "and")
    article = not after_scale and _at(tokens, 0) == "a" and _at(tokens, 1) in {"hundred", *_SCALES}
    first = SaidNumber(value=1, length=1) if article else _below_hundred(tokens[skipped:])
    if first is None:
        return None
    at = skipped + first.length
    if _at(tokens, at) != "hundred":
        # "A thousand" needs more behind it, as "a hundred" does.
        more = _below_thousand(tokens[at + 1 :], after_scale=True) if article else None
        return None if article and more is None else SaidNumber(value=first.value, length=at)
    at += 1
    rest = _below_hundred(tokens[at + (_at(tokens, at) == "and") :])
    if rest is not None:
        end = at + (_at(tokens, at) == "and") + rest.length
        # "Between one hundred and two hundred" are two numbers.
        if _at(tokens, end) != "hundred":
            return SaidNumber(value=first.value * 100 + rest.value, length=end)
    return None if article else SaidNumber(value=first.value * 100, length=at)


def _below_hundred(tokens: Sequence[str]) -> SaidNumber | None:
    token = _at(tokens, 0)
    if token not in _BELOW_HUNDRED:
        return None
    unit = DIGITS.get(_at(tokens, 1), 0) if token in TENS else 0
    return SaidNumber(value=_BELOW_HUNDRED[token] + unit, length=2 if unit else 1)


def _at(tokens: Sequence[str], index: int) -> str:
    return tokens[index] if index < len(tokens) else ""
