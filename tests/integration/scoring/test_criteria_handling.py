"""Holds: announced, explained, ended with thanks. Times and music are made by hand."""

from __future__ import annotations

import pytest

from tests.integration.scoring.asking import asked, said
from tests.unit.scoring.measured import measured

ANNOUNCED = "{hold_announced: {by: [handling.hold_announcement, handling.customer_pause], silence_s: 10}}"
EXPLAINED = (
    "{hold_explained: {by: handling.hold_reason, announced_by: handling.hold_announcement, silence_s: 10}}"
)
THANKED = (
    "{hold_thanked: {by: handling.hold_thanks, announced_by: handling.hold_announcement, silence_s: 20}}"
)

HELLO = ["A: Good morning, how can I help you?", "C: My bill is wrong."]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", ["A: Can I put you on hold for a moment?", "C: Sure.", "A[40]: I found it."]),
        ("PASS", ["A: One moment, please.", "A[15]: It was read twice."]),
        ("PASS", ["C: Let me find the letter.", "C[20]: Here it is.", "A: Thank you."]),
        ("PASS", ["A: Please bear with me.", "C[12]: Are you there?", "A[12]: Yes, I have it now."]),
        ("PASS", ["A: I need to check that with the meter team.", "C: Okay.", "A[90]: They agree."]),
        ("FAIL", ["A: I see.", "A[15]: It was read twice."]),
        ("FAIL", ["A: It is a big bill.", "C: Yes.", "C[20]: Hello?", "A: I am here."]),
        (
            "FAIL",
            ["A: One moment, please.", "A[12]: I have it. " + "It is a long story. " * 4, "C[14]: And?"],
        ),
        ("FAIL", ["A: Thank you for holding.", "C: Fine.", "A[11]: It was read twice."]),
        ("FAIL", ["C: Is it right?", "A[30]: No, it is not."]),
        ("NOT_APPLICABLE", ["A: One moment, please.", "A[5]: It was read twice."]),
        ("NOT_APPLICABLE", ["A: I see, it was read twice."]),
        ("INSUFFICIENT_EVIDENCE", ["?: One moment, please.", "A[15]: It was read twice."]),
    ],
)
def test_a_hold_is_announced(value: str, lines: list[str]) -> None:
    answer = asked(ANNOUNCED, said(*HELLO, *lines), "call-script")
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("value", "announcement", "kind", "length_s"),
    [
        ("PASS", "Can I put you on hold?", "MUSIC", 30.0),
        ("PASS", "One moment, please.", "RINGBACK", 5.0),
        ("PASS", "Please hold the line.", "SILENCE", 10.0),
        ("FAIL", "I see what you mean.", "MUSIC", 5.0),
        ("FAIL", "I see what you mean.", "MUSIC", 40.0),
        ("FAIL", "I see what you mean.", "SILENCE", 11.0),
        ("NOT_APPLICABLE", "I see what you mean.", "SILENCE", 9.0),
        ("INSUFFICIENT_EVIDENCE", "I see what you mean.", "NOISE", 12.0),
    ],
)
def test_a_hold_of_the_telephone_system_is_one(
    value: str, announcement: str, kind: str, length_s: float
) -> None:
    call = said(*HELLO, f"A: {announcement}", f"A[{length_s}]: It was read twice.")
    before, after = call.turns[2:]
    answer = asked(ANNOUNCED, measured(call, quiet=[(kind, before.end_s, after.start_s)]), "call-script")
    assert answer.value.value == value, answer.explanation


