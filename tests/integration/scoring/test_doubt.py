"""When the words are too few, too unsure or nobody's, a reviewer is asked instead of failing the agent."""

from __future__ import annotations

from dataclasses import replace

from scoring.domain.scorecard import Scorecard
from scoring.domain.transcript import MissedSpeech, Role, Transcript
from tests.unit.scoring.spoken import call_of, score, spoken, turn, values

ASKS = ("agent", "Could you tell me your date of birth and your postcode, please?")
VERIFIED = spoken(*call_of(("customer", "Hello, my card is blocked, can you help me?"), ASKS))


def with_confidence(transcript: Transcript, index: int, confidence: float) -> Transcript:
    turns = list(transcript.turns)
    words = tuple(replace(word, confidence=confidence) for word in turns[index].words)
    turns[index] = replace(turns[index], words=words)
    return replace(transcript, turns=tuple(turns))


def with_role(transcript: Transcript, index: int, role: Role, confidence: float = 1.0) -> Transcript:
    turns = list(transcript.turns)
    turns[index] = replace(turns[index], role=role, role_confidence=confidence)
    return replace(transcript, turns=tuple(turns))


def test_words_heard_well_pass() -> None:
    assert values(score(VERIFIED))["script.identity_verification"] == "PASS"


def test_words_below_the_confidence_floor_decide_nothing() -> None:
    card = score(with_confidence(VERIFIED, 2, 0.1))
    answer = next(one for one in card.answers if one.criterion == "script.identity_verification")
    assert answer.value.value == "INSUFFICIENT_EVIDENCE"
    assert answer.possible_points == 0
    assert answer.findings[0].evidence[0].min_confidence == 0.1
    assert "needs-review" in card.flags


def test_surer_words_elsewhere_decide_all_the_same() -> None:
    twice = spoken(*call_of(("customer", "Hello there."), ASKS, ("customer", "Pardon?"), ASKS))
    assert values(score(with_confidence(twice, 2, 0.1)))["script.identity_verification"] == "PASS"


def test_words_of_an_unknown_voice_decide_nothing() -> None:
    card = score(with_role(VERIFIED, 2, Role.UNKNOWN))
    answer = next(one for one in card.answers if one.criterion == "script.identity_verification")
    assert answer.value.value == "INSUFFICIENT_EVIDENCE"
    assert "who says them" in answer.explanation


def test_an_unsure_role_is_unknown() -> None:
    card = score(with_role(VERIFIED, 2, Role.AGENT, confidence=0.3))
    assert values(card)["script.identity_verification"] == "INSUFFICIENT_EVIDENCE"


def test_an_absence_beside_an_unknown_voice_proves_nothing() -> None:
    skipped = spoken(*call_of(("customer", "Hello, what is my balance?"), ("unknown", "It is ten pounds.")))
    assert values(score(skipped))["script.identity_verification"] == "INSUFFICIENT_EVIDENCE"


def test_a_call_of_unknown_voices_is_judged_in_nothing_that_needs_a_role() -> None:
    unknown = Transcript(
        name="",
        sha256="0" * 64,
        language="en",
        duration_s=60.0,
        turns=tuple(replace(one, role=Role.UNKNOWN) for one in VERIFIED.turns),
    )
    card = score(unknown)
    assert card.score is None
    # Nobody is silent for long, and of typed words neither overlaps nor pace are known.
    no_occasion = {key for key, value in values(card).items() if value == "NOT_APPLICABLE"}
    assert no_occasion == {
        "handling.hold_announced",
        "handling.hold_explained",
        "handling.hold_thanked",
        "conversation.interruptions",
        "conversation.speech_rate",
    }
    assert {value for key, value in values(card).items() if key not in no_occasion} == {
        "INSUFFICIENT_EVIDENCE"
    }


def test_a_prohibited_statement_of_an_unknown_voice_is_not_the_agents() -> None:
    card = score(spoken(*call_of(("unknown", "I guarantee that you will have the money tomorrow."))))
    assert values(card)["script.no_guarantee"] == "INSUFFICIENT_EVIDENCE"
    assert card.auto_failed == ()


def test_hardly_any_words_are_not_judged() -> None:
    card = score(spoken(("agent", "Hello?"), ("customer", "Wrong number.")))
    assert set(values(card).values()) == {"INSUFFICIENT_EVIDENCE"}
    assert "3 words" in card.answers[0].explanation
    assert card.score is None


def test_no_words_at_all_are_not_judged() -> None:
    card = score(Transcript(name="", sha256="0" * 64, language="en", duration_s=3.0, turns=()))
    assert set(values(card).values()) == {"INSUFFICIENT_EVIDENCE"}


