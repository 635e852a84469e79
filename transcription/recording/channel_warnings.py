"""The sentences that tell a reviewer what is wrong with a call's channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcription.transcript import SAMPLE_RATE_HZ, ChannelState, QualityWarning, SpeakerRole, WarningCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.recording.channels import CallChannel

_CLIPPED_FROM: Final = 0.02
_NOISY_BELOW_DB: Final = 15.0
# Codecs pad and trim by less than this.
_MISSING_FROM_S: Final = 0.25
_MISSING_SHARE: Final = 0.001


def state_warnings(channels: Sequence[CallChannel]) -> list[QualityWarning]:
    """Say which channels are dead, copies or too short; `channels` are all of the call's in order."""
    found: list[QualityWarning] = []
    for channel in channels:
        if channel.state is ChannelState.DEAD:
            length_s = len(channel.samples) / SAMPLE_RATE_HZ
            message = (
                f"channel {channel.index} carries no signal in all its {length_s:.1f} s, so whoever spoke"
                " there was not recorded"
            )
            found.append(
                QualityWarning(code=WarningCode.DEAD_CHANNEL, channel=channel.index, message=message)
            )
        if channel.copied_from is not None:
            original = channels[channel.copied_from]
            difference_db = channel.sound.level_dbfs - original.sound.level_dbfs
            message = (
                f"channel {channel.index} carries the same sound as channel {original.index} at"
                f" {difference_db:+.0f} dB, so only one of them was heard"
            )
            if original.role is SpeakerRole.UNKNOWN:
                message += ", and the channels do not tell who speaks"
            found.append(
                QualityWarning(code=WarningCode.COPIED_CHANNEL, channel=channel.index, message=message)
            )
        if channel.missing_s > max(_MISSING_FROM_S, _MISSING_SHARE * channel.decoded_s):
            message = (
                f"channel {channel.index} lacks {channel.missing_s:.1f} s of the length that its file"
                " declares, so the end of the call may be missing"
            )
            found.append(
                QualityWarning(code=WarningCode.SHORTER_THAN_DECLARED, channel=channel.index, message=message)
            )
    return found


def sound_warnings(channel: CallChannel) -> list[QualityWarning]:
    """Say what is wrong with the sound of a channel on which somebody spoke."""
    sound, found = channel.sound, []
    if sound.clipped_share >= _CLIPPED_FROM:
        message = (
            f"{sound.clipped_share:.0%} of the loud sound on channel {channel.index} is cut off at its peaks,"
            " so words may be wrong; lower the recording level"
        )
        found.append(QualityWarning(code=WarningCode.CLIPPED, channel=channel.index, message=message))
    if sound.above_noise_db < _NOISY_BELOW_DB:
        message = (
            f"speech on channel {channel.index} is only {sound.above_noise_db:.0f} dB above the noise, so"
            " words may be wrong"
        )
        found.append(QualityWarning(code=WarningCode.NOISY, channel=channel.index, message=message))
    return found
