from __future__ import annotations

import pytest
from callqa.v1 import transcript_pb2
from google.protobuf.duration_pb2 import Duration

from review_api.domain.calls import SpeakerRole
from review_api.speaker_roles import is_corrected, kept_roles, roles_of, with_roles
from servicekit.errors import InvalidInputError, WrongStateError
from servicekit.wire import canonical_bytes

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN


def transcript(*said: tuple[int, int], channels: tuple[int, ...] = (0, 0)) -> transcript_pb2.Transcript:
    """Return turns of (speaker, start in seconds) of a second each; `channels` has each speaker's channel."""
    made = transcript_pb2.Transcript(name="calls/c/transcripts/t", language="en", model_version="m1")
    for index, channel in enumerate(channels):
        made.speakers.add(
            index=index,
            channel=channel,
            role=transcript_pb2.AGENT if index == 0 else transcript_pb2.CUSTOMER,
            role_confidence=0.6,
            role_source=transcript_pb2.SPEECH,
            separation_confidence=0.8,
        )
    for channel in sorted(set(channels)):
        made.channels.add(channel=channel, role=transcript_pb2.UNKNOWN)
    for index, (speaker, start_s) in enumerate(said):
        word = transcript_pb2.Word(
            text="word", start_offset=Duration(seconds=start_s), end_offset=Duration(seconds=start_s + 1)
        )
        made.turns.add(
            index=index,
            speaker=speaker,
            role=made.speakers[speaker].role,
            role_confidence=0.6,
            text="word",
            words=[word],
        )
    warning = transcript_pb2.QualityWarning
    for code in (warning.ROLES_UNSURE, warning.SWAPPED_CHANNELS, warning.SPEAKERS_UNSURE):
        made.quality.warnings.add(code=code, message="?")
    return made


def test_roles_are_corrected_throughout() -> None:
    heard = transcript((0, 0), (1, 2), (0, 4), channels=(0, 1))
    before = canonical_bytes(heard)
    corrected = with_roles(heard, [CUSTOMER, AGENT])
    assert canonical_bytes(heard) == before
    assert [turn.role for turn in corrected.turns] == [
        transcript_pb2.CUSTOMER,
        transcript_pb2.AGENT,
        transcript_pb2.CUSTOMER,
    ]
    assert {turn.role_confidence for turn in corrected.turns} == {1.0}
    assert {speaker.role_source for speaker in corrected.speakers} == {transcript_pb2.CORRECTED}
    assert {round(speaker.separation_confidence, 3) for speaker in corrected.speakers} == {0.8}
    assert [channel.role for channel in corrected.channels] == [transcript_pb2.CUSTOMER, transcript_pb2.AGENT]
    # What was asked is answered; what else was doubted still is.
    assert [one.code for one in corrected.quality.warnings] == [transcript_pb2.QualityWarning.SPEAKERS_UNSURE]
    assert [turn.text for turn in corrected.turns] == [turn.text for turn in heard.turns]
    assert (roles_of(corrected), is_corrected(corrected), is_corrected(heard)) == (
        (CUSTOMER, AGENT),
        True,
        False,
    )
    assert canonical_bytes(with_roles(corrected, [CUSTOMER, AGENT])) == canonical_bytes(corrected)


def test_an_unknown_role_is_nobody_s() -> None:
    corrected = with_roles(transcript((0, 0)), [UNKNOWN, AGENT])
    assert corrected.turns[0].role_confidence == 0.0
    assert corrected.channels[0].role == transcript_pb2.UNKNOWN


@pytest.mark.parametrize("roles", [[], [AGENT], [AGENT, CUSTOMER, AGENT]])
def test_each_speaker_needs_a_role(roles: list[SpeakerRole]) -> None:
    with pytest.raises(InvalidInputError, match=r"2 speakers and \d roles"):
        with_roles(transcript((0, 0)), roles)


def old_transcript(*roles: transcript_pb2.SpeakerRole.ValueType) -> transcript_pb2.Transcript:
    """Return a transcript from before there were speakers, with one turn for each channel's role."""
    old = transcript_pb2.Transcript()
    for index, role in enumerate(roles):
        old.channels.add(channel=index, role=role)
        old.turns.add(index=index, role=role, role_confidence=1.0)
    return old


def test_an_old_transcript_has_the_speakers_of_its_channels() -> None:
    old = old_transcript(transcript_pb2.CUSTOMER, transcript_pb2.AGENT)
    assert roles_of(old) == (CUSTOMER, AGENT)
    corrected = with_roles(old, [AGENT, CUSTOMER])
    assert [(turn.speaker, turn.role) for turn in corrected.turns] == [
        (0, transcript_pb2.AGENT),
        (1, transcript_pb2.CUSTOMER),
    ]
    assert roles_of(old_transcript(transcript_pb2.UNKNOWN)) == (UNKNOWN,)


@pytest.mark.parametrize("roles", [(), (transcript_pb2.UNKNOWN, transcript_pb2.UNKNOWN)])
def test_an_old_transcript_may_not_tell_speakers_apart(
    roles: tuple[transcript_pb2.SpeakerRole.ValueType, ...],
) -> None:
    with pytest.raises(WrongStateError, match="callqa calls rehear"):
        roles_of(old_transcript(*roles))


def test_roles_stay_with_the_voices_however_they_are_numbered() -> None:
    corrected = with_roles(transcript((0, 0), (1, 2), (0, 4)), [CUSTOMER, AGENT])
    assert kept_roles(corrected, transcript((0, 0), (1, 2), (0, 4))) == (CUSTOMER, AGENT)
    assert kept_roles(corrected, transcript((1, 0), (0, 2), (1, 4))) == (AGENT, CUSTOMER)


def test_roles_are_kept_in_a_transcript_without_speakers() -> None:
    corrected = with_roles(transcript((0, 0), (1, 2), channels=(0, 1)), [CUSTOMER, AGENT])
    old = transcript((0, 0), (1, 2), channels=(0, 1))
    for channel, role in zip(old.channels, (transcript_pb2.AGENT, transcript_pb2.CUSTOMER), strict=True):
        channel.role = role
    old.ClearField("speakers")
    for turn in old.turns:
        turn.ClearField("speaker")
    assert kept_roles(corrected, old) == (CUSTOMER, AGENT)


def test_who_speaks_on_another_channel_is_somebody_else() -> None:
    corrected = with_roles(transcript((0, 0), (1, 0), channels=(0, 1)), [CUSTOMER, AGENT])
    assert kept_roles(corrected, transcript((0, 0), (1, 0), channels=(1, 0))) == (AGENT, CUSTOMER)
    # Nobody spoke at that time before: the role is as heard.
    assert kept_roles(corrected, transcript((0, 30), (1, 0), channels=(0, 1))) == (AGENT, AGENT)
