"""Statements in their order, by their severity, and only where their condition asks for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scoring.domain.context import CallContext
from scoring.domain.files import SourceFile
from scoring.domain.transcript import Role
from tests.unit.scoring.spoken import scorer, spoken, values

if TYPE_CHECKING:
    from scoring.domain.scorecard import Answer, Scorecard
    from scoring.domain.transcript import Transcript

PACK = """\
pack: loans
statements:
- id: loans.identity
  phrases: date of birth
- id: loans.rate
  phrases: the rate is
- id: loans.warning
  phrases: your home is at risk
  KEYS
- id: loans.guarantee
  polarity: prohibited
  phrases: you are approved
  PROHIBITED
empathy:
  triggers:
  - {id: loans.worry, phrases: i am worried, calls_for: loans.calm}
  markers:
  - {id: loans.calm, phrases: do not worry}
"""
RUBRIC = """\
rubric: loans
title: Loans
packs: [loans]
reading: {min_words: 1}
sections:
- id: all
  title: All
  criteria:
  - {id: identity, title: Identity, points: 1, check: {said: loans.identity}}
  - id: warning
    title: Warning
    points: 1
    check: {said: loans.warning}
    WHEN
  - {id: guarantee, title: Guarantee, points: 1, check: {not_said: loans.guarantee}}
