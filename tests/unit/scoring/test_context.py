"""How words stand: every sentence as it is written, and as a recogniser without punctuation writes it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from scoring.domain.finding import Assertion, Kind
from scoring.domain.rubric import Rule
from scoring.domain.transcript import Role
from tests.unit.scoring.spoken import language_model

AFFIRMED, NEGATED = Assertion.AFFIRMED, Assertion.NEGATED
HYPOTHETICAL, QUESTION, REPORTED = Assertion.HYPOTHETICAL, Assertion.QUESTION, Assertion.REPORTED

# All but the last column hold for both ways of writing; words in brackets are what is looked for.
SENTENCES: Final = (
    ("We [guarantee] it.", AFFIRMED),
    ("Yes, we [guarantee] it.", AFFIRMED),
    ("No, we [guarantee] it.", AFFIRMED),
    ("No, sorry, we [guarantee] it.", AFFIRMED),
    ("No problem, I [booked] it.", AFFIRMED),
    ("No worries, it is [booked] now.", AFFIRMED),
    ("There is no doubt it is [booked].", AFFIRMED),
    ("Not only have we [booked] it, we paid as well.", AFFIRMED),
    ("Don't worry, we [guarantee] it.", AFFIRMED),
    ("It wasn't easy, but we [booked] it.", AFFIRMED),
    ("I can't see the invoice, so I [booked] it again.", AFFIRMED),
    ("It isn't your fault. I [promise] you that.", AFFIRMED),
    ("If you like, I [guarantee] it in writing.", AFFIRMED),
    ("If the price goes up, we [guarantee] yours.", AFFIRMED),
    ("Once you have paid, we [guarantee] it.", AFFIRMED),
    ("As I said, we [guarantee] it.", AFFIRMED),
    ("I told you that we [guarantee] it.", AFFIRMED),
    ("I just want to say we [guarantee] it.", AFFIRMED),
    ("Let me tell you, we [guarantee] it.", AFFIRMED),
    ("What it is, I [guarantee] your price.", AFFIRMED),
    ("That is how it is, we [guarantee] it.", AFFIRMED),
    ("I have [booked] it, okay?", AFFIRMED),
    ("It is [booked], can I do anything else for you?", AFFIRMED),
    ("We do not [guarantee] it.", NEGATED),
    ("We don't [guarantee] it.", NEGATED),
    ("We never [guarantee] a date.", NEGATED),
    ("We cannot [guarantee] a date.", NEGATED),
    ("I can't, um, [guarantee] a date.", NEGATED),
    ("I'm unable to [guarantee] a date.", NEGATED),
    ("Nobody here will ever [guarantee] it.", NEGATED),
    ("I don't think we [guarantee] it.", NEGATED),
    ("I'm not saying that we [guarantee] it.", NEGATED),
    ("There is no way we [guarantee] it.", NEGATED),
    ("Under no circumstances can we [guarantee] it.", NEGATED),
    ("It hasn't been [booked].", NEGATED),
    ("It has not yet been [booked].", NEGATED),
    ("We won't be able to [guarantee] it.", NEGATED),
    ("No question is a [stupid] question.", NEGATED),
    ("I have neither [booked] nor paid it.", NEGATED),
    ("If we [guarantee] it, it costs more.", HYPOTHETICAL),
    ("If only we [guaranteed] it.", HYPOTHETICAL),
    ("Unless we [guarantee] it, nobody buys.", HYPOTHETICAL),
    ("I'm checking whether it is [booked].", HYPOTHETICAL),
    ("Let me see if it is [booked].", HYPOTHETICAL),
    ("I would have [booked] it.", HYPOTHETICAL),
    ("You could have [booked] it yourself.", HYPOTHETICAL),
    ("I wish we [guaranteed] it.", HYPOTHETICAL),
    ("Suppose we [guarantee] it.", HYPOTHETICAL),
    ("We would [guarantee] if you paid now.", HYPOTHETICAL),
    ("You said you [guarantee] it.", REPORTED),
    ("He said they [guarantee] it.", REPORTED),
    ("My wife said you [guarantee] it.", REPORTED),
    ("Your website says you [guarantee] it.", REPORTED),
    ("The lady told me you [guarantee] it.", REPORTED),
    ("Your colleague has already told me that you [guarantee] it.", REPORTED),
    ("I was told you [guarantee] it.", REPORTED),
    ("I have been told that it is [booked].", REPORTED),
    ("Apparently you [guarantee] it.", REPORTED),
    ("According to your website you [guarantee] it.", REPORTED),
    ("Somebody mentioned that you [guarantee] it.", REPORTED),
    ("Do you [guarantee] it?", QUESTION),
    ("Can you [guarantee] it?", QUESTION),
    ("Okay, so can you [guarantee] it?", QUESTION),
    ("Right, and will you [guarantee] it?", QUESTION),
    ("I got your letter. Do you [guarantee] it?", QUESTION),
    ("I got your letter and can you really [guarantee] it?", QUESTION),
    ("Is it [booked]?", QUESTION),
    ("Has it been [booked]?", QUESTION),
    ("Have you [booked] it?", QUESTION),
    ("When was it [booked]?", QUESTION),
    ("Did somebody [guarantee] that to you?", QUESTION),
)
# Nothing but the mark tells that these ask.
MARKED: Final = (("You [guarantee] it?", QUESTION), ("So it is [booked], right?", QUESTION))


def stands(sentence: str) -> list[Assertion]:
    [word] = re.findall(r"\[(.+?)\]", sentence)
    model = language_model()
    rule = Rule(
        id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, patterns=tuple(model.phrase_patterns(word.lower()))
    )
    [reading] = model.reader([rule]).read([sentence.replace("[", "").replace("]", "")])
    return [match.assertion for match in reading.matches]


def heard(sentence: str) -> str:
    return " ".join(re.sub(r"[.,?!]", " ", sentence).lower().split())


@pytest.mark.parametrize(("sentence", "assertion"), [*SENTENCES, *MARKED])
def test_how_words_stand_in_writing(sentence: str, assertion: Assertion) -> None:
    assert stands(sentence) == [assertion]


@pytest.mark.parametrize(("sentence", "assertion"), SENTENCES)
def test_how_words_stand_in_speech(sentence: str, assertion: Assertion) -> None:
    assert stands(heard(sentence)) == [assertion]
