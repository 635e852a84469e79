"""Word error rate, its interval, and lost words, on values small enough to count by hand."""

from __future__ import annotations

import pytest

from evaluation.speech.figures import word_figures
from evaluation.speech.word_errors import (
    count_word_errors,
    error_rate,
    error_rate_interval,
    normalised_words,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Press 1.", "press one"),
        ("It costs $20!", "it costs twenty dollars"),
        ("I'm Hannah, um, hello", "i am hannah hello"),
        ("the colour", "the color"),
        ("To leave a message ...", "to leave a message"),
    ],
)
def test_what_is_said_alike_is_normalised_alike(one: str, other: str) -> None:
    assert normalised_words(one, "en-GB") == normalised_words(other, "en")


def test_other_languages_keep_their_letters() -> None:
    assert normalised_words("Grüß Gott, Frau Müller!", "de") == ["grüß", "gott", "frau", "müller"]


def test_each_kind_of_error_is_counted() -> None:
    errors = count_word_errors(list("abcdefg"), list("axcefgh"))
    assert (errors.insertions, errors.deletions, errors.substitutions, errors.words) == (1, 1, 1, 7)
    assert error_rate([errors]) == 3 / 7


def test_errors_and_words_add_up_over_channels() -> None:
    whole = count_word_errors(["a"] * 8, ["a"] * 8)
    lost = count_word_errors(["b", "c"], [])
    assert error_rate([whole, lost]) == 2 / 10


def test_words_where_the_reference_has_none_are_insertions_and_give_no_rate() -> None:
    errors = count_word_errors([], ["a", "b"])
    assert (errors.insertions, errors.words) == (2, 0)
    assert error_rate([errors]) is None
    assert error_rate_interval([errors]) is None


def test_the_longest_run_of_lost_words_is_broken_by_a_word_that_was_heard() -> None:
    reference = list("abcdefgh")
    assert count_word_errors(reference, list("adh")).longest_lost_run == 3
    assert count_word_errors(reference, []).longest_lost_run == 8
    assert count_word_errors(reference, reference).longest_lost_run == 0


def test_blocks_hold_every_error_and_every_word() -> None:
    reference = [str(number) for number in range(103)]
    heard = [*reference[:40], *reference[60:], "x", "y"]
    errors = count_word_errors(reference, heard)
    assert len(errors.blocks) == 5
    assert sum(words for _, words in errors.blocks) == 103
    assert sum(wrong for wrong, _ in errors.blocks) == 20 + 2
    assert errors.blocks[-1][0] == 2


def test_the_interval_is_the_same_at_every_run_and_holds_the_rate() -> None:
    reference = [str(number) for number in range(400)]
    heard = [word for place, word in enumerate(reference) if place % 80 > 7]
    errors = count_word_errors(reference, heard)
    low, high = error_rate_interval([errors]) or (0.0, 0.0)
    assert (low, high) == error_rate_interval([errors])
    assert 0 < low < 0.1 < high < 0.25


def test_without_errors_the_interval_is_nought() -> None:
    errors = count_word_errors(["a"] * 100, ["a"] * 100)
    assert error_rate_interval([errors]) == (0, 0)


def test_the_worst_channel_is_the_one_that_loses_most_of_fifty_words_or_more() -> None:
    words = [one + other for one in "bdfgkl" for other in "aeiouxyzqw"]
    figures = word_figures(
        [
            ("short", "nobody heard this", "", "en"),
            ("good", " ".join(words), " ".join(words[1:]), "en"),
            ("bad", " ".join(words), " ".join(words[:20] + words[26:]), "en"),
            ("unknown", None, "whatever", "en"),
        ]
    )
    assert figures["lost_words_worst_channel"] == {"channel": "bad", "share": 0.1, "longest_run": 6}
    assert (figures["words"], figures["deletions"], figures["insertions"]) == (123, 10, 0)


def test_without_a_reference_there_is_no_rate() -> None:
    figures = word_figures([("unknown", None, "whatever", "en")])
    assert (figures["wer"], figures["wer_ci"], figures["lost_words_worst_channel"]) == (None, None, None)
