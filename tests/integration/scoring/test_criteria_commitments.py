"""Commitments: who does what by when, and whether each has somebody to keep it and a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scoring.domain.context import CallContext
from scoring.domain.scorecard import Commitment
from tests.integration.scoring.asking import asked, said, scorecard

DATED = "{commitments_dated: {}}"
# A Wednesday.
CONTEXT = CallContext(start=datetime(2026, 3, 4, 10, 0, tzinfo=UTC))


def commitments(*lines: str, context: CallContext = CONTEXT) -> tuple[Commitment, ...]:
    return scorecard(DATED, said(*lines), "commitments", context=context).commitments


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", ["C: When will I know?", "A: I'll call you back by Friday afternoon."]),
        ("PASS", ["C: And the money?", "A: The refund will be in your account within three working days."]),
        ("PASS", ["C: What happens now?", "A: My manager will ring you tomorrow morning."]),
        ("PASS", ["C: Okay.", "A: I'll get back to you. That'll be before the end of the week."]),
        ("PASS", ["C: Okay.", "A: I will chase the courier.", "C: When?", "A: First thing tomorrow."]),
        ("PASS", ["C: Friday at ten would suit me.", "A: Great, I'll call you then."]),
        ("PASS", ["A: I'll call you back.", "C: Good.", "A: So to recap, I'll call you on Monday at nine."]),
        ("PASS", ["C: So?", "A: You'll hear from us in the next 48 hours."]),
        ("FAIL", ["C: When will I know?", "A: I'll call you back as soon as I can."]),
        ("FAIL", ["C: And the money?", "A: It will be refunded to your card."]),
        ("FAIL", ["C: It is still broken.", "A: Somebody will be in touch about it."]),
        ("FAIL", ["C: I want to complain.", "A: Your complaint will be dealt with by Friday."]),
        ("FAIL", ["A: I'll ring you on Friday.", "C: And the card?", "A: I'll send you a new card."]),
        ("FAIL", ["C: What now?", "A: I'll get an engineer to visit you at some point."]),
        ("NOT_APPLICABLE", ["C: Go on.", "A: I'll need your number, and I'll ask you two questions."]),
        ("NOT_APPLICABLE", ["C: Can you help?", "A: I'll be happy to help you with that."]),
        ("NOT_APPLICABLE", ["C: Is it paid?", "A: Let me check that now. I'll just have a look."]),
        ("NOT_APPLICABLE", ["C: Hello?", "A: I'll put you through to the billing team now."]),
        ("NOT_APPLICABLE", ["C: And if not?", "A: If it happens again, I'll call you back."]),
        ("NOT_APPLICABLE", ["C: So?", "A: I'm sending it right away. I'll order a replacement for you now."]),
        ("NOT_APPLICABLE", ["C: I'll call you back tomorrow.", "A: Of course, no problem."]),
        ("NOT_APPLICABLE", ["C: You said you would call me.", "A: I see, nobody called you back on Monday."]),
        ("INSUFFICIENT_EVIDENCE", ["C: When will I know?", "?: I'll call you back.", "A: Yes."]),
    ],
)  # fmt: skip
def test_what_is_promised_has_somebody_and_a_time(value: str, lines: list[str]) -> None:
    answer = asked(DATED, said(*lines), "commitments")
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("line", "owner", "due_text", "day"),
    [
        ("A: I'll call you back by Friday.", "AGENT", "by Friday", "03-06"),
        ("A: By Friday I will call you.", "AGENT", "By Friday", "03-06"),
        ("A: We'll send it out within three working days.", "COMPANY", "within three working days", "03-09"),
        (
            "A: The engineer will come between nine and twelve on Monday.",
            "COMPANY",
            "between nine and twelve on Monday",
            "03-09",
        ),
        ("A: You'll receive the card in five to seven days.", "COMPANY", "in five to seven days", "03-11"),
        ("A: I'll let you know by the end of the month.", "AGENT", "by the end of the month", "03-31"),
        ("A: It will be looked into next week.", None, "next week", "03-15"),
        ("C: I'll send you the documents tomorrow.", "CUSTOMER", "tomorrow", "03-05"),
        ("C: I'll think about it.", "CUSTOMER", "", ""),
        ("C: I'll try that tonight.", "CUSTOMER", "tonight", "03-04"),
        ("A: It'll be ready at the desk on Monday.", "COMPANY", "on Monday", "03-09"),
        ("A: She'll ring you between ten and twelve.", "COMPANY", "between ten and twelve", "03-04"),
        ("A: I'll text you once the part is in.", "AGENT", "once the part is in", ""),
    ],
)
def test_a_commitment_has_owner_and_date(line: str, owner: str | None, due_text: str, day: str) -> None:
    [made] = commitments("A: Good morning, how can I help you?", line)
    assert (made.owner.value if made.owner else None, made.due_text) == (owner, due_text)
    assert made.due_date == (date.fromisoformat(f"2026-{day}") if day else None)


def test_what_is_promised_is_in_the_speakers_words() -> None:
    first, second = commitments("A: I'll chase the courier today, and I'll ring you tomorrow. Is that all?")
    assert (first.what, first.due_text) == ("I'll chase the courier today", "today")
    assert (second.what, second.due_text) == ("I'll ring you tomorrow", "tomorrow")


def test_without_a_start_there_is_a_time_but_no_date() -> None:
    [made] = commitments("A: I'll ring you tomorrow.", context=CallContext())
    assert (made.due_text, made.due_date) == ("tomorrow", None)


def test_a_late_hour_counts_from_when_it_is_said() -> None:
    late = CallContext(start=datetime(2026, 3, 4, 23, 59, 30, tzinfo=UTC))
    [made] = commitments("C[40]: Well?", "A: I'll ring you in an hour.", context=late)
    assert made.due_date == date(2026, 3, 5)


def test_words_without_punctuation_are_read_as_well() -> None:
    made = commitments("A: okay so i'll call you back on thursday and somebody will email you")
    assert [(one.owner and one.owner.value, one.due_text) for one in made] == [
        ("AGENT", "on thursday"),
        ("COMPANY", ""),
    ]
