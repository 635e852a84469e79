from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from transcription.speakers.role_cues import CUES, read_cues
from transcription.speakers.roles import agent_score, assign_speaker_roles, decide_roles
from transcription.transcript import RoleSource, Speaker, SpeakerRole, SpokenWords, WarningCode, Word

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
STATED, CONVENTION, SPEECH = RoleSource.STATED, RoleSource.CONVENTION, RoleSource.SPEECH
DIALOGUES = yaml.safe_load((Path(__file__).parent / "role_dialogues.yaml").read_text(encoding="utf-8"))
DESK = "Thank you for calling Fernhill Bank, how can I help you? Can I take your account number, please?"
CALLER = "Hi, I'm calling about my card, I lost it yesterday and I need a new one."


def cases(kind: str) -> list[object]:
    return [pytest.param(case["agent"], case["customer"], id=case["name"]) for case in DIALOGUES[kind]]


@pytest.mark.parametrize(("agent", "customer"), cases("decided"))
def test_made_up_calls_are_decided(agent: str, customer: str) -> None:
    first, second = decide_roles([agent, customer])
    turned = decide_roles([customer, agent])

    assert (first.role, second.role) == (AGENT, CUSTOMER)
    assert (turned[0].role, turned[1].role) == (CUSTOMER, AGENT)
    assert first.confidence >= 0.85


@pytest.mark.parametrize(("agent", "customer"), cases("undecided"))
def test_what_says_nothing_is_left_open(agent: str, customer: str) -> None:
    guesses = decide_roles([agent, customer])

    assert [guess.role for guess in guesses] == [UNKNOWN, UNKNOWN]
    assert [guess.confidence for guess in guesses] == [0, 0]


def test_a_message_left_by_an_agent_is_an_agents() -> None:
    message = (
        "Hello, this is Nora from Fernhill Bank, I'm calling about your claim. Your claim number is 22 04."
    )

    assert [guess.role for guess in decide_roles([message])] == [AGENT]


def test_saying_it_again_is_worth_less() -> None:
    once = agent_score("how can i help")

    assert once < agent_score("how can i help how can i help") < 2 * once


def test_case_punctuation_and_curly_quotes_do_not_matter() -> None:
    assert agent_score("You\u2019re THROUGH, to\u2026 claims!") == agent_score("you're through to claims") > 0


def test_words_are_matched_whole() -> None:
    assert agent_score("whatsapp missing sirloin") == 0


def test_every_cue_has_a_reason_and_a_side() -> None:
    entries = yaml.safe_load(
        (Path(__file__).parents[3] / "transcription" / "speakers" / "role_cues.yaml").read_text(
            encoding="utf-8"
        )
    )["cues"]

    assert all(entry["why"].endswith(".") and 0.5 <= abs(entry["weight"]) <= 3 for entry in entries)
    assert len({cue.name for cue in CUES}) == len(CUES)


def test_terms_stand_in_patterns_and_braces_stay() -> None:
    source = "terms: {n: '\\d{2}', m: 'no {n}'}\ncues: [{name: x, weight: 1, says: ['{m}']}]"

    assert read_cues(source)[0].pattern.search("say no 12 now")


def spoken(
    index: int, text: str, role: SpeakerRole = UNKNOWN, source: RoleSource = SPEECH, sure: float = 0.0
) -> SpokenWords:
    speaker = Speaker(index=index, channel=index, role=role, role_confidence=sure, role_source=source)
    words = tuple(
        Word(text=word, start_s=float(place), end_s=place + 0.5, confidence=0.9)
        for place, word in enumerate(text.split())
    )
    return SpokenWords(speaker=speaker, words=words)


def roles_of(spoken: tuple[SpokenWords, ...]) -> list[tuple[SpeakerRole, RoleSource]]:
    return [(one.speaker.role, one.speaker.role_source) for one in spoken]


def test_separated_voices_get_roles_from_speech() -> None:
    settled, warnings = assign_speaker_roles([spoken(0, CALLER), spoken(1, DESK)], language="en")

    assert roles_of(settled) == [(CUSTOMER, SPEECH), (AGENT, SPEECH)]
    assert all(one.speaker.role_confidence > 0.9 for one in settled)
    assert warnings == ()


def test_a_convention_gives_way_to_what_is_said() -> None:
    by_convention = [spoken(0, CALLER, AGENT, CONVENTION, 0.6), spoken(1, DESK, CUSTOMER, CONVENTION, 0.6)]

    settled, warnings = assign_speaker_roles(by_convention, language="en")

    assert roles_of(settled) == [(CUSTOMER, SPEECH), (AGENT, SPEECH)]
    assert warnings == ()


def test_a_convention_stays_where_nothing_is_said_and_is_warned_of() -> None:
    by_convention = [spoken(0, "yes", AGENT, CONVENTION, 0.6), spoken(1, "no", CUSTOMER, CONVENTION, 0.6)]

    settled, warnings = assign_speaker_roles(by_convention, language="en")

    assert list(settled) == by_convention
    assert [warning.code for warning in warnings] == [WarningCode.ROLES_UNSURE]


def test_stated_roles_stay_and_a_contradiction_is_warned_of() -> None:
    stated = [spoken(0, CALLER, AGENT, STATED, 1.0), spoken(1, DESK, CUSTOMER, STATED, 1.0)]

    settled, warnings = assign_speaker_roles(stated, language="en")

    assert list(settled) == stated
    assert [warning.code for warning in warnings] == [WarningCode.SWAPPED_CHANNELS]
    assert "card" not in warnings[0].message


def test_stated_roles_that_fit_are_no_news() -> None:
    stated = [spoken(0, DESK, AGENT, STATED, 1.0), spoken(1, CALLER, CUSTOMER, STATED, 1.0)]

    assert assign_speaker_roles(stated, language="en") == (tuple(stated), ())


def test_beside_a_stated_role_the_other_is_decided() -> None:
    settled, _ = assign_speaker_roles([spoken(0, DESK, AGENT, STATED, 1.0), spoken(1, CALLER)], language="en")

    assert roles_of(settled) == [(AGENT, STATED), (CUSTOMER, SPEECH)]


def test_nobody_becomes_a_second_agent() -> None:
    half_stated = [spoken(0, CALLER, AGENT, STATED, 1.0), spoken(1, DESK)]

    settled, warnings = assign_speaker_roles(half_stated, language="en")

    assert list(settled) == half_stated
    assert [warning.code for warning in warnings] == [WarningCode.SWAPPED_CHANNELS, WarningCode.ROLES_UNSURE]


def test_other_languages_are_left_open_and_said() -> None:
    settled, warnings = assign_speaker_roles([spoken(0, DESK), spoken(1, CALLER)], language="de")

    assert roles_of(settled) == [(UNKNOWN, SPEECH), (UNKNOWN, SPEECH)]
    assert [warning.code for warning in warnings] == [WarningCode.ROLES_UNSURE]
    assert "'de'" in warnings[0].message
