"""Who speaks on which channel of a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from servicekit.errors import FieldViolation
from transcription.errors import AudioChannelsError
from transcription.transcript import SAMPLE_RATE_HZ, ChannelState, RoleSource, SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.engine import Samples

_BLOCK_SAMPLES: Final = 60 * SAMPLE_RATE_HZ
# A difference 40 dB below the sound: what a lossy codec makes of one signal stored twice.
_SAME_POWER_RATIO: Final = 1e-4
_PAIR: Final = 2
_DEFAULT_PAIR: Final = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChannel:
    """One channel of a call, its samples and what they are like.

    `role_confidence` is 1 where the channel map says who speaks, else 0. Durations and offsets are seconds,
    see ChannelReport.
    """

    role: SpeakerRole
    role_confidence: float
    role_source: RoleSource
    samples: Samples
    state: ChannelState = ChannelState.HEARD
    declared_s: float | None = None
    start_offset_s: float = 0.0
    level_dbfs: float = 0.0
    clipped_share: float = 0.0

    @property
    def decoded_s(self) -> float:
        """Length of what was decoded, in seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ


def assign_roles(
    legs: Sequence[Sequence[Samples]], stated: Sequence[Sequence[SpeakerRole]]
) -> list[CallChannel]:
    """Return the call's channels, leg by leg, with their roles.

    `stated` has the roles of each leg's channels, empty where the client states none. If none are stated at
    all, the first of two channels is the agent's and one alone is UNKNOWN; beside a stated leg, an unstated
    one is UNKNOWN. One signal stored on both channels of an unstated leg is one UNKNOWN channel. Raises
    AudioChannelsError when roles and channels don't fit.
    """
    for index, (channels, roles) in enumerate(zip(legs, stated, strict=True)):
        if roles and len(roles) != len(channels):
            field = f"config.legs[{index}].channel_roles"
            sentence = (
                f"leg {index} has {len(channels)} channels and {len(roles)} roles; give one role for each"
            )
            raise AudioChannelsError(sentence, violations=[FieldViolation(field, sentence)])
    samples = [channel for channels in legs for channel in channels]
    if len(samples) == _PAIR and _same_sound(*samples):
        if len(legs) > 1 or stated[0]:
            raise AudioChannelsError(
                "both channels of the call carry the same sound, so nobody can tell agent from customer;"
                " upload one channel for each speaker, or a single file without channel roles"
            )
        return [_channel(SpeakerRole.UNKNOWN, RoleSource.CONVENTION, samples[0])]
    source = RoleSource.STATED if any(stated) else RoleSource.CONVENTION
    if not any(stated):
        roles = _DEFAULT_PAIR if len(samples) == _PAIR else (SpeakerRole.UNKNOWN,) * len(samples)
    else:
        roles = tuple(
            role
            for channels, named in zip(legs, stated, strict=True)
            for role in (named or (SpeakerRole.UNKNOWN,) * len(channels))
        )
    return [_channel(role, source, channel) for role, channel in zip(roles, samples, strict=True)]


def _channel(role: SpeakerRole, source: RoleSource, samples: Samples) -> CallChannel:
    return CallChannel(
        role=role,
        role_confidence=0.0 if role is SpeakerRole.UNKNOWN else 1.0,
        role_source=source,
        samples=samples,
    )


def _same_sound(one: Samples, other: Samples) -> bool:
    """Say whether two channels carry one signal; silence on both is not a signal."""
    power = difference = 0.0
    for first in range(0, min(len(one), len(other)), _BLOCK_SAMPLES):
        left = np.asarray(one[first : first + _BLOCK_SAMPLES], dtype=np.float64)
        right = np.asarray(other[first : first + _BLOCK_SAMPLES], dtype=np.float64)
        common = min(len(left), len(right))
        power += float(np.square(left).sum() + np.square(right).sum()) / 2
        difference += float(np.square(left[:common] - right[:common]).sum())
    return power > 0 and difference < _SAME_POWER_RATIO * power
