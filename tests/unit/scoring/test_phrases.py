from __future__ import annotations

import pytest

from scoring.domain.finding import Assertion, Kind
from scoring.domain.rubric import Rule
from scoring.domain.transcript import Role
from scoring.language.phrases import PhraseError
from tests.unit.scoring.spoken import language_model


def matched(phrase: str, *texts: str) -> list[list[str]]:
    model = language_model()
    rule = Rule(id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, patterns=tuple(model.phrase_patterns(phrase)))
    readings = model.reader([rule]).read(texts)
    return [
        [text[match.start_char : match.end_char] for match in reading.matches]
        for text, reading in zip(texts, readings, strict=True)
    ]


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("thank you", "Thank you!", "Thank you"),
        ("thank you", "THANK, um, you", "THANK, um, you"),
        ("can not help", "I can't help", "can't help"),
        ("can't help", "i cannot help", "cannot help"),
        ("what is your", "what's your name", "what's your"),
        ("i will", "I'll go", "I'll"),
        ("going to", "we're gonna go", "gonna"),
        ("a|b|c x", "so b x", "b x"),
        ("(call you|get) back", "we call you back", "call you back"),
        ("(call you|get) back", "we get back", "get back"),
        ("very? sorry", "sorry", "sorry"),
        ("(so very)? sorry", "so very sorry", "so very sorry"),
        ("~refund it", "she refunded it", "refunded it"),
        ("your ..2 address", "your new postal address", "your new postal address"),
        ("apologise", "we apologize", "apologize"),
    ],
)
def test_a_phrase_finds_its_words(phrase: str, text: str, quote: str) -> None:
    assert matched(phrase, text) == [[quote]]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("thank you", "thank them"),
        ("your ..2 address", "your very new postal address"),
        ("your ..2 address", "Your order. Address it."),
        ("(call you|get) back", "call back"),
        ("a|b x", "a. x"),
    ],
)
def test_a_phrase_finds_nothing_else(phrase: str, text: str) -> None:
    assert matched(phrase, text) == [[]]


def test_the_longest_match_counts_once() -> None:
    assert matched("very? very? sorry", "I am very very sorry") == [["very very sorry"]]


@pytest.mark.parametrize(
    "phrase", ["(open", "shut)", "| a", "a |", "?", "a? b?", "..3", "a ..9 b", "...", ""]
)
def test_a_wrong_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        language_model().phrase_patterns(phrase)


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("I guarantee it", Assertion.AFFIRMED),
        ("I do not guarantee it", Assertion.NEGATED),
        ("I can't, um, guarantee it", Assertion.NEGATED),
        ("nobody will ever guarantee it", Assertion.NEGATED),
        ("No, I guarantee it", Assertion.AFFIRMED),
        ("no problem we guarantee it", Assertion.AFFIRMED),
        ("I can't see it but we guarantee it", Assertion.AFFIRMED),
        ("if we guarantee it", Assertion.HYPOTHETICAL),
        ("If you wish, we guarantee it", Assertion.AFFIRMED),
        ("we guarantee it if you pay", Assertion.AFFIRMED),
        ("we would guarantee if you pay", Assertion.HYPOTHETICAL),
        ("you said they guarantee it", Assertion.REPORTED),
        ("My colleague told you we guarantee it", Assertion.REPORTED),
        ("Do you guarantee it?", Assertion.QUESTION),
        ("okay so can you guarantee it", Assertion.QUESTION),
        ("We guarantee it, can I help you with that?", Assertion.AFFIRMED),
    ],
)
def test_context_tells_how_words_stand(text: str, assertion: Assertion) -> None:
    model = language_model()
    rule = Rule(
        id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, patterns=tuple(model.phrase_patterns("guarantee"))
    )
    [reading] = model.reader([rule]).read([text])
    assert [match.assertion for match in reading.matches] == [assertion]


def test_similarity_alone_sees_a_negation() -> None:
    rule = Rule(
        id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, say=("We will refund the money.",), accept=0.75
    )
    said, denied = (
        language_model().reader([rule]).read(["we will refund your money", "we will not refund the money"])
    )
    assert [match.assertion for match in said.matches] == [Assertion.AFFIRMED]
    assert [match.assertion for match in denied.matches] == [Assertion.NEGATED]


def test_a_sentence_is_found_within_unpunctuated_talk() -> None:
    rule = Rule(
        id="a.b",
        kind=Kind.STATEMENT,
        role=Role.AGENT,
        say=("This call is recorded for training.",),
        accept=0.75,
    )
    talk = (
        "hello there before we go on this call is recorded for training so what is it you would like to know"
    )
    [reading] = language_model().reader([rule]).read([talk])
    [match] = reading.matches
    assert "call is recorded for training" in talk[match.start_char : match.end_char]


def test_a_veto_disbelieves_a_pattern() -> None:
    patterns = tuple(language_model().phrase_patterns("birth"))
    rule = Rule(
        id="a.b",
        kind=Kind.STATEMENT,
        role=Role.AGENT,
        say=("What is your date of birth?",),
        patterns=patterns,
        accept=0.9,
        veto=0.6,
    )
    asked, told = (
        language_model()
        .reader([rule])
        .read(["and what's your date of birth", "she gave birth to twins on tuesday"])
    )
    assert len(asked.matches) == 1
    assert told.matches == ()
