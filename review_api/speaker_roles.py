"""Who is who in a transcript, as somebody who listened says it. Pure: the same in, the same bytes out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2

from review_api.domain.calls import SpeakerRole
from servicekit.errors import FieldViolation, InvalidInputError, WrongStateError
from servicekit.wire import s_from_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

# Whoever sets the roles has answered these.
_SETTLED: Final = frozenset(
    {transcript_pb2.QualityWarning.SWAPPED_CHANNELS, transcript_pb2.QualityWarning.ROLES_UNSURE}
)


def roles_of(transcript: transcript_pb2.Transcript) -> tuple[SpeakerRole, ...]:
    """Return the role of each speaker. WrongStateError for a transcript that doesn't tell speakers apart."""
    return tuple(_role(speaker.role) for speaker in _with_speakers(transcript).speakers)


def is_corrected(transcript: transcript_pb2.Transcript) -> bool:
    """Tell whether somebody has set the transcript's roles."""
    return any(speaker.role_source == transcript_pb2.CORRECTED for speaker in transcript.speakers)


def with_roles(
    transcript: transcript_pb2.Transcript, roles: Sequence[SpeakerRole]
) -> transcript_pb2.Transcript:
    """Return the same words, unnamed, with these roles by speaker.

    InvalidInputError for another number of roles than speakers, WrongStateError for a transcript that doesn't
    tell speakers apart.
    """
    corrected = _with_speakers(transcript)
    speakers = corrected.speakers
    if len(roles) != len(speakers):
        description = f"the call has {len(speakers)} speakers and {len(roles)} roles; give one role for each"
        raise InvalidInputError(f"roles: {description}", violations=[FieldViolation("roles", description)])
    corrected.name = ""
    for speaker, role in zip(speakers, roles, strict=True):
        speaker.role = transcript_pb2.SpeakerRole.Value(role.value)
        # Nobody is sure of a role by saying that it isn't known.
        speaker.role_confidence = 0.0 if role is SpeakerRole.UNKNOWN else 1.0
        speaker.role_source = transcript_pb2.CORRECTED
    for turn in corrected.turns:
        turn.role = speakers[turn.speaker].role
        turn.role_confidence = speakers[turn.speaker].role_confidence
    for channel in corrected.channels:
        own = {speaker.role for speaker in speakers if speaker.channel == channel.channel}
        if own:
            channel.role = own.pop() if len(own) == 1 else transcript_pb2.UNKNOWN
    if corrected.HasField("quality"):
        left = [warning for warning in corrected.quality.warnings if warning.code not in _SETTLED]
        del corrected.quality.warnings[:]
        corrected.quality.warnings.extend(left)
    return corrected


def kept_roles(
    corrected: transcript_pb2.Transcript, heard: transcript_pb2.Transcript
) -> tuple[SpeakerRole, ...]:
    """Return the roles that the speakers of a call heard anew have by what somebody set before.

    A speaker gets the role that was set for whoever spoke on the same channel at the same times, most of the
    time: engines may number voices differently. One who speaks at no such time keeps the role as heard.
    WrongStateError when the call as heard anew doesn't tell speakers apart.
    """
    heard = _with_speakers(heard)
    channel_of = {speaker.index: speaker.channel for speaker in corrected.speakers}
    before = [(channel_of[turn.speaker], *_span_s(turn), _role(turn.role)) for turn in corrected.turns]
    roles = []
    for speaker in heard.speakers:
        shared_s: defaultdict[SpeakerRole, float] = defaultdict(float)
        for turn in heard.turns:
            if turn.speaker != speaker.index:
                continue
            start_s, end_s = _span_s(turn)
            for channel, from_s, to_s, role in before:
                if channel == speaker.channel and from_s < end_s and start_s < to_s:
                    shared_s[role] += min(end_s, to_s) - max(start_s, from_s)
        roles.append(max(sorted(shared_s), key=shared_s.__getitem__, default=_role(speaker.role)))
    return tuple(roles)


def _with_speakers(transcript: transcript_pb2.Transcript) -> transcript_pb2.Transcript:
    """Return a copy with speakers; one from before they were told apart has one for each channel's role."""
    copy = transcript_pb2.Transcript()
    copy.CopyFrom(transcript)
    if copy.speakers:
        return copy
    channel_of = {channel.role: channel.channel for channel in copy.channels}
    if (
        not copy.channels
        or len(channel_of) != len(copy.channels)
        or any(turn.role not in channel_of for turn in copy.turns)
    ):
        raise WrongStateError(
            "the call was transcribed before speakers were told apart, and its channels don't tell them;"
            " have it heard again (callqa calls rehear), then set the roles"
        )
    index_of = {channel.channel: index for index, channel in enumerate(copy.channels)}
    for channel in copy.channels:
        copy.speakers.add(
            index=index_of[channel.channel],
            channel=channel.channel,
            role=channel.role,
            separation_confidence=1.0,
        )
    for turn in copy.turns:
        turn.speaker = index_of[channel_of[turn.role]]
    return copy


def _role(number: transcript_pb2.SpeakerRole.ValueType) -> SpeakerRole:
    names = transcript_pb2.SpeakerRole.DESCRIPTOR.values_by_number
    name = names[number].name if number in names else ""
    return SpeakerRole(name) if name in SpeakerRole.__members__ else SpeakerRole.UNKNOWN


def _span_s(turn: transcript_pb2.Turn) -> tuple[float, float]:
    if not turn.words:
        return 0.0, 0.0
    return s_from_duration(turn.words[0].start_offset), s_from_duration(turn.words[-1].end_offset)
