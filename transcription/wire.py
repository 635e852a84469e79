"""Between the wire's messages and this service's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2, transcription_service_pb2

from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.wire import duration_from_s
from transcription.transcribe import ChannelSegment, Progress
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transcription.transcript import ChannelWords, Transcript, Word

_MAX_LEGS: Final = 2
_TO_WIRE: Final = {
    SpeakerRole.AGENT: transcript_pb2.AGENT,
    SpeakerRole.CUSTOMER: transcript_pb2.CUSTOMER,
    SpeakerRole.UNKNOWN: transcript_pb2.UNKNOWN,
}
_FROM_WIRE: Final = {number: role for role, number in _TO_WIRE.items()}


def stated_roles(config: transcription_service_pb2.TranscribeConfig) -> list[tuple[SpeakerRole, ...]]:
    """Return each leg's roles, empty where none are stated. Raises InvalidInputError naming the field."""
    if not 1 <= len(config.legs) <= _MAX_LEGS:
        raise _refuse("config.legs", f"a call has one or two legs, not {len(config.legs)}")
    legs = []
    for index, leg in enumerate(config.legs):
        for position, number in enumerate(leg.channel_roles):
            if number not in _FROM_WIRE:
                field = f"config.legs[{index}].channel_roles[{position}]"
                raise _refuse(field, f"{field} is AGENT, CUSTOMER or UNKNOWN")
        legs.append(tuple(_FROM_WIRE[number] for number in leg.channel_roles))
    return legs


def heard_to_wire(heard: Progress | ChannelSegment) -> transcription_service_pb2.TranscribeCallResponse:
    """Return a response with progress or a segment."""
    if isinstance(heard, Progress):
        return transcription_service_pb2.TranscribeCallResponse(
            progress=transcription_service_pb2.TranscribeProgress(
                heard_duration=duration_from_s(heard.heard_s), total_duration=duration_from_s(heard.total_s)
            )
        )
    return transcription_service_pb2.TranscribeCallResponse(
        segment=transcription_service_pb2.TranscribedSegment(
            channel=heard.channel, role=_TO_WIRE[heard.role], words=_words(heard.words)
        )
    )


def transcript_to_wire(transcript: Transcript) -> transcript_pb2.Transcript:
    """Return the transcript without a name: it isn't stored."""
    return transcript_pb2.Transcript(
        language=transcript.language,
        duration=duration_from_s(transcript.duration_s),
        model_version=transcript.model_version,
        turns=[
            transcript_pb2.Turn(
                index=index,
                role=_TO_WIRE[turn.role],
                role_confidence=turn.role_confidence,
                text=turn.text,
                words=_words(turn.words),
            )
            for index, turn in enumerate(transcript.turns)
        ],
        channels=[_report(channel) for channel in transcript.channels],
    )


def _report(channel: ChannelWords) -> transcript_pb2.ChannelReport:
    return transcript_pb2.ChannelReport(
        channel=channel.channel,
        role=_TO_WIRE[channel.role],
        speech_duration=duration_from_s(channel.speech_s()),
        word_count=len(channel.words),
        mean_confidence=channel.mean_confidence(),
    )


def _words(words: Iterable[Word]) -> list[transcript_pb2.Word]:
    return [
        transcript_pb2.Word(
            text=word.text,
            start_offset=duration_from_s(word.start_s),
            end_offset=duration_from_s(word.end_s),
            confidence=word.confidence,
        )
        for word in words
    ]


def _refuse(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, violations=[FieldViolation(field, sentence)])
