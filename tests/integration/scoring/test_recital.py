"""Texts that are to be read out as they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scoring.domain.files import SourceFile
from scoring.domain.finding import Method
from tests.unit.scoring.spoken import scorer, spoken

if TYPE_CHECKING:
    from scoring.domain.scorecard import Answer
    from scoring.domain.transcript import Transcript

PACK = """\
pack: notice
statements:
- id: notice.text
  say: >-
    Calls are recorded for training purposes. You have fourteen days to cancel,
    starting tomorrow, and we won't charge you for cancelling.
  KEYS
- {id: notice.offer, phrases: this is my offer}
- {id: notice.interest, speaker: customer, phrases: i will take it}
"""
RUBRIC = """\
rubric: notices
title: Notices
packs: [notice]
reading: {min_words: 1}
sections:
- id: all
  title: All
  criteria:
  - {id: recital, title: Recital, points: 1, check: {recited: {id: notice.text, min_share: 0.9}}}
"""
WHOLE = (
    "Calls are recorded for training purposes. You have fourteen days to cancel, "
    "starting tomorrow, and we will not charge you for cancelling."
)
FIRST, _, REST = WHOLE.partition(" cancel, ")
FIRST = f"{FIRST} cancel,"
HELLO = ("customer", "Hello there.")


def answer(said: Transcript, keys: str = "") -> Answer:
    files = [
        SourceFile(file_name="notice.yaml", content=PACK.replace("KEYS", keys)),
        SourceFile(file_name="form.yaml", content=RUBRIC),
    ]
    card, _ = scorer().score(said, files)
    return card.answers[0]


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        ([HELLO, ("agent", WHOLE)], "PASS", "100% of its words between 0:02 and 0:10."),
        ([("agent", f"Good day, so, um, {WHOLE} All right?")], "PASS", "100%"),
        (
            [("agent", WHOLE.replace("training", "trainings").replace("for cancelling", "cancelling"))],
            "PASS",
            "left out: 'for'",
        ),
        (
            [("agent", FIRST), ("customer", "Uh huh, yes."), ("agent", REST)],
            "PASS",
            "%",
        ),
        (
            [("agent", WHOLE.replace("starting tomorrow, ", "").replace("purposes", ""))],
            "FAIL",
            "left out: 'purposes.' and 'starting tomorrow,'",
        ),
        ([("agent", "Calls are recorded for training purposes.")], "FAIL", "doesn't read it out"),
        (
            [("agent", "We keep a copy of this conversation, is that all right?")],
            "FAIL",
            "doesn't read it out",
        ),
        ([("customer", WHOLE), ("agent", "Thank you, yes.")], "FAIL", "doesn't read it out"),
        ([("customer", WHOLE)], "INSUFFICIENT_EVIDENCE", "No words of the agent"),
        ([("unknown", WHOLE), ("agent", "Fine.")], "INSUFFICIENT_EVIDENCE", "isn't known who speaks"),
    ],
)
def test_a_text_is_read_out_or_not(said: list[tuple[str, str]], value: str, words: str) -> None:
    found = answer(spoken(*said))
    assert (found.value.value, words in found.explanation) == (value, True), found.explanation


def test_the_finding_is_an_alignment_with_the_words_of_every_turn() -> None:
    said = spoken(("agent", FIRST), ("customer", "Uh huh."), ("agent", REST))
    finding = answer(said).findings[0]
    assert finding.method is Method.ALIGNMENT
    assert (finding.score, finding.threshold, finding.model) == (1.0, 0.9, "")
    assert [words.turn for words in finding.evidence] == [0, 2]
    assert " ".join(words.quote for words in finding.evidence) == WHOLE


def test_words_heard_badly_decide_nothing() -> None:
    said = spoken(("agent", WHOLE))
    words = said.turns[0].words
    unsure = tuple(
        replace(word, confidence=0.1 if position < 6 else 0.9) for position, word in enumerate(words)
    )
    garbled = tuple(
        replace(word, text="mumble", confidence=0.1) if 2 < position < 6 else word
        for position, word in enumerate(words)
    )
    for heard in (unsure, garbled):
        turn = replace(said.turns[0], words=heard, text=" ".join(word.text for word in heard))
        found = answer(replace(said, turns=(turn,)))
        assert found.value.value == "INSUFFICIENT_EVIDENCE"
        assert "confidence below 0.25" in found.explanation


OFFER = ("agent", "So this is my offer.")
TAKEN = ("customer", "Good, I will take it.")


@pytest.mark.parametrize(
    ("keys", "said", "value"),
    [
        ("after: notice.offer", [OFFER, HELLO, ("agent", WHOLE)], "PASS"),
        ("after: notice.offer", [("agent", WHOLE), HELLO, OFFER], "FAIL"),
        ("after: notice.offer", [("agent", WHOLE), HELLO], "FAIL"),
        ("after: notice.interest", [("agent", WHOLE), HELLO], "NOT_APPLICABLE"),
        ("after: notice.interest", [TAKEN, ("agent", WHOLE)], "PASS"),
        ("when: findings['notice.offer'] > 0", [("agent", "Hello."), HELLO], "NOT_APPLICABLE"),
        ("when: findings['notice.offer'] > 0", [OFFER, HELLO], "FAIL"),
        ("window: {last_agent_turns: 1}", [("agent", WHOLE), HELLO, ("agent", "Bye.")], "FAIL"),
    ],
)
def test_order_condition_and_window_hold_for_it_too(
    keys: str, said: list[tuple[str, str]], value: str
) -> None:
    assert answer(spoken(*said), keys).value.value == value


def test_a_prohibited_statement_is_no_text() -> None:
    files = [
        SourceFile(file_name="notice.yaml", content=PACK.replace("KEYS", "polarity: prohibited")),
        SourceFile(file_name="form.yaml", content=RUBRIC),
    ]
    [problem] = scorer().check(files).problems
    assert "nobody is asked to read it out" in problem.message


def test_a_statement_of_several_sentences_is_no_text() -> None:
    pack = (
        "pack: notice\nstatements:\n- {id: notice.text, say: [One way to say it., Another way to say it.]}\n"
    )
    files = [
        SourceFile(file_name="notice.yaml", content=pack),
        SourceFile(file_name="form.yaml", content=RUBRIC),
    ]
    [problem] = scorer().check(files).problems
    assert problem.field.endswith("check.recited.id")
    assert "needs one sentence under 'say'" in problem.message
