"""From the words of each channel to the words of each speaker, with roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transcription.speakers.roles import assign_speaker_roles
from transcription.speakers.voices import separate_voices, separation_warning, spoken_by_voice
from transcription.transcript import ChannelState, Speaker, SpeakerRole, SpokenWords
from transcription.wording.number_format import format_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transcription.recording.channels import CallChannel
    from transcription.speakers.voice_embedding import VoiceEncoder
    from transcription.transcript import QualityWarning, Word


def find_speakers(
    channels: Sequence[CallChannel],
    words: Sequence[Sequence[Word]],
    *,
    language: str,
    encoder: VoiceEncoder | None,
    numbers_as_figures: bool,
    check: Callable[[], None],
) -> tuple[tuple[SpokenWords, ...], tuple[QualityWarning, ...]]:
    """Return who says what in a call, and what to warn of.

    `words` has those of each channel. Each channel is one speaker's, except one that is heard alone and of
    which nobody says whose it is: `encoder` tells the voices on it apart, or doesn't when it is None.
    Channels that weren't listened to have no speaker.
    """
    heard = [channel for channel in channels if channel.state is ChannelState.HEARD]
    spoken: list[SpokenWords] = []
    warnings: list[QualityWarning] = []
    for channel in heard:
        said = words[channel.index]
        if encoder is not None and len(heard) == 1 and channel.role is SpeakerRole.UNKNOWN:
            voices = separate_voices(channel.samples, said, encoder, language=language, check=check)
            spoken.extend(spoken_by_voice(said, voices, channel=channel.index, first_index=len(spoken)))
            warning = separation_warning(voices, channel=channel.index)
            warnings.extend([warning] if warning else [])
        else:
            speaker = Speaker(
                index=len(spoken),
                channel=channel.index,
                role=channel.role,
                role_confidence=channel.role_confidence,
                role_source=channel.role_source,
            )
            spoken.append(SpokenWords(speaker=speaker, words=tuple(said)))
    if numbers_as_figures:
        # After the voices are told apart: two people's digits are not one number.
        spoken = [
            SpokenWords(speaker=one.speaker, words=format_numbers(one.words, language=language))
            for one in spoken
        ]
    with_roles, role_warnings = assign_speaker_roles(spoken, language=language)
    return with_roles, (*warnings, *role_warnings)
