"""Words that say by when, on Wednesday the fourth of March 2026 at ten."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scoring.judgement.facts.due import dues

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by Friday", date(2026, 3, 6)),
        ("on Wednesday", date(2026, 3, 11)),
        ("this Wednesday", date(2026, 3, 4)),
        ("next Tuesday", date(2026, 3, 10)),
        ("next Friday morning", date(2026, 3, 13)),
        ("Monday or Tuesday", date(2026, 3, 10)),
        ("tomorrow at 5 pm", date(2026, 3, 5)),
        ("the day after tomorrow", date(2026, 3, 6)),
        ("first thing in the morning", date(2026, 3, 5)),
        ("later today", date(2026, 3, 4)),
        ("by close of business", date(2026, 3, 4)),
        ("in half an hour", date(2026, 3, 4)),
        ("within 24 hours", date(2026, 3, 5)),
        ("within twenty-four to forty-eight hours", date(2026, 3, 6)),
        ("within three working days", date(2026, 3, 9)),
        ("in 3-5 business days", date(2026, 3, 11)),
        ("in a couple of days", date(2026, 3, 6)),
        ("in the next few days", date(2026, 3, 7)),
        ("two weeks from today", date(2026, 3, 18)),
        ("within a fortnight", date(2026, 3, 18)),
        ("next week", date(2026, 3, 15)),
        ("by the end of the month", date(2026, 3, 31)),
        ("by the end of next month", date(2026, 4, 30)),
        ("by the end of the year", date(2026, 12, 31)),
        ("in a month", date(2026, 4, 4)),
        ("within eighty days", date(2026, 5, 23)),
        ("the 5th of March", date(2026, 3, 5)),
        ("by the fifth of March", date(2026, 3, 5)),
        ("on March 3rd", date(2027, 3, 3)),
        ("by the twenty-first", date(2026, 3, 21)),
        ("on the 2nd", date(2026, 4, 2)),
        ("on the 29th of February", date(2028, 2, 29)),
        ("by five o'clock", date(2026, 3, 4)),
    ],
)
def test_the_last_day_of_it(words: str, day: date) -> None:
    [due] = dues(f"I will ring you {words}, I promise.", NOW)
    assert (f"I will ring you {words}, I promise."[due.start_char : due.end_char], due.day) == (words, day)


@pytest.mark.parametrize(
    "words",
    [
        "I may call you about the second form.",
        "I waited two weeks for this.",
        "As soon as possible.",
        "Now, the second thing is your march past.",
        "We will see each other soon.",
        "It costs twenty pounds a month.",
        "",
    ],
)
def test_no_day_is_read_where_none_is_said(words: str) -> None:
    assert dues(words, NOW) == []


@pytest.mark.parametrize("words", ["right now", "in a minute", "straight away", "now"])
def test_at_once_is_within_the_call(words: str) -> None:
    [due] = dues(f"I will do that {words}.", NOW)
    assert due.is_now


def test_without_a_start_the_words_are_found_without_a_day() -> None:
    [due] = dues("by Friday", None)
    assert (due.start_char, due.end_char, due.day) == (0, 9, None)


def test_a_day_that_does_not_exist_is_none() -> None:
    [due] = dues("on the 31st of February", NOW)
    assert due.day is None