def test_an_agent_who_was_not_recorded_is_not_failed() -> None:
    one = turn(0, Role.CUSTOMER, "Hello " * 40, 0.0)
    card = score(Transcript(name="", sha256="0" * 64, language="en", duration_s=60.0, turns=(one,)))
    assert values(card)["script.greeting"] == "INSUFFICIENT_EVIDENCE"
    assert values(card)["script.no_guarantee"] == "INSUFFICIENT_EVIDENCE"


def one_side() -> Scorecard:
    """What the agent's file alone holds of a call: the other side is silence."""
    return score(
        spoken(
            ("agent", "Good morning, how can I help you with your account today, please?"),
            ("agent", "And which of the two cards was it that you would like to have replaced?", 14.0),
            ("agent", "It is on its way. Thank you for calling Fern Bank. Goodbye.", 12.0),
        )
    )


def test_a_silence_on_one_side_alone_is_not_known_to_be_a_hold() -> None:
    card = one_side()
    assert values(card)["handling.hold_announced"] == "INSUFFICIENT_EVIDENCE"
    assert [finding.kind.value for finding in card.findings].count("HOLD") == 2


def test_the_end_of_one_side_is_not_its_opening() -> None:
    assert values(one_side())["script.greeting"] == "FAIL"
    assert values(one_side())["script.closing"] == "PASS"


def test_an_absence_says_what_was_searched() -> None:
    transcript = spoken(
        *call_of(("customer", "Hello, my card is blocked."), ("agent", "It works again now."))
    )
    answer = next(one for one in score(transcript).answers if one.criterion == "script.identity_verification")
    [proof] = answer.findings
    searched = proof.searched
    assert answer.value.value == "FAIL"
    assert proof.evidence == ()
    assert searched is not None
    assert searched.role is Role.AGENT
    assert searched.turn_count == 3
    agent = [one for one in transcript.turns if one.role is Role.AGENT]
    assert round(searched.speech_s, 3) == round(sum(one.end_s - one.start_s for one in agent), 3)
    assert (searched.start_s, searched.end_s) == (0.0, transcript.end_s)
    assert searched.best_score < proof.threshold
    if searched.nearest is not None:
        text = transcript.turns[searched.nearest.turn].text
        assert searched.nearest.quote == text[searched.nearest.start_char : searched.nearest.end_char]


SILENT = spoken(*call_of(("customer", "Hello, my card is blocked, and I am really upset about it.")))


def missing(transcript: Transcript, role: Role, confidence: float = 1.0) -> dict[str, str]:
    """Answer the call as if much of this role's speech had not been heard."""
    missed = (MissedSpeech(role=role, role_confidence=confidence),)
    return values(score(replace(transcript, missed=missed)))


def test_an_absence_proves_nothing_where_the_agent_was_missed() -> None:
    heard, missed = values(score(SILENT)), missing(SILENT, Role.AGENT)
    failed = {criterion for criterion, value in heard.items() if value == "FAIL"}
    assert {"script.identity_verification", "empathy.acknowledgement"} <= failed
    assert {missed[criterion] for criterion in failed} == {"INSUFFICIENT_EVIDENCE"}
    # Nor is the agent known not to have promised anything; what was said was said.
    assert (heard["script.no_guarantee"], missed["script.no_guarantee"]) == ("PASS", "INSUFFICIENT_EVIDENCE")
    assert missed["script.greeting"] == "PASS"


def test_a_missed_customer_may_have_called_for_empathy() -> None:
    calm = spoken(*call_of(("customer", "Hello, what is the balance of my account today, please?")))
    assert values(score(calm))["empathy.apology"] == "NOT_APPLICABLE"
    missed = missing(calm, Role.CUSTOMER)
    assert missed["empathy.apology"] == "INSUFFICIENT_EVIDENCE"
    # The agent was heard.
    assert missed["script.identity_verification"] == "FAIL"


def test_anybody_may_be_who_was_missed() -> None:
    for role, confidence in ((Role.UNKNOWN, 1.0), (Role.CUSTOMER, 0.1)):
        assert missing(SILENT, role, confidence)["script.identity_verification"] == "INSUFFICIENT_EVIDENCE"


def test_a_silence_in_which_speech_was_missed_is_no_hold() -> None:
    quiet = spoken(*call_of(("customer", "Where is my order?"), ("agent", "It left us this morning.", 20.0)))
    assert values(score(quiet))["handling.hold_announced"] == "FAIL"
    assert missing(quiet, Role.CUSTOMER)["handling.hold_announced"] == "INSUFFICIENT_EVIDENCE"


def test_a_prohibited_statement_that_was_heard_stands() -> None:
    promised = spoken(*call_of(("agent", "I guarantee that you will have the money tomorrow.")))
    assert missing(promised, Role.AGENT)["script.no_guarantee"] == "FAIL"
