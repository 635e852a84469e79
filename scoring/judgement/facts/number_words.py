"""Numbers, ordinals, weekdays and months as they are said; all in lower case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONES_IN_ORDER: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
ONES: Final = tuple(_ONES_IN_ORDER.split())
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
# "A few days" is rarely more than three, "several" rarely more than five.
_VAGUE: Final = {"a": 1, "an": 1, "couple": 2, "few": 3, "several": 5}
NUMBERS: Final[Mapping[str, int]] = {word: value for value, word in enumerate(ONES)} | TENS | _VAGUE
_ORDINALS_IN_ORDER: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS: Final[Mapping[str, int]] = {
    word: value for value, word in enumerate(_ORDINALS_IN_ORDER.split(), start=1)
} | {"thirtieth": 30}
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Written out: calendar's own names follow the machine's language.
_MONTHS_IN_ORDER: Final = (
    "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep"
    " october|oct november|nov december|dec"
)
MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(_MONTHS_IN_ORDER.split(), start=1)
    for name in names.split("|")
}
