"""Floats of the wire become the numbers that people wrote."""

from __future__ import annotations

import pytest
from callqa.v1 import transcript_pb2
from google.protobuf.duration_pb2 import Duration

from scoring.domain.transcript import MissedSpeech, Role
from scoring.errors import TranscriptInvalidError
from scoring.wire.transcript import transcript_from_wire


def test_a_confidence_is_the_number_that_was_sent_not_its_nearest_float() -> None:
    word = transcript_pb2.Word(text="Hello", confidence=0.7)
    turn = transcript_pb2.Turn(role=transcript_pb2.AGENT, role_confidence=0.7, text="Hello", words=[word])
    [read] = transcript_from_wire(transcript_pb2.Transcript(turns=[turn])).turns
    # As a float of the wire both are a little less, and a floor of 0.7 would refuse them.
    assert turn.role_confidence < 0.7
    assert read.role_confidence == read.words[0].confidence == 0.7


def test_a_time_out_of_range_is_named_with_its_word() -> None:
    word = transcript_pb2.Word(text="Hello", start_offset=Duration(seconds=2**62), confidence=0.7)
    turn = transcript_pb2.Turn(role=transcript_pb2.AGENT, role_confidence=0.7, text="Hello", words=[word])
    with pytest.raises(TranscriptInvalidError) as refused:
        transcript_from_wire(transcript_pb2.Transcript(turns=[turn]))
    assert [violation.field for violation in refused.value.violations] == ["transcript.turns[0].words[0]"]


def missed_on(channel: int | None) -> tuple[MissedSpeech, ...]:
    """Read a call with the agent on channel 0, two voices on 1 and a silent customer's channel 2."""
    transcript = transcript_pb2.Transcript()
    roles = transcript_pb2.AGENT, transcript_pb2.AGENT, transcript_pb2.CUSTOMER
    for index, (on_channel, role) in enumerate(zip((0, 1, 1), roles, strict=True)):
        transcript.speakers.add(index=index, channel=on_channel, role=role, role_confidence=0.7)
    transcript.channels.add(channel=2, role=transcript_pb2.CUSTOMER)
    warning = transcript_pb2.QualityWarning
    transcript.quality.warnings.add(code=warning.CLIPPED, channel=0)
    transcript.quality.warnings.add(code=warning.SPEECH_MISSED, channel=channel)
    return transcript_from_wire(transcript).missed


def test_speech_is_missed_of_whoever_may_speak_on_the_channel() -> None:
    assert missed_on(0) == (MissedSpeech(role=Role.AGENT, role_confidence=0.7),)
    assert [one.role for one in missed_on(1)] == [Role.AGENT, Role.CUSTOMER]
    assert missed_on(2) == (MissedSpeech(role=Role.CUSTOMER, role_confidence=1.0),)
    assert missed_on(None) == missed_on(7) == (MissedSpeech(role=Role.UNKNOWN, role_confidence=1.0),)


def test_a_transcript_without_a_report_misses_nothing() -> None:
    assert transcript_from_wire(transcript_pb2.Transcript()).missed == ()
