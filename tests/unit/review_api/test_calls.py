from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from review_api.domain.calls import Call, CallSpec, CallState, Leg, SpeakerRole
from review_api.domain.quarantine import INTERNAL, EngineVersions, Quarantine, Stage
from servicekit.errors import InvalidInputError, WrongStateError

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LEG = Leg(recording_sha256="a" * 64)
SPEC = CallSpec(legs=(LEG,), labels=(("a", "b"),))
QUARANTINE = Quarantine(
    reason="AUDIO_EMPTY",
    message="The audio is empty.",
    quarantine_time=MOMENT,
    stage=Stage.TRANSCRIPTION,
    version="m1",
)


def test_spaces_of_other_scripts_are_taken() -> None:
    assert replace(SPEC, agent="\u7530\u4e2d\u3000\u592a\u90ce").agent == "\u7530\u4e2d\u3000\u592a\u90ce"


def test_the_same_input_has_the_same_id() -> None:
    assert SPEC.call_id == CallSpec(legs=(LEG,), labels=(("a", "b"),)).call_id
    # Fixed for ever: stored calls are found by it.
    assert CallSpec(legs=(LEG,), language="en").call_id == "7413efe40f1e760bdabd365bdca0bd3e"
    assert replace(SPEC, legs=(replace(LEG, file_name="other name"),)).call_id == SPEC.call_id


@pytest.mark.parametrize(
    "other",
    [
        {"external_id": "x"},
        {"agent": "x"},
        {"queue": "x"},
        {"start_time": MOMENT},
        {"language": "en"},
        {"language": "de"},
        {"labels": (("a", "c"),)},
        {"legs": (replace(LEG, recording_sha256="b" * 64),)},
        {"legs": (replace(LEG, channel_roles=(SpeakerRole.AGENT,)),)},
        {"legs": (LEG, replace(LEG, recording_sha256="b" * 64))},
    ],
)
def test_other_input_has_another_id(other: dict[str, Any]) -> None:
    assert replace(SPEC, **other).call_id != SPEC.call_id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"external_id": "x" * 257}, "external_id"),
        ({"agent": "bell\a"}, "agent"),
        ({"queue": "two\nlines"}, "queue"),
        ({"language": "english please"}, "language"),
        ({"start_time": datetime(2026, 1, 1)}, "start_time"),  # noqa: DTZ001 - what is refused
        ({"labels": tuple((str(number), "") for number in range(65))}, "labels"),
        ({"labels": (("", "v"),)}, "labels"),
        ({"labels": (("k" * 64, "v"),)}, "labels"),
        ({"labels": (("k", "v" * 257),)}, "labels"),
        ({"legs": ()}, "legs"),
        ({"legs": (LEG, LEG)}, "legs[1].recording"),
        ({"legs": (replace(LEG, recording_sha256="A" * 64),)}, "legs[0].recording"),
        ({"legs": (replace(LEG, channel_roles=(SpeakerRole.AGENT,) * 9),)}, "legs[0].channel_roles"),
        ({"legs": (replace(LEG, file_name="\0"),)}, "legs[0].file_name"),
    ],
)
def test_what_cannot_be_accepted_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(SPEC, **wrong)
    assert [violation.field for violation in refused.value.violations] == [field]


def test_what_is_just_allowed_is_accepted() -> None:
    labels = tuple((f"{number:063d}", "v" * 256) for number in range(64))
    spec = CallSpec(legs=(LEG,), external_id="ü" * 256, language="zh-Hant-TW", labels=labels)
    assert len(spec.call_id) == 32


def test_a_wrong_verb_says_what_is_possible() -> None:
    call = Call(spec=SPEC, id=SPEC.call_id, create_time=MOMENT, update_time=MOMENT)
    with pytest.raises(WrongStateError, match=r"is RECEIVED.*possible: transcribed, set_aside"):
        call.scored("s1")
    scored = call.transcribed("t1", 1.0).scored("s1")
    with pytest.raises(WrongStateError, match="is SCORED"):
        scored.set_aside(QUARANTINE)
    assert scored.transcribed("t2", 2.0).state is CallState.SCORED


def test_a_quarantine_holds_for_its_version() -> None:
    m1, m2 = EngineVersions(model_version="m1", engine_version="e1"), EngineVersions(model_version="m2")
    assert QUARANTINE.holds_under(m1)
    assert QUARANTINE.bars_call(m1)
    assert not QUARANTINE.holds_under(m2)
    assert not replace(QUARANTINE, reason=INTERNAL).holds_under(m1)
    assert not replace(QUARANTINE, reason="AUDIO_SAMPLE_RATE").holds_under(m1)
    scoring = replace(QUARANTINE, stage=Stage.SCORING, version="e1")
    assert scoring.holds_under(m1)
    assert not scoring.bars_call(m1)


class CallMachine(RuleBasedStateMachine):
    """Any verbs in any order: a verb works exactly where the diagram has it, and nothing is ever lost."""

    @initialize()
    def receive(self) -> None:
        self.call = Call(spec=SPEC, id=SPEC.call_id, create_time=MOMENT, update_time=MOMENT)

    def attempt(self, verb: Callable[[], Call], allowed: set[CallState]) -> None:
        before = self.call
        if before.state in allowed:
            self.call = verb()
        else:
            with pytest.raises(WrongStateError):
                verb()
        # A verb never takes away what is stored.
        assert bool(self.call.transcript_id) >= bool(before.transcript_id)
        assert bool(self.call.scorecard_id) >= bool(before.scorecard_id)

    @rule(transcript=st.sampled_from(["t1", "t2"]))
    def transcribed(self, transcript: str) -> None:
        allowed = {CallState.RECEIVED, CallState.TRANSCRIBED, CallState.SCORED}
        self.attempt(lambda: self.call.transcribed(transcript, 1.0), allowed)

    @rule(scorecard=st.sampled_from(["s1", "s2"]))
    def scored(self, scorecard: str) -> None:
        self.attempt(lambda: self.call.scored(scorecard), {CallState.TRANSCRIBED, CallState.SCORED})

    @rule(base=st.sampled_from(["", "t1"]))
    def roles_set(self, base: str) -> None:
        allowed = {CallState.TRANSCRIBED, CallState.SCORED}
        self.attempt(lambda: self.call.roles_set("t3", base_transcript_id=base), allowed)

    @rule()
    def set_aside(self) -> None:
        allowed = {CallState.RECEIVED, CallState.TRANSCRIBED, CallState.QUARANTINED}
        self.attempt(lambda: self.call.set_aside(QUARANTINE), allowed)

    @rule()
    def release(self) -> None:
        self.attempt(self.call.release, {CallState.QUARANTINED})

    @invariant()
    def state_and_contents_agree(self) -> None:
        call = self.call
        assert (call.state is CallState.QUARANTINED) == (call.quarantine is not None)
        if call.state is CallState.SCORED:
            assert call.scorecard_id
        if call.state in {CallState.TRANSCRIBED, CallState.SCORED}:
            assert call.transcript_id
            assert call.duration_s is not None
        assert call.correction == (call.transcript_id if call.base_transcript_id else "")
        if call.state is CallState.RECEIVED:
            assert not call.transcript_id


CallMachine.TestCase.settings = settings(
    max_examples=50, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestCallMachine = CallMachine.TestCase
