"""The questions about empathy on short calls: what passes, what fails, and what gives no occasion."""

from __future__ import annotations

import functools
import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from scoring.domain.files import SourceFile
from scoring.domain.transcript import Role
from scoring.packs.builtin import builtin_rubrics
from tests.integration.scoring.asking import said
from tests.unit.scoring.spoken import scorer, turn, values

if TYPE_CHECKING:
    from scoring.domain.scorecard import Scorecard

CRITERIA: Final = ("opportunities", "acknowledgement", "apology", "reassurance", "listening")
VALUES: Final = {"P": "PASS", "F": "FAIL", "-": "NOT_APPLICABLE"}

# One letter per criterion, in the order of CRITERIA.
CALLS: Final[list[tuple[str, str, list[str]]]] = [
    (
        "a worried daughter, well answered",
        "PP-P-",
        [
            "C: Mum's alarm hasn't beeped since this morning and I'm really worried about her.",
            "A: I can imagine how frightening that is. We'll get this sorted right now.",
        ],
    ),
    (
        "a worried daughter, handled like a form",
        "FF-F-",
        [
            "C: Mum's alarm hasn't beeped since this morning and I'm really worried about her.",
            "A: What's the serial number on the back?",
            "C: Seven seven four.",
            "A: And the postcode?",
        ],
    ),
    (
        "stolen money, taken on at once",
        "PF-P-",
        [
            "C: Somebody has emptied my savings account, I'm shaking.",
            "A: You're in good hands, I'm stopping every payment right now.",
        ],
    ),
    (
        "six weeks of waiting, answered in full",
        "PPP--",
        [
            "C: I've been waiting six weeks for this sofa.",
            "A: I'm so sorry about the delay, six weeks is a very long time to wait.",
        ],
    ),
    (
        "a bare sorry is empty",
        "FFP--",
        [
            "C: I've been waiting six weeks for this sofa.",
            "A: I'm sorry about that. What's the order number?",
            "C: Ninety one.",
            "A: And your surname?",
        ],
    ),
    (
        "empathy that comes at the end is late",
        "FFF--",
        [
            "C: I've been waiting six weeks for this sofa.",
            "A: Order number?",
            "C: Ninety one.",
            "A: And your surname?",
            "C: Okafor.",
            "A: It leaves us on Friday. I'm sorry you've had to wait, I know how annoying that is.",
        ],
    ),
    (
        "third call, everything taken up",
        "PPP-P",
        [
            "C: This is the third time I'm ringing about the same parcel.",
            "A: Sorry you've had to ring three times, that must be so frustrating.",
        ],
    ),
    (
        "third call, name and number",
        "FFF-F",
        [
            "C: This is the third time I'm ringing about the same parcel.",
            "A: Can I take the tracking number?",
            "C: It's on the screen in front of you, surely.",
            "A: I need it from you.",
        ],
    ),
    (
        "third call, polite words that take nothing up",
        "FFP-F",
        [
            "C: I have already explained this to two of your colleagues.",
            "A: I do apologise. Which department did you want?",
            "C: Billing.",
            "A: One moment.",
        ],
    ),
    (
        "an angry customer is told that the anger is right",
        "PPP--",
        [
            "C: This is absolutely ridiculous, you should be ashamed.",
            "A: You've every right to be angry. I apologise on behalf of the whole team.",
        ],
    ),
    (
        "an angry customer is told the rules",
        "FFF--",
        [
            "C: This is absolutely ridiculous, you should be ashamed.",
            "A: Those are the terms that you signed.",
            "C: I never signed that.",
            "A: It's on page four.",
        ],
    ),
    (
        "a death in the family, gently",
        "PP-P-",
        [
            "C: My husband passed away in June and the account is in his name.",
            "A: I'm so sorry for your loss. Please don't worry, I'll take care of the account.",
        ],
    ),
    (
        "a death in the family, as any request",
        "FF-F-",
        [
            "C: My husband passed away in June and the account is in his name.",
            "A: We need the certificate and form nine.",
            "C: Where do I get that?",
            "A: From the website.",
        ],
    ),
    (
        "a fault, with the fault owned",
        "PFF--",
        [
            "C: The dishwasher came completely smashed.",
            "A: That should never have happened. That's our mistake and I'll put it right today.",
        ],
    ),
    (
        "somebody who is lost is led through",
        "P----",
        [
            "C: I'm completely lost here, and I'm not very good with computers.",
            "A: No rush at all, I'll walk you through it.",
        ],
    ),
    (
        "somebody who is lost is hurried",
        "F----",
        [
            "C: I'm a bit confused about where to click.",
            "A: Blue button.",
            "C: There are two of them.",
            "A: The left.",
        ],
    ),
    (
        "two attempts and a story retold",
        "PPP-P",
        [
            "C: Nobody ever called me back, and I've emailed twice.",
            "A: So you were promised a call on Monday. I'm sorry nobody rang, I can hear you're annoyed.",
        ],
    ),
    (
        "the second mention is answered, the first wasn't",
        "PPP-P",
        [
            "C: I keep having to repeat myself.",
            "A: Name?",
            "C: Petra Lind. It's the second time I've told you.",
            "A: I'm sorry you've had to say it twice, I understand how tiresome and annoying that is.",
        ],
    ),
    (
        "a price",
        "-----",
        ["C: What does it cost to send two kilos to Norway?", "A: Fourteen pounds by post."],
    ),
    (
        "a calm change of address",
        "-----",
        ["C: I've moved, and I'd like to give you the new address.", "A: Go ahead, please."],
    ),
    (
        "not worried at all",
        "-----",
        ["C: I'm not worried, I only wanted to check that it went in.", "A: It did, on Tuesday."],
    ),
    (
        "happy with everything",
        "-----",
        ["C: The engineer was lovely, it works like a dream.", "A: I'll pass that on to him."],
    ),
    (
        "a condition is no complaint",
        "-----",
        ["C: If I were unhappy with it, could I send it back?", "A: Within thirty days, yes."],
    ),
    (
        "a complaint that nobody could answer any more",
        "-----",
        ["A: Your parcel comes on Monday.", "C: All right, bye. I've been waiting for weeks."],
    ),
]


