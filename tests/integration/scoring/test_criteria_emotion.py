"""De-escalation: an upset customer's words are calmer after the agent's answer, or they aren't."""

from __future__ import annotations

import pytest

from scoring.domain.finding import Kind
from tests.integration.scoring.asking import asked, said

CHECK = "{deescalated: {}}"


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (
            "PASS",
            [
                "C: I'm furious, you've charged me for a cancelled lesson.",
                "A: I'm so sorry, I have refunded it just now.",
                "C: Okay, thank you, that's very kind.",
            ],
        ),
        (
            "PASS",
            [
                "C: This is ridiculous, I've been on hold for an hour.",
                "A: I apologise for the wait. How can I put it right?",
                "C: I would like to move my delivery to Monday.",
                "A: Monday it is.",
                "C: Perfect.",
            ],
        ),
        (
            "PASS",
            [
                "C: Ugh, it's broken again, what a nightmare.",
                "A: That must be a pain. A new one goes out today.",
                "C: Oh, lovely.",
            ],
        ),
        (
            "PASS",
            [
                "C: I'm so worried that my pension is gone.",
                "A: I can see all of it here, it's quite safe.",
                "C: What a relief!",
            ],
        ),
        (
            "PASS",
            [
                "C: I am really disappointed with the room.",
                "A: I understand. I have a bigger one with a balcony for you.",
                "C: We'll take that one, on the second floor then.",
            ],
        ),
        (
            "PASS",
            [
                "C: You people are useless.",
                "A: I'm sorry that it went wrong.",
                "C: It is unacceptable.",
                "A: I have sent the engineer, he comes at three today.",
                "C: Right, thanks for that.",
                "A: Goodbye.",
                "C: Bye.",
            ],
        ),
        (
            "FAIL",
            [
                "C: I'm furious about this invoice.",
                "A: That is our policy.",
                "C: What is wrong with you people?",
            ],
        ),
        (
            "FAIL",
            ["C: Can you hurry up, I don't have all day.", "A: One moment.", "C: This is ridiculous."],
        ),
        (
            "FAIL",
            [
                "C: It's so annoying, my order never came.",
                "A: You have to ask the courier.",
                "C: Thanks for nothing.",
            ],
        ),
        (
            "FAIL",
            [
                "C: I'm scared that somebody has emptied my account.",
                "A: I can't see that from here.",
                "C: I am really worried now, please help me.",
            ],
        ),
        (
            "FAIL",
            [
                "C: I've had enough of this company.",
                "A: I'm sorry to hear it.",
                "C: The lady before you was nice.",
                "A: Is there anything else?",
                "C: Just forget it, I'm going to report you.",
            ],
        ),
        ("NOT_APPLICABLE", ["C: I'd like to book a table for six.", "A: Of course.", "C: Thank you."]),
        ("NOT_APPLICABLE", ["C: I don't understand this letter.", "A: It's a reminder.", "C: I see."]),
        ("NOT_APPLICABLE", ["C: I'm not angry, I only have a question.", "A: Go on.", "C: When is it due?"]),
        ("NOT_APPLICABLE", ["C: The lamp doesn't work.", "A: I'll send a new one.", "C: Great."]),
        ("NOT_APPLICABLE", ["C: Hello.", "A: This is ridiculous, I'm furious.", "C: Pardon?"]),
        ("INSUFFICIENT_EVIDENCE", ["C: I'm furious about this invoice.", "A: I'm very sorry."]),
        ("INSUFFICIENT_EVIDENCE", ["C: This is ridiculous.", "A: I am sorry.", "C: Bye."]),
        ("INSUFFICIENT_EVIDENCE", ["A: Hello.", "C: You're useless. Goodbye."]),
        ("INSUFFICIENT_EVIDENCE", ["C: Hello.", "?: This is ridiculous.", "A: I am sorry.", "C: Bye."]),
        ("INSUFFICIENT_EVIDENCE", ["C: I'm furious.", "A: Sorry.", "C: All right, thanks.", "?: Well."]),
        ("INSUFFICIENT_EVIDENCE", ["A: Hello, is anybody on the line?"]),
    ],
)
def test_the_customer_is_calmer_at_the_end(value: str, lines: list[str]) -> None:
    answer = asked(CHECK, said(*lines), "emotion")
    assert answer.value.value == value, answer.explanation


def test_both_ends_are_shown_with_their_figures() -> None:
    lines = ["C: Yes?", "A: Hi.", "C: I'm furious.", "A: It's refunded.", "C: Oh, wonderful."]
    answer = asked(CHECK, said(*lines), "emotion")
    upset, after = (
        next(one for one in answer.findings if one.rule_id == rule_id)
        for rule_id in ("emotion.upset", "emotion.afterwards")
    )
    assert (upset.evidence[0].turn, after.evidence[0].turn) == (2, 4)
    assert upset.measure is not None
    assert after.measure is not None
    assert upset.measure.value < 0 < after.measure.value
    assert after.answers_to == (upset,)
    assert {"emotion.anger", "emotion.joy"} <= {one.rule_id for one in answer.findings}


def test_nobody_upset_is_proven_by_what_was_searched() -> None:
    answer = asked(CHECK, said("C: Hello.", "A: Hello.", "C: One ticket."), "emotion")
    [proof] = answer.findings
    assert proof.kind is Kind.EMOTION
    assert proof.searched is not None
    assert proof.searched.turn_count == 2


def test_the_rubric_says_what_counts_as_upset() -> None:
    lines = ["C: Unfortunately it's too bad.", "A: I'm sorry.", "C: It's annoying."]
    assert asked("{deescalated: {upset: -0.95}}", said(*lines), "emotion").value.value == "NOT_APPLICABLE"
    assert asked("{deescalated: {upset: -0.4}}", said(*lines), "emotion").value.value == "FAIL"
