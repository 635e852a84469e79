from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.speech.heard_words import RawWord, clean_words


def raw(text: str, start_s: float, end_s: float, confidence: float = 0.9) -> RawWord:
    return RawWord(text=text, start_s=start_s, end_s=end_s, confidence=confidence)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [([" twenty", "-one"], "twenty-one"), ([" 10", ":30"], "10:30"), ([" a.", "m."], "a.m.")],
)
def test_what_is_written_without_a_space_is_one_word(parts: list[str], whole: str) -> None:
    heard = [raw(part, index, index + 1.0, 0.9 - index / 10) for index, part in enumerate(parts)]
    (word,) = clean_words(heard, language="en", from_s=0, end_s=10)
    assert (word.text, word.start_s, word.end_s, word.confidence) == (whole, 0.0, 2.0, 0.8)


def test_japanese_words_are_not_joined() -> None:
    heard = [raw("お電話", 0, 1), raw("ありがとう", 1, 2)]
    assert len(clean_words(heard, language="ja", from_s=0, end_s=10)) == 2


def test_spaces_and_empty_words_go() -> None:
    heard = [raw(" hello ", 0, 1), raw("  ", 1, 2), raw(" there", 2, 3)]
    assert [word.text for word in clean_words(heard, language="en", from_s=0, end_s=9)] == ["hello", "there"]


def test_a_word_never_starts_before_the_one_before_it() -> None:
    heard = [raw(" one", 2, 3), raw(" two", 1, 1.5), raw(" three", 3, 4)]
    assert [(word.start_s, word.end_s) for word in clean_words(heard, language="en", from_s=0, end_s=9)] == [
        (2, 3),
        (2, 2),
        (3, 4),
    ]


def test_a_first_word_that_landed_before_the_pause_moves_up_to_its_sentence() -> None:
    heard = [raw(" Sure.", 0, 0.4), raw(" Thank", 1.0, 1.2), raw(" you.", 6.8, 7.0)]
    words = clean_words(heard, language="en", from_s=0, end_s=9)
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("Sure.", 0, 0.4),
        ("Thank", 6.6, 6.8),
        ("you.", 6.8, 7.0),
    ]


@pytest.mark.parametrize(
    "heard",
    [
        [raw(" Well,", 0, 0.4), raw(" yes.", 3, 3.4)],
        [raw(" Sure.", 0, 0.4), raw(" Thanks.", 3, 3.4)],
        [raw(" I", 0, 0.4), raw(" really", 0.4, 0.8), raw(" mean", 3, 3.4)],
        [raw(" I", 0, 0.4), raw(" mean", 1, 1.4)],
        [raw(" I", 0, 0.4), raw(" mean", 20, 20.4)],
    ],
    ids=["comma", "full stop", "second word", "short pause", "very long pause"],
)
def test_other_pauses_are_left_where_they_are(heard: list[RawWord]) -> None:
    words = clean_words(heard, language="en", from_s=0, end_s=30)
    assert [(word.start_s, word.end_s) for word in words] == [(word.start_s, word.end_s) for word in heard]


@given(
    st.lists(
        st.tuples(
            st.floats(-5, 40), st.floats(-5, 40), st.floats(-0.1, 1.1), st.sampled_from([" a", "b", " "])
        )
    ),
    st.floats(0, 10),
)
def test_words_keep_within_their_bounds_and_in_order(
    times: list[tuple[float, float, float, str]], from_s: float
) -> None:
    heard = [raw(text, start_s, end_s, confidence) for start_s, end_s, confidence, text in times]
    words = clean_words(heard, language="en", from_s=from_s, end_s=30)
    assert all(from_s - 0.001 <= word.start_s <= word.end_s <= 30 for word in words)
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert "".join(word.text for word in words) == "".join(text.strip() for *_, text in times)
