"""Each channel is a speaker, but for one alone that nobody says the speaker of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.transcription.test_quality import CHANNEL
from transcription.recording.channels import CallChannel
from transcription.speakers.find_speakers import find_speakers
from transcription.transcript import ChannelState, RoleSource, SpeakerRole, WarningCode, Word

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
GREETING = "Thank you for calling Harbour Lane Bank, how can I help you?"
REQUEST = "Hi, I'm calling because my card was stolen and I paid twenty five dollars."


def said(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_s=float(index), end_s=index + 0.5, confidence=0.9)
        for index, word in enumerate(text.split())
    )


def channel(index: int, role: SpeakerRole, source: RoleSource = RoleSource.STATED) -> CallChannel:
    confidence = 0.0 if role is UNKNOWN else 1.0
    return replace(CHANNEL, index=index, role=role, role_confidence=confidence, role_source=source)


def found(
    channels: list[CallChannel], *texts: str, numbers_as_figures: bool = True
) -> tuple[list[tuple[int, int, SpeakerRole, RoleSource]], list[str], list[WarningCode]]:
    spoken, warnings = find_speakers(
        channels,
        [said(text) for text in texts],
        language="en",
        encoder=None,
        numbers_as_figures=numbers_as_figures,
        check=lambda: None,
    )
    return (
        [
            (one.speaker.index, one.speaker.channel, one.speaker.role, one.speaker.role_source)
            for one in spoken
        ],
        [" ".join(word.text for word in one.words) for one in spoken],
        [warning.code for warning in warnings],
    )


def test_stated_roles_stay_and_numbers_become_figures() -> None:
    speakers, texts, warnings = found([channel(0, AGENT), channel(1, CUSTOMER)], GREETING, REQUEST)
    assert speakers == [(0, 0, AGENT, RoleSource.STATED), (1, 1, CUSTOMER, RoleSource.STATED)]
    assert texts[1].endswith("I paid $25.")
    assert warnings == []


def test_numbers_may_stay_as_heard() -> None:
    pair = [channel(0, AGENT), channel(1, CUSTOMER)]
    assert found(pair, GREETING, REQUEST, numbers_as_figures=False)[1] == [GREETING, REQUEST]


def test_a_convention_gives_way_to_what_is_said() -> None:
    pair = [channel(0, AGENT, RoleSource.CONVENTION), channel(1, CUSTOMER, RoleSource.CONVENTION)]
    speakers, _, _ = found(pair, REQUEST, GREETING)
    assert speakers == [(0, 0, CUSTOMER, RoleSource.SPEECH), (1, 1, AGENT, RoleSource.SPEECH)]


def test_stated_roles_that_speech_contradicts_are_warned_of() -> None:
    speakers, _, warnings = found([channel(0, AGENT), channel(1, CUSTOMER)], REQUEST, GREETING)
    assert [role for _, _, role, _ in speakers] == [AGENT, CUSTOMER]
    assert warnings == [WarningCode.SWAPPED_CHANNELS]


@pytest.mark.parametrize("state", [ChannelState.DEAD, ChannelState.COPY])
def test_a_channel_nobody_listened_to_has_no_speaker(state: ChannelState) -> None:
    pair = [replace(channel(0, UNKNOWN), state=state), channel(1, CUSTOMER)]
    speakers, _, _ = found(pair, "", REQUEST)
    assert [(index, of_channel) for index, of_channel, _, _ in speakers] == [(0, 1)]