def _section() -> list[dict[str, Any]]:
    form = yaml.safe_load(builtin_rubrics()["service-quality"].content)
    [section] = [one for one in form["sections"] if one["id"] == "empathy"]
    questions: list[dict[str, Any]] = section["criteria"]
    return questions


@pytest.mark.parametrize(("name", "letters", "lines"), CALLS, ids=[name for name, _, _ in CALLS])
def test_a_call_is_judged_as_a_listener_would(name: str, letters: str, lines: list[str]) -> None:
    found = values(card_of(*lines))
    assert found == {
        f"empathy.{criterion}": VALUES[letter] for criterion, letter in zip(CRITERIA, letters, strict=True)
    }, name


def test_every_question_has_calls_on_which_it_speaks_and_on_which_it_is_silent() -> None:
    assert [one["id"] for one in _section()] == [f"empathy.{criterion}" for criterion in CRITERIA]
    for position in range(len(CRITERIA)):
        letters = Counter(row[position] for _, row, _ in CALLS)
        assert letters["P"] + letters["F"] >= 5
        assert letters["-"] >= 5
        assert min(letters.values()) >= 2


@functools.cache
def _rubric() -> SourceFile:
    form = {
        "rubric": "empathy-alone",
        "title": "Empathy",
        "packs": ["empathy"],
        "reading": {"min_words": 1},
        "sections": [{"id": "empathy", "title": "Empathy", "criteria": _section()}],
    }
    # JSON is YAML.
    return SourceFile(file_name="empathy-alone.yaml", content=json.dumps(form))


def card_of(*lines: str) -> Scorecard:
    card, _ = scorer().score(said(*lines), [_rubric()])
    return card


def states(card: Scorecard) -> list[tuple[str, str]]:
    return [(one.trigger.rule_id, one.state.value) for one in card.opportunities]


WAITING: Final = "C: I've been waiting six weeks for this sofa."


