"""The criteria of the section `resolution`, each on calls where it is right to speak and to stay silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.scoring.asking import asked, said

if TYPE_CHECKING:
    from scoring.domain.transcript import Transcript

HANDLED = "{outcome_in: [resolved, escalated, follow_up_promised]}"
EVERY = "{every_issue_in: [resolved, escalated, follow_up_promised]}"
EXPLAINED = "{escalation_explained: {within_agent_turns: 2}}"
MORE = "A: Is there anything else I can do for you?"
BYE = "C: No, that's everything, thank you."


def call(lines: str) -> Transcript:
    """Lines between slashes; MORE and BYE stand for the further-help question and the answer to it."""
    return said(*lines.replace("MORE", MORE).replace("BYE", BYE).split(" / "))


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", "C: My bin wasn't emptied. / A: I've booked a new collection for you. / BYE"),
        (
            "PASS",
            "C: I can't log in. / A: I've reset your password. Does it work? / C: Yes, it's working now.",
        ),
        ("PASS", "C: I need the deeds of the house. / A: I'll put you through to our archive. / C: Thanks."),
        ("PASS", "C: When is the part coming? / A: I'll ring you back on Monday when I know. / BYE"),
        (
            "PASS",
            (
                "C: Is there a seat on the early train? / "
                "A: I'm sorry, but that one is fully booked. I could book you on the next one. / "
                "C: That works for me. / A: It's booked."
            ),
        ),
        (
            "FAIL",
            "C: I want a refund. / A: Unfortunately we can't refund sale items. / C: Right. / A: Goodbye.",
        ),
        (
            "FAIL",
            (
                "C: The lift is stuck again. / A: I have reset it from here. / C: It is still not working. / "
                "A: Hm, goodbye."
            ),
        ),
        (
            "FAIL",
            "C: I want to book the hall. / A: Which day? / C: This is taking too long, forget it. / A: Bye.",
        ),
        ("FAIL", "C: Can I pay in three parts? / A: We don't offer that. / C: Thanks anyway."),
        (
            "FAIL",
            (
                "C: My card is blocked. / A: I have unblocked it. / MORE / C: Yes, I want the fee back. / "
                "A: I'm afraid we can't do that. / C: Okay."
            ),
        ),
        (
            "INSUFFICIENT_EVIDENCE",
            "C: I have a question about my bill. / A: What is your postcode? / C: It is nine A Q.",
        ),
        (
            "INSUFFICIENT_EVIDENCE",
            "C: I want a refund. / ?: Unfortunately we can't refund sale items. / C: Right.",
        ),
    ],
)
def test_handled(value: str, lines: str) -> None:
    answer = asked(HANDLED, call(lines), "outcome")
    assert answer.value.value == value, answer.explanation
    assert answer.findings


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (
            "PASS",
            (
                "C: I've moved house. / A: I've updated your address. / MORE / C: Yes, I need a new bin. / "
                "A: I've ordered one for you. / BYE"
            ),
        ),
        (
            "PASS",
            (
                "C: I need a receipt. / A: I've sent it to you by email. / "
                "C: One more thing, my name is spelled wrong. / A: I've corrected that. / BYE"
            ),
        ),
        (
            "PASS",
            (
                "C: Cancel my lesson, please. / A: That's cancelled. / C: Also, can you move the next one? / "
                "A: I've moved it to Tuesday. / BYE"
            ),
        ),
        (
            "PASS",
            (
                "C: I need a statement. / A: I've sent it out to you. / MORE / "
                "C: I have a question about my pension. / A: I'll transfer you to the pensions team. / "
                "C: Thanks."
            ),
        ),
        (
            "PASS",
            (
                "C: My tap drips. / A: A plumber will call you today. / MORE / "
                "C: Yes, I want to pay my rent. / A: Your payment has been processed. / BYE"
            ),
        ),
        (
            "FAIL",
            (
                "C: I've moved house. / A: I've updated your address. / MORE / C: Yes, I need a new bin. / "
                "A: I'm afraid there are no bins left. / C: Oh."
            ),
        ),
        (
            "FAIL",
            (
                "C: I want my fee back. / A: I'm sorry, but we can't refund it. / "
                "C: And another thing, I need a new card. / A: I've ordered one for you. / BYE"
            ),
        ),
        (
            "FAIL",
            (
                "C: I need a receipt. / A: I've sent it to you by email. / MORE / "
                "C: Can I have it in French? / A: Unfortunately that's not possible. / C: Okay."
            ),
        ),
        (
            "FAIL",
            (
                "C: Cancel my lesson, please. / A: That's cancelled. / MORE / "
                "C: I want to book the pool. / A: Unfortunately it is not available. / C: Never mind."
            ),
        ),
        (
            "FAIL",
            (
                "C: My tap drips. / A: I'm sorry, we don't do that. / MORE / "
                "C: Yes, my other question is about the key. / A: We could not find it, I'm afraid. / "
                "C: Okay."
            ),
        ),
        ("NOT_APPLICABLE", "C: I've moved house. / A: I've updated your address. / BYE"),
        (
            "NOT_APPLICABLE",
            "C: I want my fee back. / A: I'm sorry, but we can't refund it. / MORE / C: No.",
        ),
        (
            "NOT_APPLICABLE",
            "C: I need a cot and also a chair. / A: I've ordered both for you. / MORE / BYE",
        ),
        (
            "NOT_APPLICABLE",
            (
                "C: A table at seven? / A: There are none left. / C: I want one at eight then. / "
                "A: That's booked. / BYE"
            ),
        ),
        ("NOT_APPLICABLE", "A: Hello, how can I help? / C: Sorry, I dialled the wrong number."),
        (
            "INSUFFICIENT_EVIDENCE",
            (
                "C: I've moved house. / A: I've updated your address. / MORE / C: I need a new bin. / "
                "A: For which house?"
            ),
        ),
    ],
)
def test_every_issue(value: str, lines: str) -> None:
    answer = asked(EVERY, call(lines), "outcome")
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (
            "PASS",
            (
                "C: I want the whole year back. / "
                "A: Only my manager can approve that, I'll put you through. / C: Fine."
            ),
        ),
        (
            "PASS",
            (
                "C: The picture freezes. / "
                "A: Our technicians can see more than I can. I'm transferring you. / C: Okay."
            ),
        ),
        (
            "PASS",
            (
                "C: It's about my mortgage. / A: The mortgage team deals with that. I'll connect you. / "
                "C: Thanks."
            ),
        ),
        (
            "PASS",
            (
                "C: I can't find the invoice. / A: That is handled by another office. / C: Oh? / "
                "A: Yes, I'll transfer you now."
            ),
        ),
        (
            "PASS",
            (
                "C: Can you waive it? / A: I have escalated this. / C: Why? / "
                "A: I don't have the authority to waive it."
            ),
        ),
        ("FAIL", "C: I want the whole year back. / A: I'll put you through. / C: Fine."),
        (
            "FAIL",
            "C: The picture freezes. / A: Hold on, I'm transferring you. / C: Where to? / A: You'll see.",
        ),
        ("FAIL", "C: It's about my mortgage. / A: I'll connect you to somebody. / C: Thanks."),
        (
            "FAIL",
            (
                "C: I can't find the invoice. / A: I've escalated this to my supervisor. / C: Alright. / "
                "A: Goodbye."
            ),
        ),
        ("FAIL", "C: It was late again. / A: I will pass you on now. / C: Okay, thank you."),
        ("NOT_APPLICABLE", "C: I want to speak to your manager. / A: I'll put you through. / C: Good."),
        ("NOT_APPLICABLE", "C: It's about my mortgage. / A: I've changed it for you. / C: Great, thanks."),
        ("NOT_APPLICABLE", "C: I want the whole year back. / A: I'm afraid we can't refund that. / C: Fine."),
        ("NOT_APPLICABLE", "C: Where is it? / A: I'll call you back by noon. / C: Okay."),
        ("NOT_APPLICABLE", "C: Where is it? / A: If you like, I can transfer you. / C: No, I'll wait."),
        (
            "INSUFFICIENT_EVIDENCE",
            "C: It's about my mortgage. / A: I'll connect you. / ?: The mortgage team deals with that.",
        ),
    ],
)
def test_escalation_explained(value: str, lines: str) -> None:
    answer = asked(EXPLAINED, call(lines), "outcome")
    assert answer.value.value == value, answer.explanation
