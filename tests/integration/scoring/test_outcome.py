"""Whole calls by their outcome: several issues, hand-overs and their reasons, doubts, broken-off calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.domain.scorecard import Answer, Outcome, Scorecard
from scoring.domain.transcript import Transcript
from tests.integration.scoring.asking import said, scorecard

CHECK = "{outcome_in: [resolved]}"
MORE = "A: Is there anything else I can help you with?"
BYE = ["C: No, that's all, thank you.", "A: Thank you for calling, goodbye."]


def card_of(*lines: str, transcript: Transcript | None = None) -> Scorecard:
    return scorecard(CHECK, transcript or said(*lines), "outcome")


def outcome(*lines: str) -> Outcome:
    return card_of(*lines).outcome


def results(*lines: str) -> list[str]:
    return [issue.result.value for issue in outcome(*lines).issues]


def last_quote(found: Outcome) -> str:
    return found.findings[-1].evidence[0].quote


def split(lines: str) -> list[str]:
    """Lines between slashes; MORE and BYE stand for what is said at the end."""
    return lines.replace("MORE", MORE).replace("BYE", " / ".join(BYE)).split(" / ")


def unsure(transcript: Transcript, index: int) -> Transcript:
    turns = list(transcript.turns)
    turns[index] = replace(
        turns[index], words=tuple(replace(word, confidence=0.1) for word in turns[index].words)
    )
    return replace(transcript, turns=tuple(turns))


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        ("RESOLVED", "C: My card is blocked. / A: I have unblocked it for you. / BYE"),
        (
            "RESOLVED",
            (
                "C: Can I have a seat at the window? / "
                "A: That one is taken, unfortunately there is no seat left there. / "
                "A: Shall I book you the one behind it? / C: Yes please. / A: It's booked. / BYE"
            ),
        ),
        (
            "RESOLVED",
            (
                "C: I need a table for six. / "
                "A: I'm sorry, but we have none left at seven. I could offer you a table at eight. / "
                "C: That would be perfect. / A: See you then, goodbye."
            ),
        ),
        (
            "RESOLVED",
            (
                "C: I'd like to book the seminar. / A: Shall I book that for you? / "
                "C: Actually, never mind, please cancel it. / A: That's all cancelled. / C: Thanks, bye."
            ),
        ),
        (
            "UNRESOLVED",
            (
                "C: I want to pay by cheque. / A: I'm sorry, but we don't accept cheques. / "
                "C: Oh, thanks anyway. / A: Goodbye."
            ),
        ),
        (
            "UNRESOLVED",
            (
                "C: I'd like a taxi to the station. / A: I have found a driver for you, should I book it? / "
                "C: You know what, I'll walk instead. / A: Alright, bye."
            ),
        ),
        (
            "UNRESOLVED",
            (
                "C: I'd like my balance. / A: I'm afraid I could not verify your identity. / "
                "C: Okay, thank you very much. / A: Goodbye."
            ),
        ),
        (
            "UNRESOLVED",
            "C: My line is noisy. / A: Let me have a look at that for you. / C: Hello? Are you still there?",
        ),
        ("UNDETERMINED", "C: I'd like a room on Sunday. / A: Shall I book one for you?"),
        ("FOLLOW_UP_PROMISED", "C: Where is my refund? / A: I'll call you back by Friday about it. / BYE"),
        (
            "ESCALATED",
            "C: I need my contract changed. / A: I'll put you through to the right team. / C: Thank you.",
        ),
    ],
)
def test_one_issue(result: str, lines: str) -> None:
    assert outcome(*split(lines)).result.value == result


@pytest.mark.parametrize(
    ("result", "issues", "lines"),
    [
        (
            "RESOLVED",
            ["RESOLVED", "RESOLVED"],
            (
                "C: My card is blocked. / A: I have unblocked it. / MORE / "
                "C: Yes, could you change my address? / A: I have updated your address. / BYE"
            ),
        ),
        (
            "PARTLY_RESOLVED",
            ["RESOLVED", "UNRESOLVED"],
            (
                "C: My card is blocked. / A: I have unblocked it. / "
                "C: And another thing, I want the fee back. / A: I'm afraid we can't refund that. / C: Okay."
            ),
        ),
        (
            "PARTLY_RESOLVED",
            ["UNRESOLVED", "RESOLVED"],
            (
                "C: I want the fee back. / A: I'm afraid we can't refund that. / MORE / "
                "C: Yes, I need a new card. / A: I have ordered one for you. / BYE"
            ),
        ),
        (
            "ESCALATED",
            ["RESOLVED", "ESCALATED"],
            (
                "C: My card is blocked. / A: I have unblocked it. / MORE / "
                "C: I have a question about my mortgage. / A: I'll transfer you to the mortgage team. / "
                "C: Thanks."
            ),
        ),
        (
            "FOLLOW_UP_PROMISED",
            ["FOLLOW_UP_PROMISED", "RESOLVED"],
            (
                "C: Where is my parcel? / A: I'll call you back by Friday. / MORE / "
                "C: Yes, could you change my address? / A: I have updated your address. / BYE"
            ),
        ),
        (
            "UNRESOLVED",
            ["UNRESOLVED", "ESCALATED"],
            (
                "C: I want the fee back. / A: I'm afraid we can't refund that. / MORE / "
                "C: Yes, I need help with my mortgage. / A: I'll transfer you to the mortgage team. / "
                "C: Thanks."
            ),
        ),
        # Another try at the same thing after a refusal is no other issue.
        (
            "RESOLVED",
            ["RESOLVED"],
            (
                "C: I want a room on Monday. / A: I'm sorry, but there are no rooms available. / MORE / "
                "C: I want a room on Tuesday then. / A: I have booked it for you. / BYE"
            ),
        ),
        # Nor is what a customer adds before anything is done.
        (
            "RESOLVED",
            ["RESOLVED"],
            (
                "C: I want a room. / A: For when? / C: Monday. I also need a cot. / "
                "A: I have booked a room with a cot. / BYE"
            ),
        ),
        ("RESOLVED", ["RESOLVED"], "C: I want a room. / A: I have booked one for you. / MORE / BYE"),
    ],
)
def test_several_issues_each_have_a_result(result: str, issues: list[str], lines: str) -> None:
    found = outcome(*split(lines))
    assert [issue.result.value for issue in found.issues] == issues
    assert found.result.value == result
    # Issues follow each other without a gap, up to the end.
    assert found.issues[-1].last_turn == len(split(lines)) - 1
    for before, after in zip(found.issues, found.issues[1:], strict=False):
        assert before.last_turn == after.first_turn - 1


def test_an_issue_cites_what_raises_and_what_decides_it() -> None:
    found = outcome(
        "C: My card is blocked.",
        "A: I have unblocked it.",
        MORE,
        "C: Yes, could you change my address?",
        "A: I have updated your address.",
    )
    quotes = [[one.evidence[0].quote for one in issue.findings] for issue in found.issues]
    assert quotes == [["My card is blocked.", "I have unblocked"], ["could you change", "I have updated"]]
    assert last_quote(found) == "I have updated"


def test_a_turn_may_settle_one_issue_and_raise_the_next() -> None:
    found = outcome(
        "C: I want a room on Monday.",
        "A: I'm sorry, but we have none left. I could offer you one on Tuesday.",
        "C: That sounds perfect. One more thing, can I bring my dog?",
        "A: That is not possible, I'm afraid.",
    )
    assert [issue.result.value for issue in found.issues] == ["RESOLVED", "UNRESOLVED"]
    assert [(issue.first_turn, issue.last_turn) for issue in found.issues] == [(0, 2), (2, 3)]


def test_what_makes_a_call_partly_resolved_decides_it() -> None:
    found = outcome(
        "C: I want the fee back.",
        "A: I'm afraid we can't refund that.",
        MORE,
        "C: Yes, I need a new card.",
        "A: I have ordered one for you.",
        *BYE,
    )
    assert last_quote(found) == "I'm afraid we can't"


@pytest.mark.parametrize(
    ("reason", "lines"),
    [
        (
            "CUSTOMER_ASKED",
            (
                "C: This is useless. I want to speak to your manager. / "
                "A: I'll put you through to her, only she can approve it. / C: Good."
            ),
        ),
        (
            "BEYOND_AUTHORITY",
            (
                "C: I want the whole fee back. / "
                "A: I'm not authorised to refund that much, so I'll transfer you to my supervisor. / C: Fine."
            ),
        ),
        (
            "EXPERTISE",
            (
                "C: The router blinks red. / "
                "A: Our engineers have the tools to test the line. I'll put you through to them. / C: Okay."
            ),
        ),
        (
            "OTHER_DEPARTMENT",
            (
                "C: I have a question about my mortgage. / "
                "A: That's handled by another department, I'll transfer you. / C: Okay."
            ),
        ),
        (
            "COMPLAINT",
            (
                "C: Your colleague hung up on me. / A: I'm sorry. I'll pass you on to my team leader. / "
                "C: Please do."
            ),
        ),
        (None, "C: I have a question about the form. / A: I'll transfer you now. / C: Okay."),
    ],
)
def test_why_a_call_is_handed_over(reason: str | None, lines: str) -> None:
    found = outcome(*split(lines))
    assert found.result.value == "ESCALATED"
    assert found.escalation_reason == reason
    assert found.issues[0].escalation_reason == reason


REFUSED = [
    "C: Please cancel my order.",
    "A: I have cancelled it.",
    "A: I'm afraid we can't refund it.",
    "C: Hm.",
]


def answer(transcript: Transcript) -> Answer:
    [one] = card_of(transcript=transcript).answers
    return one


def test_words_heard_badly_that_would_change_the_result_leave_it_open() -> None:
    card = card_of(transcript=unsure(said(*REFUSED), 2))
    assert card.outcome.result.value == "UNDETERMINED"
    assert [one.evidence[0].quote for one in card.outcome.findings] == ["I'm afraid we can't"]
    assert "below 0.25" in card.answers[0].explanation
    assert card.answers[0].value.value == "INSUFFICIENT_EVIDENCE"


def test_words_heard_badly_that_change_nothing_are_passed_over() -> None:
    confirmed = said(*REFUSED[:3], "C: Oh no wait, the money is here. You have solved my problem.")
    assert card_of(transcript=unsure(confirmed, 2)).outcome.result.value == "RESOLVED"


def test_words_of_an_unknown_voice_that_would_change_the_result_leave_it_open() -> None:
    card = card_of(*REFUSED[:2], "?: I'm afraid we can't refund it.", "C: Hm.")
    assert card.outcome.result.value == "UNDETERMINED"
    assert "isn't known who" in card.answers[0].explanation


def test_a_call_that_breaks_off_says_so() -> None:
    lines = ("C: My router has no light.", "A: Let me look at that, one moment.")
    answered = answer(said(*lines))
    assert answered.value.value == "INSUFFICIENT_EVIDENCE"
    assert "breaks off at 0:" in answered.explanation
    assert all(one.searched is not None for one in answered.findings)
    ended = answer(said(*lines, "C: Bye."))
    assert "breaks off" not in ended.explanation


def test_a_call_without_words_of_the_customer_has_one_issue() -> None:
    assert results("A: I have cancelled your order. Goodbye.") == ["RESOLVED"]


def test_a_call_without_a_word_has_one_open_issue() -> None:
    empty = Transcript(name="", sha256="0" * 64, language="en", duration_s=3.0, turns=())
    card = card_of(transcript=empty)
    assert card.outcome.result.value == "UNDETERMINED"
