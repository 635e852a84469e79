"""Floats of the wire become the numbers that people wrote."""

from __future__ import annotations

from callqa.v1 import transcript_pb2

from scoring.wire import transcript_from_wire


def test_a_confidence_is_the_number_that_was_sent_not_its_nearest_float() -> None:
    word = transcript_pb2.Word(text="Hello", confidence=0.7)
    turn = transcript_pb2.Turn(role=transcript_pb2.AGENT, role_confidence=0.7, text="Hello", words=[word])
    [read] = transcript_from_wire(transcript_pb2.Transcript(turns=[turn])).turns
    # As a float of the wire both are a little less, and a floor of 0.7 would refuse them.
    assert turn.role_confidence < 0.7
    assert read.role_confidence == read.words[0].confidence == 0.7
