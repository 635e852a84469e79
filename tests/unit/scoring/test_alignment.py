"""Texts laid beside spoken words."""

from __future__ import annotations

import pytest

from scoring.judgement.checks.alignment import align, plain_words

TEXT = plain_words("This call is recorded, and you can't be charged for it.")


def share(spoken: str) -> float:
    return round(len(align(TEXT, plain_words(spoken)).said) / len(TEXT), 2)


def test_contractions_punctuation_and_case_do_not_matter() -> None:
    words = plain_words("You CAN\u2019T, we're sure \u2014 isn't it? \u00a350 or 5%.")
    assert " ".join(words) == "you can not we are sure is not it \u00a350 or 5%"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("This call is recorded and you cannot be charged for it", 1.0),
        ("Hello there. Um, this call is, uh, recorded and you can not be charged for it. Fine.", 1.0),
        ("This call is recordet and you cannot be charge for it", 1.0),
        ("This call is recorded and you can be charged for it", 0.92),
        ("This call is unrecorded and you cannot be charged for it", 0.92),
        ("you cannot be charged for it", 0.58),
        ("Somebody else will be with you in a minute", 0.08),
        ("", 0.0),
    ],
)
def test_the_share_of_words_said_in_one_place(spoken: str, said: float) -> None:
    assert share(spoken) == said


def test_words_all_over_a_call_are_no_reading() -> None:
    scattered = " and so on and so forth as we go ".join(TEXT)
    assert share(scattered) < 0.5


def test_what_is_left_out_is_told_in_stretches() -> None:
    found = align(TEXT, plain_words("this call is recorded and charged for it"))
    assert [" ".join(TEXT[position] for position in stretch) for stretch in found.left_out()] == [
        "you can not be"
    ]


def test_what_stands_in_the_place_of_words_is_told() -> None:
    spoken = plain_words("this call is purple and you can not be charged for it")
    assert [spoken[position] for position in align(TEXT, spoken).other] == ["purple"]
