"""What nobody asked the customer: estimates with their errors, and the words that they rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.domain.finding import Finding, Kind, Method
from scoring.domain.scorecard import Proxy, Scorecard
from scoring.domain.transcript import MissedSpeech, Role
from tests.integration.scoring.asking import said, scorecard

CHECK = "{deescalated: {}}"

GOOD = [
    "A: Good morning, how can I help?",
    "C: I'd like to move my appointment to Thursday.",
    "A: Thursday at ten. I have just booked that for you.",
    "C: That's wonderful, thank you so much.",
]
BAD = [
    "A: Hello.",
    "C: I ordered a blue winter coat three weeks ago and it never came.",
    "A: I'm sorry, I don't quite understand what you mean.",
    "C: I said I ordered a blue winter coat three weeks ago. It's ridiculous.",
    "A: Unfortunately I can't find your order.",
    "C: I already told you the number. You people are useless.",
    "A: I'm afraid there is nothing I can do.",
    "C: Forget it. Thanks for nothing.",
]


def card(*lines: str) -> Scorecard:
    return scorecard(CHECK, said(*lines), "emotion, effort, outcome")


def proxies(*lines: str) -> dict[str, Proxy]:
    return {proxy.name: proxy for proxy in card(*lines).proxies}


def efforts(*lines: str) -> list[Finding]:
    return [finding for finding in card(*lines).findings if finding.kind is Kind.EFFORT]


def signs(*lines: str) -> list[str]:
    return [finding.rule_id for finding in efforts(*lines)]


def test_a_good_call_satisfies_more_and_costs_less_than_a_bad_one() -> None:
    good, bad = proxies(*GOOD), proxies(*BAD)
    assert good["satisfaction"].value > bad["satisfaction"].value + 1
    assert good["effort"].value == 1.0
    assert bad["effort"].value > 3


@pytest.mark.parametrize("lines", [GOOD, BAD])
def test_no_figure_stands_without_its_error_its_words_and_its_sentence(lines: list[str]) -> None:
    for proxy in proxies(*lines).values():
        assert 1 <= proxy.low <= proxy.value <= proxy.high <= 5
        assert proxy.high - proxy.low > 1
        assert "nobody asked the customer" in proxy.explanation
        assert "ratings" in proxy.explanation


def test_the_words_of_an_estimate_stand_on_the_card() -> None:
    one = card(*BAD)
    facts = {finding.fact for finding in one.findings}
    for proxy in one.proxies:
        assert proxy.findings
        assert {finding.fact for finding in proxy.findings} <= facts


def test_praise_raises_and_anger_lowers_satisfaction() -> None:
    plain, praise, anger = (
        proxies("A: It closes at nine.", f"C: {words}")["satisfaction"].value
        for words in ("That would be at nine then.", "That's wonderful, thank you.", "That is ridiculous.")
    )
    assert anger < plain < praise


def test_the_end_of_a_call_weighs_more_than_its_beginning() -> None:
    turns = ["C: It's annoying.", "A: Yes.", "C: I live in Leeds.", "A: Yes.", "C: On the hill.", "A: Yes."]
    calmed = proxies(*turns, "C: Number nine.", "A: Yes.", "C: Lovely.")["satisfaction"].value
    soured = proxies("C: Lovely.", *turns[1:], "C: Number nine.", "A: Yes.", "C: It's annoying.")
    assert soured["satisfaction"].value < calmed


def test_estimates_stay_within_their_scale() -> None:
    awful = ["C: You're useless. This is ridiculous. I'm furious.", "A: I couldn't find it."] * 12
    lovely = ["C: Wonderful, thank you, it works now, I'm delighted.", "A: It closes at nine."] * 12
    assert proxies(*awful)["satisfaction"].value == 1.0
    assert proxies(*awful)["effort"].value == 5.0
    assert proxies(*lovely)["satisfaction"].value == 5.0


@pytest.mark.parametrize(
    ("lines", "sign"),
    [
        (["A: Sorry, I didn't catch that."], "effort.agent_lost"),
        (["A: Could you repeat your surname, please?"], "effort.agent_lost"),
        (["A: Unfortunately there are no seats left."], "effort.failed_attempt"),
        (["A: You'll have to contact the bank about it."], "effort.sent_elsewhere"),
        (["A: Are you still there?"], "effort.no_reply"),
        (["C: Never mind, I'll do it myself."], "effort.gave_up"),
        (["C: No, that's not what I asked for."], "effort.correction"),
        (
            ["C: My washing machine leaks since Monday.", "A: Yes.", "C: The washing machine leaks, Monday."],
            "effort.customer_repeats",
        ),
        (
            ["A: Please enter the serial number below.", "C: Where?", "A: Enter the serial number below."],
            "effort.agent_repeats",
        ),
    ],
)
def test_effort_is_seen(lines: list[str], sign: str) -> None:
    assert sign in signs("A: Good morning.", "C: Hello there.", *lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["C: Thank you, goodbye.", "A: Thank you, goodbye.", "C: Thank you, goodbye."],
        ["A: Is there anything else I can do for you?", "C: No.", "A: Is there anything else I can do?"],
        ["C: My kettle is silver.", "A: Yes.", "C: My toaster was a birthday present."],
        ["A: I understand what you mean.", "C: Good."],
        ["A: I will contact the bank for you.", "C: Good."],
        ["C: Yes, nine.", "A: Right.", "C: Yes, nine."],
        # One says what the other said: that's a check, not a repetition.
        ["C: The parcel goes to Rose Street seven.", "A: The parcel goes to Rose Street seven."],
    ],
)
def test_ordinary_words_are_no_effort(lines: list[str]) -> None:
    assert signs("A: Good morning.", "C: Hello there.", *lines) == []


def test_a_repetition_shows_both_turns_and_how_alike_they_are() -> None:
    [again] = efforts(
        "C: My washing machine leaks since Monday.", "A: Yes.", "C: The washing machine leaks, Monday."
    )
    assert [words.turn for words in again.evidence] == [2, 0]
    assert again.method is Method.ALIGNMENT
    assert again.threshold <= again.score <= 1


def test_what_was_said_long_ago_is_not_repeated() -> None:
    between = [line for n in range(12) for line in (f"C: Item{n} colour{n} size{n}.", "A: Yes.")]
    first, again = "C: My washing machine leaks since Monday.", "C: The washing machine leaks, Monday."
    assert signs(first, "A: Yes.", *between, again) == []


def test_nothing_is_estimated_of_a_customer_who_wasnt_heard() -> None:
    heard = said(*BAD)
    unheard = replace(heard, missed=(MissedSpeech(role=Role.CUSTOMER, role_confidence=0.9),))
    assert scorecard(CHECK, unheard, "emotion, effort, outcome").proxies == ()
    assert card("A: Good morning.", "A: Hello, is anybody there?").proxies == ()


def test_nothing_is_estimated_without_cues() -> None:
    assert scorecard("{said: script.greeting}", said(*BAD), "call-script").proxies == ()


def test_the_same_call_gives_the_same_estimates() -> None:
    assert card(*BAD) == card(*BAD)
