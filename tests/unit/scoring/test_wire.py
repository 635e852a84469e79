"""Floats of the wire become the numbers that people wrote."""

from __future__ import annotations

import pytest
from callqa.v1 import transcript_pb2
from google.protobuf.duration_pb2 import Duration

from scoring.errors import TranscriptInvalidError
from scoring.wire import transcript_from_wire


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
