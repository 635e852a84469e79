"""What each channel of a call is: who speaks on it, and whether it is worth listening to at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from servicekit.errors import FieldViolation
from transcription.errors import AudioChannelsError, AudioNoSpeechError
from transcription.recording.channel_sound import ChannelSound, measure
from transcription.recording.copied_sound import is_copy
from transcription.transcript import SAMPLE_RATE_HZ, ChannelState, RoleSource, SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.engine import Samples
    from transcription.recording.decoding import DecodedLeg

_SILENCE_FLOOR_DBFS: Final = -65.0
_PAIR: Final = 2
_DEFAULT_PAIR: Final = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
_CONVENTION_CONFIDENCE: Final = 0.8
"""Most recorders put the agent first, and some do not."""
_ECHO_DB: Final = 20.0
"""A copy this much quieter is the echo of the other side on a channel where nobody speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChannel:
    """One channel of a call; `index` counts over all legs from 0.

    `role_confidence` is 1 for a stated role, 0.8 for one by convention and 0 for UNKNOWN. `state` is DEAD,
    COPY, or HEARD for one that is to be listened to; `copied_from` is the channel that a COPY repeats.
    Durations and offsets are seconds, see ChannelReport.
    """

    index: int
    role: SpeakerRole
    role_confidence: float
    role_source: RoleSource
    samples: Samples
    sound: ChannelSound
    state: ChannelState
    copied_from: int | None
    declared_s: float | None
    missing_s: float
    start_offset_s: float

    @property
    def decoded_s(self) -> float:
        """Length of what was decoded, in seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ

    @property
    def level_dbfs(self) -> float:
        """Level of its loud sound, -120 to 0."""
        return self.sound.level_dbfs

    @property
    def clipped_share(self) -> float:
        """Share of its loud sound that is cut off, 0 to 1."""
        return self.sound.clipped_share


def assign_roles(
    legs: Sequence[DecodedLeg],
    stated: Sequence[Sequence[SpeakerRole]],
    *,
    silence_floor_dbfs: float = _SILENCE_FLOOR_DBFS,
) -> tuple[CallChannel, ...]:
    """Find out what each channel is and who speaks on it; at least one is to be HEARD.

    `stated` has the roles of each leg's channels, empty where the client states none. If none are stated at
    all, the first of two live channels is the agent's; a channel alone is UNKNOWN, also when it is alone
    because the other one is dead or a copy, since then both voices may be on it. Beside a stated leg, an
    unstated one is UNKNOWN. Copies with different roles are heard once, as UNKNOWN. Raises AudioChannelsError
    when roles and channels don't fit, AudioNoSpeechError when every channel is dead.
    """
    _require_fitting(legs, stated)
    owners = [leg for leg in legs for _ in leg.channels]
    samples = [channel for leg in legs for channel in leg.channels]
    named = [
        role
        for leg, roles in zip(legs, stated, strict=True)
        for role in (roles or (SpeakerRole.UNKNOWN,) * len(leg.channels))
    ]
    sounds = [measure(channel, silence_floor_dbfs=silence_floor_dbfs) for channel in samples]
    alive = [index for index, sound in enumerate(sounds) if not sound.is_dead]
    if not alive:
        raise AudioNoSpeechError(
            "nobody says a word in the recording: no channel of it carries any signal; check that the right"
            " file was uploaded and that the recorder was connected"
        )
    copied_from = _copies(samples, sounds, alive)
    by_convention = not any(stated) and len(samples) == len(alive) == _PAIR and not copied_from
    channels: list[CallChannel] = []
    for index, sound in enumerate(sounds):
        role = _DEFAULT_PAIR[index] if by_convention else _role(index, named, sounds, copied_from)
        sure = _CONVENTION_CONFIDENCE if by_convention else 1.0
        channels.append(
            CallChannel(
                index=index,
                role=role,
                role_confidence=0.0 if role is SpeakerRole.UNKNOWN else sure,
                role_source=RoleSource.STATED if any(stated) else RoleSource.CONVENTION,
                samples=samples[index],
                sound=sound,
                state=_state(index, sounds, copied_from),
                copied_from=copied_from.get(index),
                declared_s=owners[index].declared_s,
                missing_s=owners[index].missing_s,
                start_offset_s=owners[index].start_offset_s,
            )
        )
    return tuple(channels)


def _require_fitting(legs: Sequence[DecodedLeg], stated: Sequence[Sequence[SpeakerRole]]) -> None:
    for index, (leg, roles) in enumerate(zip(legs, stated, strict=True)):
        if roles and len(roles) != len(leg.channels):
            field = f"config.legs[{index}].channel_roles"
            sentence = (
                f"leg {index} has {len(leg.channels)} channels and {len(roles)} roles; give one role for each"
            )
            raise AudioChannelsError(sentence, violations=[FieldViolation(field, sentence)])


def _copies(
    samples: Sequence[Samples], sounds: Sequence[ChannelSound], alive: Sequence[int]
) -> dict[int, int]:
    """Return which channel each copy repeats: the first, or the louder where the other is its echo."""
    copied_from: dict[int, int] = {}
    for position, index in enumerate(alive):
        for earlier in alive[:position]:
            if index in copied_from or earlier in copied_from:
                continue
            if is_copy(samples[earlier], samples[index]):
                is_echo = sounds[index].level_dbfs - sounds[earlier].level_dbfs > _ECHO_DB
                copy, original = (earlier, index) if is_echo else (index, earlier)
                copied_from[copy] = original
    return copied_from


def _role(
    index: int, named: Sequence[SpeakerRole], sounds: Sequence[ChannelSound], copied_from: dict[int, int]
) -> SpeakerRole:
    same = [
        other
        for one, other in (
            *copied_from.items(),
            *((original, copy) for copy, original in copied_from.items()),
        )
        if one == index and abs(sounds[one].level_dbfs - sounds[other].level_dbfs) <= _ECHO_DB
    ]
    # One sound that is said to be two people may be both of them.
    return named[index] if all(named[other] is named[index] for other in same) else SpeakerRole.UNKNOWN


def _state(index: int, sounds: Sequence[ChannelSound], copied_from: dict[int, int]) -> ChannelState:
    if sounds[index].is_dead:
        return ChannelState.DEAD
    return ChannelState.COPY if index in copied_from else ChannelState.HEARD