@pytest.mark.parametrize(
    ("state", "replies"),
    [
        ("ANSWERED", ["A: Six weeks is a very long time to wait."]),
        ("ANSWERED", ["A: Which order?", "C: Ninety one.", "A: I'm so sorry about the long wait."]),
        ("EMPTY", ["A: I'm sorry. Which order?", "C: Ninety one.", "A: Found it."]),
        ("EMPTY", ["A: I understand. Which order?", "C: Ninety one.", "A: Found it."]),
        ("MISSED", ["A: Which order?", "C: Ninety one.", "A: Found it."]),
        ("LATE", ["A: Which?", "C: Mine.", "A: Name?", "C: Ito.", "A: That must be so annoying."]),
        # What helps somebody who is lost is no answer to a complaint.
        ("MISSED", ["A: Let me explain how deliveries work.", "C: Go on.", "A: They leave on Fridays."]),
    ],
)
def test_what_became_of_an_occasion_is_told_apart(state: str, replies: list[str]) -> None:
    card = card_of(WAITING, *replies)
    assert states(card) == [("trigger.waiting", state)]
    [occasion] = card.opportunities
    assert all(words.answers_to == (occasion.trigger,) for words in occasion.answers)
    assert bool(occasion.answers) == (state != "MISSED")


def test_one_explanation_tells_missed_late_and_empty_apart() -> None:
    card = card_of(
        WAITING,
        "A: I'm sorry. Which order?",
        "C: Ninety one.",
        "A: And the name?",
        "C: Ito. I'm furious about this, to be honest.",
        "A: It's on the lorry.",
        "C: Which lorry?",
        "A: The one for Leeds.",
    )
    [overall] = [one for one in card.answers if one.criterion == "empathy.opportunities"]
    assert overall.explanation == (
        "Of 2 occasions for empathy 0 answered, 1 answered by an empty formula (0:01) and 1 missed (0:10)."
    )
    absences = [one for one in overall.findings if one.searched is not None]
    assert {one.answers_to[0].rule_id for one in absences} == {"trigger.waiting", "trigger.anger"}


def test_a_complaint_repeated_at_once_is_one_occasion_and_a_later_one_another() -> None:
    again = "C: As I say, I've been waiting six weeks now."
    between = ["A: Which order?", "C: Ninety one.", "A: And the name?", "C: Ito.", "A: The street?"]
    assert len(card_of(WAITING, "A: Which order?", again, "A: Found it.").opportunities) == 1
    assert len(card_of(WAITING, *between, again, "A: Found it.").opportunities) == 2


def test_words_that_answer_something_later_make_nothing_late() -> None:
    card = card_of(
        WAITING,
        "A: Which order?",
        "C: Ninety one.",
        "A: And the name?",
        "C: Ito. And now I'm really worried about my deposit.",
        "A: I can see that you're worried. It's quite safe.",
    )
    assert states(card) == [("trigger.waiting", "MISSED"), ("trigger.distress", "ANSWERED")]


def test_a_badly_heard_reply_leaves_an_occasion_open() -> None:
    reply = "I'm so sorry about the long wait."
    clear = said(WAITING, f"A: {reply}", "C: Right.", "A: It comes on Friday.")
    garbled = turn(1, Role.AGENT, reply, clear.turns[1].start_s, confidence=0.1)
    nobodys = replace(clear.turns[1], role=Role.UNKNOWN)
    for doubtful in (garbled, nobodys):
        transcript = replace(clear, turns=(clear.turns[0], doubtful, *clear.turns[2:]))
        card, _ = scorer().score(transcript, [_rubric()])
        assert states(card) == [("trigger.waiting", "UNSURE")]
        assert values(card)["empathy.opportunities"] == "INSUFFICIENT_EVIDENCE"


def test_a_formula_that_is_part_of_more_is_not_listed_beside_it() -> None:
    card = card_of(WAITING, "A: I understand how annoying that is.")
    [occasion] = card.opportunities
    assert [words.rule_id for words in occasion.answers] == ["empathy.acknowledgement"]
