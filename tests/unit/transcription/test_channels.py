"""What a channel is decides whether it is heard, who speaks on it and what reviewers are told."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.transcription.voices_of_noise import as_samples, voice
from transcription.engine import Samples
from transcription.errors import AudioChannelsError, AudioNoSpeechError
from transcription.recording.channel_warnings import state_warnings
from transcription.recording.channels import CallChannel, assign_roles
from transcription.recording.decoding import DecodedLeg
from transcription.transcript import ChannelState, RoleSource, SpeakerRole, WarningCode

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
HEARD, DEAD, COPY = ChannelState.HEARD, ChannelState.DEAD, ChannelState.COPY
A, B, C = (as_samples(voice(seed, 10.0)) for seed in (1, 2, 3))
SILENCE = np.zeros(160_000, dtype=np.int16)


def assigned(legs: list[list[Samples]], stated: list[tuple[SpeakerRole, ...]]) -> tuple[CallChannel, ...]:
    return assign_roles([DecodedLeg(channels=tuple(leg)) for leg in legs], stated)


@pytest.mark.parametrize(
    ("legs", "stated", "expected"),
    [
        ([[A, B]], [()], [(AGENT, 0.8), (CUSTOMER, 0.8)]),
        ([[A, B]], [(CUSTOMER, AGENT)], [(CUSTOMER, 1), (AGENT, 1)]),
        ([[A]], [()], [(UNKNOWN, 0)]),
        ([[A]], [(CUSTOMER,)], [(CUSTOMER, 1)]),
        ([[A], [B]], [(), ()], [(AGENT, 0.8), (CUSTOMER, 0.8)]),
        ([[A], [B]], [(CUSTOMER,), (AGENT,)], [(CUSTOMER, 1), (AGENT, 1)]),
        ([[A], [B]], [(AGENT,), ()], [(AGENT, 1), (UNKNOWN, 0)]),
        ([[A, B], [C]], [(AGENT, CUSTOMER), (AGENT,)], [(AGENT, 1), (CUSTOMER, 1), (AGENT, 1)]),
        ([[A, B]], [(AGENT, UNKNOWN)], [(AGENT, 1), (UNKNOWN, 0)]),
    ],
)
def test_roles_come_from_the_channel_map(
    legs: list[list[Samples]],
    stated: list[tuple[SpeakerRole, ...]],
    expected: list[tuple[SpeakerRole, float]],
) -> None:
    channels = assigned(legs, stated)
    assert [(channel.role, channel.role_confidence) for channel in channels] == expected
    assert {channel.state for channel in channels} == {HEARD}
    assert {channel.role_source for channel in channels} == {
        RoleSource.STATED if any(stated) else RoleSource.CONVENTION
    }
    assert [channel.index for channel in channels] == list(range(len(channels)))
    assert not state_warnings(channels)


@pytest.mark.parametrize(("legs", "stated"), [([[A]], [(AGENT, CUSTOMER)]), ([[A, B]], [(AGENT,)])])
def test_roles_that_do_not_fit_name_the_field(
    legs: list[list[Samples]], stated: list[tuple[SpeakerRole, ...]]
) -> None:
    with pytest.raises(AudioChannelsError, match=r"leg 0 has \d channels? and \d roles?") as refused:
        assigned(legs, stated)
    assert refused.value.violations[0].field == "config.legs[0].channel_roles"


@pytest.mark.parametrize(
    ("stated", "role", "said"),
    [
        ((), UNKNOWN, "do not tell who speaks"),
        ((AGENT, CUSTOMER), UNKNOWN, "do not tell who speaks"),
        ((AGENT, AGENT), AGENT, "only one of them was heard"),
    ],
)
def test_one_sound_on_both_channels_is_heard_once(
    stated: tuple[SpeakerRole, ...], role: SpeakerRole, said: str
) -> None:
    almost = as_samples(A + np.random.default_rng(9).normal(0, 10, len(A)))
    channels = assigned([[A, almost]], [stated])
    assert [(channel.state, channel.role) for channel in channels] == [(HEARD, role), (COPY, role)]
    assert channels[1].copied_from == 0
    (warning,) = state_warnings(channels)
    assert (warning.code, warning.channel) == (WarningCode.COPIED_CHANNEL, 1)
    assert said in warning.message


def test_an_echo_on_the_channel_of_a_silent_caller_leaves_the_agent_who_he_is() -> None:
    channels = assigned([[as_samples(A * 0.03)], [A]], [(CUSTOMER,), (AGENT,)])
    assert [(channel.state, channel.role) for channel in channels] == [(COPY, CUSTOMER), (HEARD, AGENT)]
    (warning,) = state_warnings(channels)
    assert (warning.channel, "at -30 dB" in warning.message) == (0, True)


@pytest.mark.parametrize("dead", [SILENCE, SILENCE + np.int16(900)], ids=["digital silence", "constant"])
@pytest.mark.parametrize(("stated", "role"), [((), UNKNOWN), ((AGENT, CUSTOMER), CUSTOMER)])
def test_beside_a_dead_channel_the_live_one_is_heard_alone(
    dead: Samples, stated: tuple[SpeakerRole, ...], role: SpeakerRole
) -> None:
    channels = assigned([[dead, A]], [stated])
    assert [channel.state for channel in channels] == [DEAD, HEARD]
    assert channels[1].role is role
    (warning,) = state_warnings(channels)
    assert (warning.code, warning.channel) == (WarningCode.DEAD_CHANNEL, 0)
    assert "10.0 s" in warning.message


@pytest.mark.parametrize("legs", [[[SILENCE]], [[SILENCE, SILENCE]], [[SILENCE], [A[:5]]]])
def test_a_call_of_dead_channels_has_no_speech(legs: list[list[Samples]]) -> None:
    with pytest.raises(AudioNoSpeechError, match="no channel"):
        assigned(legs, [()] * len(legs))


def test_a_quiet_line_is_alive() -> None:
    (channel,) = assigned([[as_samples(voice(4, 10.0) * 0.03)]], [()])
    assert channel.state is HEARD
