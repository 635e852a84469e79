"""Patterns are tried only where their words stand in order and near enough; nothing is missed by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from spacy import blank
from spacy.matcher import Matcher

from scoring.language.patterns import PatternIndex

if TYPE_CHECKING:
    from scoring.language.phrases import TokenPattern

NLP = blank("en")
WORDS = ["can", "you", "call", "me", "back", "now"]

words = st.sampled_from(WORDS)
tokens = st.one_of(
    words.map(lambda word: {"LOWER": word}),
    st.lists(words, min_size=1, max_size=3).map(lambda some: {"NORM": {"IN": some}}),
    st.sampled_from(["{0,2}", "{1,3}", "?", "!", "{2}"]).flatmap(
        lambda operator: words.map(lambda word: {"LOWER": word, "OP": operator})
    ),
    st.just({"IS_ALPHA": True, "OP": "{0,3}"}),
    st.just({"IS_ALPHA": True}),
)


def longest(pattern: list[dict[str, object]], text: str) -> set[tuple[int, int]]:
    matcher = Matcher(NLP.vocab)
    matcher.add("rule", [pattern], greedy="LONGEST")
    return {(start, end) for _, start, end in matcher(NLP(text))}


@given(pattern=st.lists(tokens, min_size=1, max_size=5), text=st.lists(words, max_size=12).map(" ".join))
def test_the_index_finds_what_one_matcher_on_the_whole_turn_finds(
    pattern: list[dict[str, object]], text: str
) -> None:
    rows: dict[str, list[TokenPattern]] = {"rule": [tuple(pattern)]}
    found = PatternIndex(NLP, rows).matches(NLP(text))
    assert {(start, end) for start, end, _ in found} == longest(pattern, text)


def test_words_that_are_there_but_too_far_apart_are_no_match() -> None:
    index = PatternIndex(
        NLP, {"rule": [({"LOWER": "call"}, {"IS_ALPHA": True, "OP": "{0,2}"}, {"LOWER": "back"})]}
    )
    assert [start for start, _, _ in index.matches(NLP("call me now back"))] == [0]
    assert index.matches(NLP("call me can you now back")) == []
    assert index.matches(NLP("back you call")) == []
