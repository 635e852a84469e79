"""By when: the words of a turn that say a day or a span of time, and the last day of it.

A grammar of its own: of fourteen such wordings dateparser 1.5 missed or misread five ("within three working
days", "by the end of the month", "the fifth of March", "the day after tomorrow", "I may call"). Weeks begin
on Monday; working days are Monday to Friday, holidays aren't known. "Next Friday" is the Friday of next week.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from scoring.judgement.facts.number_words import MONTHS, NUMBERS, ONES, ORDINALS, TENS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMBER: Final = (
    r"(?:\d{1,3}|half an?|(?:a )?(?:couple(?: of)?|few|several)|an?|"
    rf"(?:{'|'.join(TENS)})(?:[ -](?:{'|'.join(ONES[1:10])}))?|{'|'.join(reversed(ONES))})"
)
# Of "three to five days" the first number; "twenty-four" is one.
_LEAST: Final = rf"\d{{1,3}} ?[-\u2013] ?|{_NUMBER} (?:to|or|and) "
_UNIT: Final = r"(?P<unit>minute|hour|day|week|fortnight|month|year)s?'?"
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_ORDINAL_WORD: Final = (
    rf"(?:twenty|thirty)[ -](?:{'|'.join(list(ORDINALS)[:9])})|"
    rf"{'|'.join(sorted(ORDINALS, key=len, reverse=True))}"
)
_ORDINAL: Final = rf"(?P<dom>\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL_WORD})"
_PART: Final = r"(?: (?:morning|afternoon|evening|night|lunchtime|at the latest))?"
_BY: Final = r"(?:(?:by|on|before|until|till|from|no later than|at the latest) )?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Words that say by when: a half-open range of characters, and the last day of it where a start is known.

    `is_clock` is a time of day alone, `is_now` is at once: within the call.
    """

    start_char: int
    end_char: int
    day: date | None
    is_clock: bool = False
    is_now: bool = False


def dues(text: str, now: datetime | None) -> list[Due]:
    """Return what a text says of days and spans of time, in order; `now` is when it is said."""
    lower = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    # Lower case is as long as the text but for a few letters of other languages; then nothing is read.
    if len(lower) != len(text):
        return []
    found: list[Due] = []
    for pattern, day_of in _GRAMMAR:
        for match in pattern.finditer(lower):
            if any(match.start() < one.end_char and one.start_char < match.end() for one in found):
                continue
            found.append(
                Due(
                    start_char=match.start(),
                    end_char=match.end(),
                    day=None if now is None else day_of(match, now),
                    is_clock=day_of is _today and bool(match.groupdict().get("clock")),
                    is_now=bool(match.groupdict().get("now")),
                )
            )
    found.sort(key=lambda one: one.start_char)
    return list(_joined(lower, found))


def _joined(text: str, found: list[Due]) -> Iterator[Due]:
    """Join "Monday or Tuesday" and "tomorrow at five" into one, of the later day."""
    before: Due | None = None
    for due in found:
        if before is not None and _JOINT.fullmatch(text[before.end_char : due.start_char]):
            days = [one.day for one in (before, due) if one.day is not None and not one.is_clock]
            before = replace(
                before,
                end_char=due.end_char,
                day=max(days, default=before.day),
                is_clock=before.is_clock and due.is_clock,
                is_now=before.is_now and due.is_now,
            )
            continue
        if before is not None:
            yield before
        before = due
    if before is not None:
        yield before


_JOINT: Final = re.compile(r",? ?(?:or|to|and|until|through|-|at|by|before|between)? ?")


def _value(words: str) -> int:
    if words.startswith("half"):
        return 1
    numbers = [word for word in re.split(r"[ -]", words) if word and word != "of"]
    # "A few" is a few.
    if len(numbers) > 1 and numbers[0] in {"a", "an"}:
        numbers = numbers[1:]
    return sum(int(word) if word.isdigit() else NUMBERS.get(word, 0) for word in numbers)


def _after_amount(match: re.Match[str], now: datetime) -> date:
    number, unit = _value(match["number"] or "one"), match["unit"]
    if unit in {"minute", "hour"}:
        return (now + timedelta(**{f"{unit}s": number})).date()
    if unit == "day" and match["working"]:
        return _working_days(now.date(), number)
    days = {"day": 1, "week": 7, "fortnight": 14}
    if unit in days:
        return now.date() + timedelta(days=days[unit] * number)
    return _months_later(now.date(), number * (12 if unit == "year" else 1))


def _working_days(day: date, number: int) -> date:
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _today(match: re.Match[str], now: datetime) -> date:  # noqa: ARG001 - every rule sees the words
    return now.date()


def _tomorrow(match: re.Match[str], now: datetime) -> date:  # noqa: ARG001 - every rule sees the words
    return now.date() + timedelta(days=1)


def _after_tomorrow(match: re.Match[str], now: datetime) -> date:  # noqa: ARG001 - every rule sees the words
    return now.date() + timedelta(days=2)


def _weekday(match: re.Match[str], now: datetime) -> date:
    wanted, today = WEEKDAYS.index(match["weekday"]), now.date()
    if match["which"] == "next":
        return today + timedelta(days=7 - today.weekday() + wanted)
    ahead = (wanted - today.weekday()) % 7
    # On a Friday "on Friday" is the next one, "this Friday" is today.
    return today + timedelta(days=ahead or (0 if match["which"] == "this" else 7))


def _period(match: re.Match[str], now: datetime) -> date:
    """Return the last day of a week, month or year, of this one or the next."""
    today = now.date()
    later = 1 if match["which"] == "next" else 0
    period = match["period"]
    if period in {"week", "weekend"}:
        return today + timedelta(days=6 - today.weekday() + 7 * later)
    if period == "month":
        first = _months_later(today.replace(day=1), later)
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    if period == "year":
        return date(today.year + later, 12, 31)
    return today