def test_music_between_two_silences_is_one_hold() -> None:
    call = said(*HELLO, "A: One moment, please.", "A[20]: It was read twice.")
    start_s = call.turns[2].end_s
    pieces = [
        ("SILENCE", start_s, start_s + 4),
        ("MUSIC", start_s + 4, start_s + 16),
        ("SILENCE", start_s + 16, start_s + 20),
    ]
    answer = asked(ANNOUNCED, measured(call, quiet=pieces), "call-script")
    [hold] = [finding for finding in answer.findings if finding.kind.value == "HOLD"]
    assert (hold.measure and hold.measure.value) == 20.0
    assert [words.quote for words in hold.evidence] == ["please.", "It"]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", ["A: Can I put you on hold while I ask my supervisor?", "C: Sure.", "A[40]: Done."]),
        ("PASS", ["A: One moment, I'll just pull up your account.", "A[15]: It was read twice."]),
        ("PASS", ["A: Bear with me, the system is very slow today.", "A[20]: Here it is."]),
        ("PASS", ["A: I need to check that with the meter team.", "C: Okay.", "A[90]: They agree."]),
        ("PASS", ["A: I want to look at both readings.", "C: Okay.", "A: One second.", "A[12]: Right."]),
        ("FAIL", ["A: Can I put you on hold?", "C: Sure.", "A[40]: It was read twice."]),
        ("FAIL", ["A: One moment, please.", "A[15]: It was read twice."]),
        ("FAIL", ["A: Please hold the line.", "C: Okay.", "A[60]: Hello again."]),
        ("FAIL", ["A: Bear with me.", "A[11]: It was read twice."]),
        ("FAIL", ["A: Just a second.", "C: Yes.", "A[30]: So, I have it."]),
        ("NOT_APPLICABLE", ["A: I see.", "A[15]: It was read twice."]),
        ("NOT_APPLICABLE", ["C: Let me find the letter.", "C[20]: Here it is.", "A: Thank you."]),
        ("NOT_APPLICABLE", ["A: One moment, please.", "A[4]: It was read twice."]),
    ],
)
def test_an_announced_hold_is_explained(value: str, lines: list[str]) -> None:
    answer = asked(EXPLAINED, said(*HELLO, *lines), "call-script")
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", ["A: Can I put you on hold?", "C: Sure.", "A[40]: Thank you for holding."]),
        ("PASS", ["A: One moment, please.", "A[25]: Sorry to keep you waiting, it was read twice."]),
        ("PASS", ["A: Bear with me.", "C: Okay.", "A[30]: Hello? I appreciate your patience."]),
        ("PASS", ["A: Please hold the line.", "C: Yes.", "C[30]: Hello?", "A: Thanks for waiting."]),
        ("PASS", ["A: I need to check that.", "C: Okay.", "A[90]: Thanks so much for your patience."]),
        ("FAIL", ["A: Can I put you on hold?", "C: Sure.", "A[40]: It was read twice."]),
        ("FAIL", ["A: One moment, please.", "A[25]: So, the first reading is wrong."]),
        ("FAIL", ["A: Thanks for waiting. Bear with me.", "C: Okay.", "A[30]: Here it is."]),
        ("FAIL", ["A: One moment.", "A[30]: I see.", "C: And?", "A: By the way, thanks for waiting."]),
        ("FAIL", ["A: Please hold the line.", "C: Yes.", "A[60]: Thank you for calling, it is done."]),
        ("NOT_APPLICABLE", ["A: One moment, please.", "A[12]: It was read twice."]),
        ("NOT_APPLICABLE", ["C: Let me find the letter.", "C[30]: Here it is.", "A: Good."]),
        ("NOT_APPLICABLE", ["A: I see.", "C: Yes."]),
    ],
)  # fmt: skip
def test_whoever_was_put_on_hold_is_thanked(value: str, lines: list[str]) -> None:
    answer = asked(THANKED, said(*HELLO, *lines), "call-script")
    assert answer.value.value == value, answer.explanation


def test_much_unheard_speech_may_fill_a_hold() -> None:
    alone = said("A: One moment, please.", "A[30]: It was read twice.")
    assert asked(ANNOUNCED, alone, "call-script").value.value == "INSUFFICIENT_EVIDENCE"


RECOVERY = (
    "{in_sequence: {opened_by: [trigger.repeated_contact, trigger.waiting], steps: {"
    "acknowledge: [empathy.acknowledgement, empathy.validation, empathy.reflection],"
    " apologise: empathy.apology,"
    " fix: [outcome.fix_offered, outcome.action_done, outcome.follow_up, ownership.taken, empathy.ownership],"
    " follow up: [outcome.follow_up, commitments.agent_contact, script.further_help]}}}"
)
FAILED_US = "C: This is the third time I have to call about the same bill."
SEEN = "A: I understand how frustrating that is for you."
SORRY = "A: I'm very sorry about that."
FIXED = "A: I have corrected the bill just now."
AFTER = "A: I'll call you back on Friday to see that it is right."
MHM = "C: Mhm, all right."


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", [FAILED_US, SEEN, MHM, SORRY, MHM, FIXED, MHM, AFTER]),
        ("PASS", [FAILED_US, f"{SORRY} {SEEN[3:]}", MHM, FIXED, MHM, AFTER]),
        ("PASS", [FAILED_US, f"{SEEN} {SORRY[3:]} {FIXED[3:]} {AFTER[3:]}"]),
        ("PASS", ["C: I have been waiting for weeks for this bill.", SEEN, SORRY, MHM, FIXED, AFTER]),
        ("PASS", [FAILED_US, SEEN, SORRY, FIXED, MHM, "A: Is there anything else I can help you with?"]),
        ("FAIL", [FAILED_US, FIXED, MHM, AFTER]),
        ("FAIL", [FAILED_US, SORRY, MHM, FIXED, MHM, AFTER]),
        ("FAIL", [FAILED_US, SEEN, MHM, SORRY, MHM, "A: The bill is from May.", MHM]),
        ("FAIL", [FAILED_US, FIXED, MHM, SEEN, MHM, SORRY, MHM, "A: Is there anything else I can do?"]),
        ("FAIL", [FAILED_US, SEEN, MHM, FIXED, MHM, AFTER]),
        ("NOT_APPLICABLE", ["C: I would like to pay my bill.", "A: Of course.", MHM, FIXED]),
        ("NOT_APPLICABLE", ["C: Can you tell me your opening times?", "A: From nine to five.", MHM]),
    ],
)
def test_a_service_failure_is_made_good_step_by_step(value: str, lines: list[str]) -> None:
    answer = asked(RECOVERY, said(HELLO[0], *lines), "call-script, empathy, outcome, service, commitments")
    assert answer.value.value == value, answer.explanation
