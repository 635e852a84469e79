"""Transcripts and what is known beside them, from the wire."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2, transcript_pb2

from scoring.domain.context import CallContext
from scoring.domain.transcript import MissedSpeech, Role, Speaker, Transcript, Turn, Word
from scoring.errors import TranscriptInvalidError
from scoring.wire.acoustics import acoustics_from_wire
from scoring.wire.rounding import FLOAT_DIGITS
from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.wire import canonical_bytes, datetime_from_timestamp, s_from_duration, sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterator


def context_from_wire(message: scorecard_pb2.CallContext) -> CallContext:
    """Return what is known of a call beside its words."""
    return CallContext(
        agent=message.agent,
        queue=message.queue,
        start=datetime_from_timestamp(message.start_time) if message.HasField("start_time") else None,
        labels=dict(message.labels),
    )


def transcript_from_wire(message: transcript_pb2.Transcript) -> Transcript:
    """Return a transcript. Raises TranscriptInvalidError that names the field that contradicts another."""
    unnamed = transcript_pb2.Transcript()
    unnamed.CopyFrom(message)
    unnamed.name = ""
    turns = tuple(_turn(turn, f"transcript.turns[{position}]") for position, turn in enumerate(message.turns))
    speakers = tuple(
        Speaker(role=_role(one.role), role_confidence=round(one.role_confidence, FLOAT_DIGITS))
        for one in message.speakers
    )
    with _at("transcript"):
        return Transcript(
            name=message.name,
            sha256=sha256_hex(canonical_bytes(unnamed)),
            language=message.language,
            duration_s=s_from_duration(message.duration),
            turns=turns,
            missed=tuple(_missed(message)),
            speakers=speakers,
            acoustics=acoustics_from_wire(message.acoustics) if message.HasField("acoustics") else None,
        )


def _missed(message: transcript_pb2.Transcript) -> Iterator[MissedSpeech]:
    """Yield whoever may speak on channels of which speech was missed; anybody where no channel is named."""
    for warning in message.quality.warnings:
        if warning.code != transcript_pb2.QualityWarning.SPEECH_MISSED:
            continue
        if not warning.HasField("channel"):
            yield MissedSpeech(role=Role.UNKNOWN, role_confidence=1.0)
            continue
        voices = [speaker for speaker in message.speakers if speaker.channel == warning.channel]
        for speaker in voices:
            yield MissedSpeech(
                role=_role(speaker.role), role_confidence=round(speaker.role_confidence, FLOAT_DIGITS)
            )
        if not voices:
            # Nobody was heard on it: what the channel map says is all there is.
            stated = [one.role for one in message.channels if one.channel == warning.channel]
            yield MissedSpeech(role=_role(stated[0]) if stated else Role.UNKNOWN, role_confidence=1.0)


def _role(number: transcript_pb2.SpeakerRole.ValueType) -> Role:
    names = transcript_pb2.SpeakerRole.DESCRIPTOR.values_by_number
    name = names[number].name if number in names else ""
    # A role that isn't set, or that this version doesn't know, is nobody's.
    return Role[name] if name in Role.__members__ else Role.UNKNOWN


def _turn(message: transcript_pb2.Turn, place: str) -> Turn:
    words = tuple(_word(word, f"{place}.words[{position}]") for position, word in enumerate(message.words))
    with _at(place):
        return Turn(
            index=message.index,
            role=_role(message.role),
            role_confidence=round(message.role_confidence, FLOAT_DIGITS),
            text=message.text,
            words=words,
            speaker=message.speaker,
        )


def _word(message: transcript_pb2.Word, place: str) -> Word:
    with _at(place):
        return Word(
            text=message.text,
            start_s=s_from_duration(message.start_offset),
            end_s=s_from_duration(message.end_offset),
            confidence=round(message.confidence, FLOAT_DIGITS),
        )


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, InvalidInputError) as error:
        raise TranscriptInvalidError(
            f"{place}: {error}", violations=[FieldViolation(place, str(error))]
        ) from error