def _day_of_month(match: re.Match[str], now: datetime) -> date | None:
    words = match["dom"]
    digits = re.match(r"\d+", words)
    if digits:
        wanted = int(digits[0])
    else:
        parts = re.split(r"[ -]", words)
        wanted = sum(TENS.get(part, 0) + ORDINALS.get(part, 0) for part in parts)
    named = match.groupdict().get("month")
    today = now.date()
    # A day that this month or year doesn't have, or that is past, is meant for a later one.
    for months in range(49):
        first = _months_later(today.replace(day=1), months)
        fits = 1 <= wanted <= calendar.monthrange(first.year, first.month)[1]
        if fits and (named is None or MONTHS[named] == first.month) and first.replace(day=wanted) >= today:
            return first.replace(day=wanted)
    return None


def _rule(
    pattern: str, day_of: Callable[[re.Match[str], datetime], date | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], datetime], date | None]]:
    return re.compile(rf"\b(?:{pattern})(?!\w)"), day_of


_CLOCK: Final = (
    rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{'|'.join(ONES[1:13])})(?: (?:thirty|fifteen|forty[ -]five))? ?"
    r"(?:am|pm|a\.m\.?|p\.m\.?|o'clock)|\d{1,2}:\d\d|noon|midday|midnight|lunchtime|half past \w+"
)

# In the order in which they are tried: where two would read the same words, the first does.
_GRAMMAR: Final = (
    _rule(
        # "Now, I will call you" begins another subject and promises nothing for now.
        r"(?P<now>right now|right away|straight ?away|immediately|instantly|as we speak|at once|"
        r"(?<=\w )now(?= ?(?:[.,;!?]|$|(?:for|with) you\b|while\b))|"
        r"while (?:you are|you're|we are|we're) (?:on|here|talking)[^.?!]*|"
        r"in (?:just )?(?:a|one) (?:moment|second|sec|minute|tick))",
        _today,
    ),
    _rule(rf"(?:the )?day after tomorrow{_PART}", _after_tomorrow),
    _rule(rf"{_BY}(?:first thing |early |later |late )?tomorrow{_PART}", _tomorrow),
    _rule(r"first thing(?: in the morning)?|in the morning|overnight", _tomorrow),
    _rule(
        rf"{_BY}(?:the )?(?:end|close|start|beginning|middle) of "
        r"(?:the )?(?P<which>this|next|coming)? ?(?:working )?"
        r"(?P<period>day|today|business|play|week|month|year)",
        _period,
    ),
    _rule(
        rf"{_BY}(?:early |later |late |over |during )?(?P<which>this|next|the coming|the following|the) "
        r"(?P<period>weekend)",
        _period,
    ),
    _rule(
        rf"{_BY}(?:early |later |late |sometime |during )?(?P<which>this|next) (?P<period>week|month|year)",
        _period,
    ),
    _rule(
        rf"{_BY}(?:(?P<which>this|next|coming|the following|the) )?(?:coming )?"
        rf"(?P<weekday>{'|'.join(WEEKDAYS)}){_PART}",
        _weekday,
    ),
    _rule(rf"{_BY}(?:the )?{_ORDINAL} (?:of )?{_MONTH}", _day_of_month),
    _rule(
        rf"{_BY}{_MONTH} (?:the )?(?P<dom>\d{{1,2}}(?:st|nd|rd|th)?(?![:\d])|{_ORDINAL_WORD})", _day_of_month
    ),
    _rule(
        rf"(?:by|on|before|until|till) the {_ORDINAL}(?= ?(?:[.,;!?]|$|at\b|latest|and\b|or\b))",
        _day_of_month,
    ),
    _rule(
        rf"(?:(?:within|in|after|takes?|up to|about|around|over|for|by|another|roughly|approximately|maximum|"
        rf"within about|at most) )+(?:the )?(?:next |coming |following )?(?:up to |about |around )?"
        rf"(?:{_LEAST})?(?P<number>{_NUMBER})? ?(?P<working>working |business |week)?{_UNIT}",
        _after_amount,
    ),
    _rule(rf"(?:{_LEAST})(?P<number>{_NUMBER}) (?P<working>working |business |week)?{_UNIT}", _after_amount),
    _rule(
        rf"(?P<number>{_NUMBER}) (?P<working>working |business |week)?{_UNIT} "
        r"(?:time|from now|from today|at most)",
        _after_amount,
    ),
    _rule(
        rf"{_BY}(?:later (?:on )?)?(?:today|tonight|this (?:morning|afternoon|evening)|the same day)",
        _today,
    ),
    _rule(
        rf"(?P<clock>between (?:{_CLOCK}|\d{{1,2}}|{'|'.join(ONES[1:13])}) and "
        rf"(?:{_CLOCK}|\d{{1,2}}|{'|'.join(ONES[1:13])}))(?! ?(?:pounds|euros|dollars|per|percent))",
        _today,
    ),
    _rule(rf"(?P<clock>(?:by|before|at|around|about|until|after|from) (?:{_CLOCK}))", _today),
    # "At nine" is a time of day, "about nine letters" is none.
    _rule(
        rf"(?P<clock>(?:by|before|at|around|about|until|after) (?:\d{{1,2}}|{'|'.join(ONES[1:13])}))"
        r"(?= ?(?:[.,;!?]|$|to\b|or\b|and\b|on\b|in the\b|tomorrow|today|tonight))",
        _today,
    ),
)
