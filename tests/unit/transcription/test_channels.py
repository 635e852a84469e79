from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from transcription.channels import assign_roles
from transcription.errors import AudioChannelsError
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from transcription.engine import Samples

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN


def sound(seed: int) -> Samples:
    return np.random.default_rng(seed).integers(-9000, 9000, 5000).astype(np.int16)


A, B, C = sound(1), sound(2), sound(3)


@pytest.mark.parametrize(
    ("legs", "stated", "expected"),
    [
        ([[A, B]], [()], [(AGENT, 1), (CUSTOMER, 1)]),
        ([[A, B]], [(CUSTOMER, AGENT)], [(CUSTOMER, 1), (AGENT, 1)]),
        ([[A]], [()], [(UNKNOWN, 0)]),
        ([[A]], [(CUSTOMER,)], [(CUSTOMER, 1)]),
        ([[A], [B]], [(), ()], [(AGENT, 1), (CUSTOMER, 1)]),
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
    channels = assign_roles(legs, stated)
    assert [(channel.role, channel.role_confidence) for channel in channels] == expected


@pytest.mark.parametrize(("legs", "stated"), [([[A]], [(AGENT, CUSTOMER)]), ([[A, B]], [(AGENT,)])])
def test_roles_that_do_not_fit_name_the_field(
    legs: list[list[Samples]], stated: list[tuple[SpeakerRole, ...]]
) -> None:
    with pytest.raises(AudioChannelsError, match=r"leg 0 has \d channels? and \d roles?") as refused:
        assign_roles(legs, stated)
    assert refused.value.violations[0].field == "config.legs[0].channel_roles"


def test_one_sound_on_both_channels_is_one_unknown_channel() -> None:
    almost = (A + np.random.default_rng(9).integers(-20, 20, len(A))).astype(np.int16)
    (channel,) = assign_roles([[A, almost]], [()])
    assert (channel.role, channel.role_confidence) == (UNKNOWN, 0)


@pytest.mark.parametrize(
    ("legs", "stated"), [([[A, A]], [(AGENT, CUSTOMER)]), ([[A], [A]], [(AGENT,), (CUSTOMER,)])]
)
def test_one_sound_cannot_have_two_speakers(
    legs: list[list[Samples]], stated: list[tuple[SpeakerRole, ...]]
) -> None:
    with pytest.raises(AudioChannelsError, match="the same sound"):
        assign_roles(legs, stated)


def test_silence_on_both_channels_is_not_one_sound() -> None:
    silence = np.zeros(5000, dtype=np.int16)
    assert len(assign_roles([[silence, silence]], [()])) == 2