"""
IDENTITY = ("agent", "First your date of birth please.")
RATE = ("agent", "So the rate is four per cent.")
WARNING = ("agent", "Remember your home is at risk.")
APPROVED = ("agent", "Good news, you are approved today.")
WORRIED = ("customer", "Honestly I am worried about that.")
HELLO = ("customer", "All right then.")


def card_of(
    transcript: Transcript,
    *,
    keys: str = "",
    prohibited: str = "",
    when: str = "",
    context: CallContext | None = None,
) -> Scorecard:
    pack = PACK.replace("KEYS", keys).replace("PROHIBITED", prohibited)
    files = [
        SourceFile(file_name="loans.yaml", content=pack),
        SourceFile(file_name="form.yaml", content=RUBRIC.replace("WHEN", when)),
    ]
    return scorer().score(transcript, files, context)[0]


def answer(card: Scorecard, criterion: str = "warning") -> Answer:
    return next(one for one in card.answers if one.criterion == criterion)


@pytest.mark.parametrize(
    ("keys", "said", "value", "words"),
    [
        ("after: loans.rate", (RATE, HELLO, WARNING), "PASS", "after 'loans.rate' at 0:01"),
        ("after: loans.rate", (WARNING, HELLO, RATE), "FAIL", "but not after 'loans.rate' at 0:0"),
        ("after: loans.rate", (WARNING, RATE, WARNING), "PASS", "after"),
        ("after: loans.rate", (WARNING, HELLO), "FAIL", "not after 'loans.rate', which isn't said"),
        ("after: loans.rate", (RATE, HELLO), "FAIL", "Nothing like it in 1 turn"),
        ("after: loans.rate", (IDENTITY, HELLO), "FAIL", "Nothing like it"),
        ("before: loans.rate", (WARNING, HELLO, RATE), "PASS", "before 'loans.rate'"),
        ("before: loans.rate", (RATE, HELLO, WARNING), "FAIL", "but not before 'loans.rate' at 0:01"),
        ("before: loans.rate", (WARNING, HELLO), "PASS", "says it"),
        ("before: loans.rate", (RATE, HELLO), "FAIL", "Nothing like it in 1 turn"),
        ("after: loans.worry", (WORRIED, WARNING), "PASS", "after 'loans.worry'"),
        ("after: loans.worry", (WARNING, HELLO), "NOT_APPLICABLE", "which the customer doesn't say"),
        ("after: loans.worry", (IDENTITY, HELLO), "NOT_APPLICABLE", "which the customer doesn't say"),
        ("after: loans.worry", (WARNING, WORRIED), "FAIL", "but not after 'loans.worry'"),
        ("after: loans.identity\n  before: loans.rate", (IDENTITY, WARNING, RATE), "PASS", "and before"),
        ("after: loans.identity\n  before: loans.rate", (IDENTITY, RATE, WARNING), "FAIL", "but not after"),
        ("after: loans.identity\n  before: loans.rate", (RATE, WARNING, IDENTITY), "FAIL", "but not after"),
    ],
)
def test_a_required_statement_has_its_order(
    keys: str, said: tuple[tuple[str, str], ...], value: str, words: str
) -> None:
    found = answer(card_of(spoken(*said), keys=keys))
    assert (found.value.value, words in found.explanation) == (value, True), found.explanation
    assert found.findings


@pytest.mark.parametrize(
    ("keys", "said", "value"),
    [
        ("after: loans.rate", (APPROVED, HELLO, RATE), "PASS"),
        ("after: loans.rate", (RATE, HELLO, APPROVED), "FAIL"),
        ("after: loans.rate", (APPROVED, HELLO), "PASS"),
        ("before: loans.identity", (APPROVED, HELLO, IDENTITY), "FAIL"),
        ("before: loans.identity", (IDENTITY, HELLO, APPROVED), "PASS"),
        ("before: loans.identity", (APPROVED, HELLO), "FAIL"),
    ],
)
def test_a_prohibited_statement_may_be_so_in_one_order_alone(
    keys: str, said: tuple[tuple[str, str], ...], value: str
) -> None:
    assert values(card_of(spoken(*said), prohibited=keys), "guarantee") == {"guarantee": value}


def test_an_order_that_turns_on_unsure_words_is_not_judged() -> None:
    said = spoken(RATE, HELLO, WARNING)
    unsure = replace(said.turns[0], words=tuple(replace(w, confidence=0.1) for w in said.turns[0].words))
    heard = replace(said, turns=(unsure, *said.turns[1:]))
    assert values(card_of(heard, keys="after: loans.rate"), "warning") == {"warning": "INSUFFICIENT_EVIDENCE"}
    nobodys = replace(said, turns=(replace(said.turns[0], role=Role.UNKNOWN), *said.turns[1:]))
    found = answer(card_of(nobodys, keys="after: loans.rate"))
    assert found.value.value == "INSUFFICIENT_EVIDENCE"
    assert "isn't known who" in found.explanation


def test_a_critical_statement_flags_the_card_when_it_is_not_kept_to() -> None:
    failed = card_of(spoken(IDENTITY, HELLO), keys="severity: critical")
    assert answer(failed).explanation.startswith("Critical: Nothing like it")
    assert "critical" in failed.flags
    assert "critical" not in card_of(spoken(WARNING, HELLO), keys="severity: critical").flags
    said = card_of(spoken(APPROVED, HELLO), prohibited="severity: critical")
    assert answer(said, "guarantee").explanation.startswith("Critical: The agent says it")
    assert "critical" in said.flags
    minor = card_of(spoken(IDENTITY, HELLO), keys="severity: minor")
    assert answer(minor).explanation.startswith("Minor: ")
    assert "critical" not in minor.flags
    assert answer(card_of(spoken(IDENTITY, HELLO))).explanation.startswith("Nothing like it")


CONTEXT = CallContext(
    agent="ada",
    queue="loans",
    start=datetime(2026, 3, 2, 17, 30, tzinfo=UTC),
    labels={"product": "mortgage"},
)


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("call.queue == 'loans'", True),
        ("call.queue in ['cards', 'claims']", False),
        ("call.agent.startsWith('a')", True),
        ("call.labels['product'] == 'mortgage'", True),
        ("call.labels['tier'] == 'gold'", False),
        ("call.labels.tier != 'gold'", True),
        ("'tier' in call.labels", False),
        ("!('tier' in call.labels) || call.labels['tier'] == 'gold'", True),
        ("call.duration_s > 3600", False),
        ("call.start.getHours() < 18", True),
        ("call.start < timestamp('2026-01-01T00:00:00Z')", False),
        ("findings['loans.rate'] > 0", True),
        ("findings['loans.rate'] > 1", False),
        ("findings['loans.worry'] == 0", True),
        ("answers['identity'] == 'FAIL'", True),
        ("answers['identity'] == 'PASS'", False),
        ("outcome == 'undetermined' && findings['loans.worry'] == 0", True),
    ],
)
def test_a_condition_says_where_a_question_is_asked(condition: str, *, asked: bool) -> None:
    said = spoken(RATE, HELLO)
    line = f'when: "{condition}"'
    of_statement = answer(card_of(said, keys=line, context=CONTEXT))
    of_criterion = answer(card_of(said, when=line, context=CONTEXT))
    assert of_statement.value.value == of_criterion.value.value == ("FAIL" if asked else "NOT_APPLICABLE")
    if not asked:
        assert condition in of_statement.explanation
        assert of_statement.explanation == of_criterion.explanation


@pytest.mark.parametrize(
    "condition",
    ["call.start.getHours() < 18", "int(call.agent) > 3", "1 / call.labels.size() > 0"],
)
def test_a_condition_on_what_is_not_known_asks_a_reviewer(condition: str) -> None:
    card = card_of(spoken(RATE, HELLO), when=f'when: "{condition}"')
    assert answer(card).value.value == "INSUFFICIENT_EVIDENCE"
    assert condition in answer(card).explanation
    assert "needs-review" in card.flags


def test_a_condition_on_words_that_were_not_heard_well_asks_a_reviewer() -> None:
    said = spoken(RATE, WORRIED)
    unsure = replace(said.turns[1], words=tuple(replace(w, confidence=0.1) for w in said.turns[1].words))
    card = card_of(replace(said, turns=(said.turns[0], unsure)), keys="when: findings['loans.worry'] > 0")
    assert answer(card).value.value == "INSUFFICIENT_EVIDENCE"
    assert "loans.worry: Words at" in answer(card).explanation


def test_a_condition_does_not_ask_for_what_decides_without_it() -> None:
    said = spoken(RATE, ("unknown", "Hello who is there?"))
    condition = "when: findings['loans.worry'] > 0 || findings['loans.rate'] > 0"
    assert "asked for" not in answer(card_of(said, keys=condition)).explanation
