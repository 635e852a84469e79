"""What the call makes the customer do: hand-overs, errands, details given twice."""

from __future__ import annotations

import pytest

from tests.integration.scoring.asking import asked, said

EFFORT = (
    "{customer_effort: {signs: effort.sent_elsewhere, max_events: 2,"
    " details: [detail.name, detail.birth, detail.address, detail.number, detail.contact]}}"
)
PACKS = "effort, emotion, outcome"

NAME = ["A: Can I take your full name?", "C: It is Ada Miller."]
NUMBER = ["A: What is your account number?", "C: It is five five one two."]
BIRTH = ["A: And your date of birth?", "C: The third of May."]
TRANSFER = ["A: I'll transfer you to the billing team.", "C: All right then."]
FORM = ["A: You'll have to fill in a form on our website.", "C: Oh, another form."]
CALL = ["A: Please call back tomorrow about the refund.", "C: I see, tomorrow."]
CHAT = ["A: I see that the bill is wrong.", "C: Yes, it is wrong."]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", [*CHAT, *CHAT]),
        ("PASS", [*NAME, *NUMBER, *BIRTH, *CHAT]),
        ("PASS", [*NAME, *TRANSFER, *CHAT]),
        ("PASS", [*TRANSFER, *FORM]),
        ("PASS", [*NAME, *CHAT, *NUMBER, *NAME, *CHAT]),
        ("PASS", [*NAME, "A: Sorry, your full name again?", "C: Ada Miller.", *FORM, *CALL]),
        ("PASS", [*FORM[:1], "A: As I said, you'll have to fill in a form.", "C: Yes, yes.", *CHAT]),
        ("FAIL", [*TRANSFER, *FORM, *CALL]),
        ("FAIL", [*NAME, *NUMBER, *BIRTH, *NAME, *NUMBER, *BIRTH]),
        ("FAIL", [*NUMBER, *TRANSFER, *NAME, *NUMBER, *FORM]),
        ("FAIL", [*FORM, *CHAT, *CALL, *CHAT, *FORM]),
        ("FAIL", [*TRANSFER, *NAME, *NUMBER, *BIRTH, *CHAT, *TRANSFER, *NAME]),
        ("INSUFFICIENT_EVIDENCE", ["C: Hello, is anybody there?", "C: I have a question."]),
    ],
)
def test_the_call_costs_the_customer_little(value: str, lines: list[str]) -> None:
    answer = asked(EFFORT, said(*lines), PACKS)
    assert answer.value.value == value, answer.explanation


def test_what_is_asked_again_quotes_both_questions() -> None:
    answer = asked(EFFORT, said(*NAME, *CHAT, *NUMBER, *NAME), PACKS)
    [again] = [finding for finding in answer.findings if finding.rule_id == "detail.name"]
    assert again.kind.value == "EFFORT"
    assert [words.turn for words in again.evidence] == [6, 0]
