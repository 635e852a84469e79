"""The conversation itself: waiting, interrupting, talking, pace, names. Measurements are made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.scoring.asking import asked, said
from tests.unit.scoring.measured import measured

if TYPE_CHECKING:
    from scoring.domain.scorecard import Answer

LATENCY = "{response_latency: {max_s: 4, max_slow_share: 0.2}}"
DEAD_AIR = (
    "{dead_air: {silence_s: 5, max_share: 0.1,"
    " announced_by: [handling.hold_announcement, handling.customer_pause]}}"
)
INTERRUPTIONS = "{interruptions: {max_per_10_min: 4}}"
TALK_SHARE = "{talk_share: {min_share: 0.2, max_share: 0.8}}"
SPEECH_RATE = "{speech_rate: {min_wpm: 110, max_wpm: 260}}"
NAMED = "{named: {min: 1, max_per_10_min: 8}}"

# Agent's turns: 0, 2, 4, 6, 8, 10.
TALK = [
    "A: Good morning, how can I help you?",
    "C: My new lamp flickers when I turn it on, and I would like another one.",
    "A: I see. Which lamp did you buy?",
    "C: The tall one with the round foot.",
    "A: And when did you buy it?",
    "C: About three weeks ago, in your shop.",
    "A: Fine, we can swap it for you.",
    "C: Can I bring it in?",
    "A: Yes, any day until six.",
    "C: Good, I will do that.",
    "A: Is there anything else?",
]


def measured_answer(check: str, *lines: str, **figures: Any) -> Answer:  # noqa: ANN401 - any measurement
    return asked(check, measured(said(*(lines or TALK)), **figures), "call-script")


@pytest.mark.parametrize(
    ("value", "latencies"),
    [
        ("PASS", [(2, 0.2), (4, 0.5), (6, 1.0)]),
        ("PASS", [(2, 3.9), (4, 2.0), (6, 4.0), (8, 0.1)]),
        ("PASS", [(2, 5.0), (4, 0.5), (6, 1.0), (8, 0.4), (10, 0.3)]),
        ("PASS", [(1, 9.0), (3, 8.0), (2, 0.4), (4, 0.5), (6, 1.0)]),
        ("PASS", [(2, -0.5), (4, -1.0), (6, 0.0)]),
        ("FAIL", [(2, 5.0), (4, 0.5), (6, 1.0)]),
        ("FAIL", [(2, 6.0), (4, 7.5), (6, 1.0), (8, 0.4)]),
        ("FAIL", [(2, 4.1), (4, 4.1), (6, 4.1)]),
        ("FAIL", [(2, 5.0), (4, 6.0), (6, 0.2), (8, 0.2), (10, 0.2)]),
        ("FAIL", [(2, 9.5), (4, 0.1), (6, 9.0), (8, 0.1)]),
        ("NOT_APPLICABLE", [(2, 9.0), (4, 9.0)]),
        ("NOT_APPLICABLE", [(1, 9.0), (3, 9.0), (5, 9.0)]),
    ],
)
def test_answers_come_soon_enough(value: str, latencies: list[tuple[int, float]]) -> None:
    answer = measured_answer(LATENCY, latencies=latencies)
    assert answer.value.value == value, answer.explanation


def test_slow_answers_are_named_and_measured() -> None:
    answer = measured_answer(LATENCY, latencies=[(2, 5.0), (4, 7.25), (6, 1.0)])
    assert answer.explanation == (
        "2 of the agent's 3 answers take longer than 4 s, the longest 7.2 s at 0:17; at most 20% may."
    )
    whole, *slow = answer.findings
    assert (whole.measure and (whole.measure.value, whole.measure.limit)) == (0.667, 0.2)
    assert [finding.measure and finding.measure.value for finding in slow] == [5.0, 7.25]
    assert slow[0].evidence[0].quote == "I see. Which lamp did you buy?"


def test_an_answer_behind_a_hold_is_not_slow() -> None:
    lines = [*TALK[:6], "A[30]: Fine, we can swap it for you.", *TALK[7:]]
    start_s = said(*lines).turns[6].start_s
    answer = measured_answer(
        LATENCY,
        *lines,
        latencies=[(2, 0.5), (4, 0.5), (6, 30.0), (8, 0.5)],
        quiet=[("MUSIC", start_s - 30, start_s)],
    )
    assert answer.value.value == "PASS", answer.explanation
    assert answer.explanation.startswith("0 of the agent's 3 answers")


def test_without_measurements_the_words_times_serve() -> None:
    slow = [line.replace("A: ", "A[6]: ") for line in TALK]
    assert asked(LATENCY, said(*TALK), "call-script").value.value == "PASS"
    assert asked(LATENCY, said(*slow), "call-script").value.value == "FAIL"


@pytest.mark.parametrize("check", [LATENCY, DEAD_AIR, TALK_SHARE])
def test_one_side_alone_says_nothing_of_waiting(check: str) -> None:
    alone = said(*(line for line in TALK if line.startswith("A")))
    assert asked(check, alone, "call-script").value.value == "INSUFFICIENT_EVIDENCE"


# The call of TALK lasts about 37 s; a silence of 6 s behind the third turn begins at 10 s.
@pytest.mark.parametrize(
    ("value", "lines", "quiet"),
    [
        ("PASS", TALK, []),
        ("PASS", TALK, [("SILENCE", 8.0, 12.0)]),
        ("PASS", ["A: Hello.", "C: Hi.", "A: One moment, please.", "C[9]: Yes?", "A: Done."], None),
        ("PASS", ["A: Hello.", "C: Hang on, I will get my card.", "C[9]: Here it is.", "A: Thanks."], None),
        ("PASS", TALK, [("MUSIC", 8.0, 18.0)]),
        ("PASS", TALK, [("NOISE", 8.0, 18.0)]),
        ("FAIL", TALK, [("SILENCE", 8.0, 14.0)]),
        ("FAIL", TALK, [("SILENCE", 8.0, 12.0), ("TONE", 12.0, 16.0)]),
        ("FAIL", TALK, [("SILENCE", 5.0, 11.0), ("SILENCE", 20.0, 26.0)]),
        ("FAIL", ["A: Hello.", "C: My lamp is broken.", "A[9]: I see.", "C: So?", "A[8]: Well."], None),
        ("FAIL", ["A: Is it on?", "C: No.", "A[15]: I found it.", "C: Good."], None),
    ],
)  # fmt: skip
def test_dead_air_is_rare(value: str, lines: list[str], quiet: list[tuple[str, float, float]] | None) -> None:
    call = said(*lines)
    answer = asked(DEAD_AIR, call if quiet is None else measured(call, quiet=quiet), "call-script")
    assert answer.value.value == value, answer.explanation


@pytest.mark.parametrize(
    ("value", "overlaps", "duration_s"),
    [
        ("PASS", [("BACKCHANNEL", "C", 5.0, 5.5)], 300),
        ("PASS", [("INTERRUPTION", "C", 5.0, 6.0), ("INTERRUPTION", "C", 9.0, 10.0)], 300),
        ("PASS", [("INTERRUPTION", "A", at, at + 1.0) for at in range(1, 9)], 300),
        ("PASS", [("TURN_CHANGE", "C", at, at + 1.0) for at in range(1, 9)], 300),
        ("PASS", [("ATTEMPT", "C", at, at + 1.0) for at in range(1, 9)], 300),
        ("PASS", [("INTERRUPTION", "C", 100.0 * at, 100.0 * at + 1) for at in range(1, 9)], 1200),
        ("FAIL", [("INTERRUPTION", "C", at, at + 1.0) for at in (5, 10, 15)], 300),
        ("FAIL", [("INTERRUPTION", "C", at, at + 1.0) for at in (5, 10, 15)], 60),
        ("FAIL", [("INTERRUPTION", "C", 60.0 * at, 60.0 * at + 1) for at in range(1, 6)], 600),
        ("FAIL", [("INTERRUPTION", "C", 100.0 * at, 100.0 * at + 1) for at in range(1, 10)], 1200),
        ("FAIL", [("INTERRUPTION", "C", at, at + 0.4) for at in (5, 9, 12, 20, 30)], 200),
        ("NOT_APPLICABLE", [], 300),
    ],
)  # fmt: skip
def test_the_agent_rarely_interrupts(
    value: str, overlaps: list[tuple[str, str, float, float]], duration_s: float
) -> None:
    answer = measured_answer(INTERRUPTIONS, overlaps=overlaps, duration_s=duration_s)
    assert answer.value.value == value, answer.explanation


def test_an_interruption_quotes_both() -> None:
    answer = measured_answer(INTERRUPTIONS, overlaps=[("INTERRUPTION", "C", 9.5, 10.2)])
    _, found = answer.findings
    assert {words.role.value for words in found.evidence} == {"AGENT", "CUSTOMER"}


def test_overlaps_need_measurements_and_known_speakers() -> None:
    assert asked(INTERRUPTIONS, said(*TALK), "call-script").value.value == "NOT_APPLICABLE"
    unsure = measured_answer(INTERRUPTIONS, overlaps=[("BACKCHANNEL", "C", 5.0, 5.5)], role_confidence=0.4)
    assert unsure.value.value == "INSUFFICIENT_EVIDENCE"


@pytest.mark.parametrize(
    ("value", "talk_s"),
    [
        ("PASS", (60.0, 60.0)),
        ("PASS", (20.0, 80.0)),
        ("PASS", (80.0, 20.0)),
        ("PASS", (45.0, 30.0)),
        ("PASS", (300.0, 200.0)),
        ("FAIL", (90.0, 10.0)),
        ("FAIL", (10.0, 90.0)),
        ("FAIL", (400.0, 50.0)),
        ("FAIL", (19.0, 81.0)),
        ("FAIL", (5.0, 95.0)),
        ("NOT_APPLICABLE", (30.0, 20.0)),
    ],
)
def test_both_have_their_share_of_the_talk(value: str, talk_s: tuple[float, float]) -> None:
    answer = measured_answer(TALK_SHARE, talk_s=talk_s)
    assert answer.value.value == value, answer.explanation


def test_talk_of_nobody_known_may_leave_the_share_open() -> None:
    assert measured_answer(TALK_SHARE, role_confidence=0.3).value.value == "INSUFFICIENT_EVIDENCE"


@pytest.mark.parametrize(
    ("value", "wpm", "talk_s"),
    [
        ("PASS", 160.0, 60.0),
        ("PASS", 110.0, 60.0),
        ("PASS", 260.0, 60.0),
        ("PASS", 200.0, 16.0),
        ("PASS", 140.0, 600.0),
        ("FAIL", 290.0, 60.0),
        ("FAIL", 261.0, 60.0),
        ("FAIL", 109.0, 60.0),
        ("FAIL", 60.0, 120.0),
        ("FAIL", 300.0, 20.0),
        ("NOT_APPLICABLE", 300.0, 5.0),
    ],
)
def test_the_agent_speaks_at_a_pace_to_follow(value: str, wpm: float, talk_s: float) -> None:
    answer = measured_answer(SPEECH_RATE, wpm=(wpm, 400.0), talk_s=(talk_s, 60.0))
    assert answer.value.value == value, answer.explanation


def test_the_pace_of_typed_words_is_not_judged() -> None:
    assert asked(SPEECH_RATE, said(*TALK), "call-script").value.value == "NOT_APPLICABLE"


MORE = ["A: Which one is it?", "C: The tall one.", "A: We can swap it.", "C: Good.", "A: Anything else?"]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("PASS", ["C: My name is Sarah Miller, my lamp is broken.", "A: Sorry, Sarah.", *MORE]),
        ("PASS", ["A: Who am I speaking to?", "C: Tom Okafor.", "A: Thank you, Mr. Okafor.", *MORE]),
        ("PASS", ["A: Am I speaking with Mrs. Bell?", "C: Yes.", "A: Thank you, Mrs. Bell.", *MORE]),
        ("PASS", ["A: Can I take your name?", "C: It's Siobhán O'Neil.", "A: Hello Siobhán.", *MORE]),
        ("PASS", ["C: hi my name is priya and my lamp is broken", "A: okay priya let me look", *MORE]),
        ("PASS", ["C: This is Sara Lund.", "A: Thanks, Sarah.", *MORE]),
        ("PASS", ["A: What is your name?", "C: Will Stone.", "A: Right, Will.", *MORE]),
        ("FAIL", ["C: My name is Sarah Miller and my lamp is broken.", "A: I'm sorry.", *MORE]),
        ("FAIL", ["A: Who am I speaking to?", "C: Tom Okafor.", "A: Thank you.", *MORE]),
        ("FAIL", ["A: Am I speaking with Mrs. Bell?", "C: Yes, speaking.", "A: Good.", *MORE]),
        ("FAIL", ["A: What is your name?", "C: Will Stone.", "A: I will have a look.", *MORE]),
        ("FAIL", ["C: My name is Ana Ruiz.", "A: And is Ana's lamp broken?", *MORE]),
        ("FAIL", ["C: My name is Ann.", *["A: Yes, Ann, sure, Ann. I see, Ann.", "C: Okay."] * 2, *MORE]),
        ("NOT_APPLICABLE", ["A: My name is Ada, how can I help?", "C: My lamp is broken.", *MORE]),
        ("NOT_APPLICABLE", ["A: Is that Friday?", "C: Yes, this is urgent.", *MORE]),
        ("NOT_APPLICABLE", ["A: Am I speaking with Mr. Bell?", "C: No, I'm his neighbour.", *MORE]),
        ("NOT_APPLICABLE", ["C: I'm so angry. It's Monday and it's broken.", *MORE]),
        ("NOT_APPLICABLE", [*MORE[:4], "C: My name is Tom, by the way.", "A: Thanks, goodbye."]),
        ("NOT_APPLICABLE", ["A: What is your name?", "C: I'd rather not say.", *MORE]),
    ],
)  # fmt: skip
def test_the_agent_uses_the_customers_name(value: str, lines: list[str]) -> None:
    answer = asked(NAMED, said(*lines), "call-script")
    assert answer.value.value == value, answer.explanation


def test_the_time_a_customer_takes_over_a_question_is_no_dead_air() -> None:
    thinking = ["A: Good morning, which lamp did you buy?", "C[15]: The tall one, I think."]
    assert typed(*thinking).value == "PASS"
    waiting = ["C: It is the tall one, in green.", "A[15]: There it is."]
    assert typed(*waiting).value == "FAIL"
    no_question = ["A: Good morning, the tall one then.", "C[15]: Are you there?"]
    assert typed(*no_question).value == "FAIL"


def typed(*lines: str) -> Answer:
    return asked(DEAD_AIR, said(*lines), "call-script")


def test_a_name_that_was_heard_badly_introduces_nobody() -> None:
    call = said(
        "C: Hello, my name is Suzanne.", "A: What can I do for you?", "C: A lamp, please.", "A: Which one?"
    )
    assert asked(NAMED, call, "call-script").value == "FAIL"
    turn = call.turns[0]
    words = tuple(replace(word, confidence=0.4 if word.text == "Suzanne." else 0.9) for word in turn.words)
    unclear = replace(call, turns=(replace(turn, words=words), *call.turns[1:]))
    assert asked(NAMED, unclear, "call-script").value == "NOT_APPLICABLE"
