"""Between the wire's messages and this service's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2, transcription_service_pb2

from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.wire import duration_from_s
from transcription.acoustics.wire import acoustics_to_wire
from transcription.transcribe import ChannelSegment, Progress
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transcription.transcript import ChannelReport, Speaker, Transcript, Word

_MAX_LEGS: Final = 2
# As the contract says.
_MAX_VOCABULARY: Final = 100
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


def stated_vocabulary(config: transcription_service_pb2.TranscribeConfig) -> tuple[str, ...]:
    """Return the words to expect, without white space around them. Raises InvalidInputError."""
    if len(config.vocabulary) > _MAX_VOCABULARY:
        raise _refuse(
            "config.vocabulary",
            f"a vocabulary has up to {_MAX_VOCABULARY} words, not {len(config.vocabulary)}; keep the names"
            " that are said most",
        )
    for index, word in enumerate(config.vocabulary):
        if not word.strip() or not word.isprintable():
            field = f"config.vocabulary[{index}]"
            raise _refuse(field, f"{field} is a word or a name in one line")
    return tuple(word.strip() for word in config.vocabulary)


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
        language_confidence=transcript.language_confidence,
        vocabulary=transcript.vocabulary,
        duration=duration_from_s(transcript.duration_s),
        model_version=transcript.model_version,
        turns=[
            transcript_pb2.Turn(
                index=index,
                role=_TO_WIRE[turn.speaker.role],
                role_confidence=turn.speaker.role_confidence,
                text=turn.text,
                words=_words(turn.words),
                speaker=turn.speaker.index,
            )
            for index, turn in enumerate(transcript.turns)
        ],
        channels=[_channel(report) for report in transcript.channels],
        speakers=[_speaker(speaker) for speaker in transcript.speakers],
        quality=_quality(transcript),
        acoustics=acoustics_to_wire(transcript.acoustics),
    )


def _speaker(speaker: Speaker) -> transcript_pb2.Speaker:
    return transcript_pb2.Speaker(
        index=speaker.index,
        channel=speaker.channel,
        role=_TO_WIRE[speaker.role],
        role_confidence=speaker.role_confidence,
        role_source=transcript_pb2.RoleSource.Value(speaker.role_source.name),
        separation_confidence=speaker.separation_confidence,
    )


def _channel(report: ChannelReport) -> transcript_pb2.ChannelReport:
    return transcript_pb2.ChannelReport(
        channel=report.channel,
        role=_TO_WIRE[report.role],
        state=transcript_pb2.ChannelReport.State.Value(report.state.name),
        speech_duration=duration_from_s(report.speech_s),
        word_count=report.word_count,
        mean_confidence=report.mean_confidence,
        low_confidence_word_count=report.low_confidence_word_count,
        decoded_duration=duration_from_s(report.decoded_s),
        declared_duration=None if report.declared_s is None else duration_from_s(report.declared_s),
        start_offset=duration_from_s(report.start_offset_s),
        level_dbfs=report.level_dbfs,
        clipped_share=report.clipped_share,
        loud_duration=duration_from_s(report.loud_s),
        detected_duration=duration_from_s(report.detected_s),
        retried_duration=duration_from_s(report.retried_s),
    )


def _quality(transcript: Transcript) -> transcript_pb2.QualityReport:
    return transcript_pb2.QualityReport(
        warnings=[
            transcript_pb2.QualityWarning(
                code=transcript_pb2.QualityWarning.Code.Value(warning.code.name),
                channel=warning.channel,
                message=warning.message,
            )
            for warning in transcript.warnings
        ],
        removed_words=[
            transcript_pb2.RemovedWords(
                channel=removed.channel,
                start_offset=duration_from_s(removed.start_s),
                end_offset=duration_from_s(removed.end_s),
                reason=transcript_pb2.RemovedWords.Reason.Value(removed.reason.name),
                text=removed.text,
            )
            for removed in transcript.removed_words
        ],
        word_confidence_floor=transcript.word_confidence_floor,
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
