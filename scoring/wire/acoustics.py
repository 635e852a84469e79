"""Acoustics from the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import acoustics_pb2

from scoring.domain.acoustics import (
    Acoustics,
    OverlapKind,
    QuietSpan,
    Response,
    SpeakerActivity,
    TalkOverlap,
)
from scoring.wire.rounding import FLOAT_DIGITS
from servicekit.wire import s_from_duration

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor


def acoustics_from_wire(message: acoustics_pb2.Acoustics) -> Acoustics:
    """Return what judgement asks of the measurements of a call."""
    return Acoustics(
        quiet_spans=tuple(
            QuietSpan(
                kind=_name(acoustics_pb2.QuietSpan.Kind.DESCRIPTOR, span.kind),
                start_s=s_from_duration(span.start_offset),
                end_s=s_from_duration(span.end_offset),
                is_hold=span.hold,
            )
            for span in message.quiet_spans
        ),
        overlaps=tuple(_overlap(overlap) for overlap in message.overlaps),
        responses=tuple(
            Response(turn=response.turn, latency_s=s_from_duration(response.latency))
            for response in message.responses
        ),
        activity=tuple(
            SpeakerActivity(
                talk_s=s_from_duration(one.talk_duration),
                words_per_minute=round(one.words_per_minute, FLOAT_DIGITS),
            )
            for one in message.speakers
        ),
    )


def _overlap(message: acoustics_pb2.TalkOverlap) -> TalkOverlap:
    name = _name(acoustics_pb2.TalkOverlap.Kind.DESCRIPTOR, message.kind)
    return TalkOverlap(
        kind=OverlapKind[name] if name in OverlapKind.__members__ else None,
        first_speaker=message.first_speaker,
        second_speaker=message.second_speaker,
        start_s=s_from_duration(message.start_offset),
        end_s=s_from_duration(message.end_offset),
    )


def _name(kinds: EnumDescriptor, number: int) -> str:
    """Return the contract's word; a number of a newer contract is none that this one knows."""
    value = kinds.values_by_number.get(number)
    return value.name if value is not None else ""
