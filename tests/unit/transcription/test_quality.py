"""The quality report says what a reviewer has to know, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcription.engine import ChannelHearing
from transcription.quality import gravest_first, hearing_warnings, report_channel, role_on_channel
from transcription.recording.channel_sound import ChannelSound
from transcription.recording.channels import CallChannel
from transcription.transcript import (
    ChannelReport,
    ChannelState,
    QualityWarning,
    RemovalReason,
    RemovedWords,
    RoleSource,
    Speaker,
    SpeakerRole,
    SpokenWords,
    WarningCode,
    Word,
)

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN
CHANNEL = CallChannel(
    index=1,
    role=CUSTOMER,
    role_confidence=1.0,
    role_source=RoleSource.STATED,
    samples=np.zeros(32_000, dtype=np.int16),
    sound=ChannelSound(level_dbfs=-20.0, noise_dbfs=-60.0, clipped_share=0.25, is_dead=False),
    state=ChannelState.HEARD,
    copied_from=None,
    declared_s=2.5,
    missing_s=0.5,
    start_offset_s=0.0,
)
HEARING = ChannelHearing(loud_s=2.0, detected_s=1.5, retried_s=0.5)


def words(*confidences: float) -> tuple[Word, ...]:
    return tuple(
        Word(text="well", start_s=0.5 * index, end_s=0.5 * index + 0.25, confidence=confidence)
        for index, confidence in enumerate(confidences)
    )


def report(*confidences: float, detected_s: float = 1.5) -> ChannelReport:
    hearing = replace(HEARING, detected_s=detected_s)
    return report_channel(CHANNEL, hearing, words(*confidences), role=CUSTOMER, word_confidence_floor=0.25)


def codes(*reports: ChannelReport, removed: tuple[RemovedWords, ...] = ()) -> list[WarningCode]:
    return [warning.code for warning in hearing_warnings(reports, removed)]


def test_a_channel_is_reported_with_what_was_measured_and_heard() -> None:
    heard = report(0.2, 0.9)
    assert (heard.channel, heard.role, heard.state) == (1, CUSTOMER, ChannelState.HEARD)
    assert (heard.decoded_s, heard.declared_s, heard.level_dbfs, heard.clipped_share) == (
        2.0,
        2.5,
        -20.0,
        0.25,
    )
    assert (heard.loud_s, heard.detected_s, heard.retried_s, heard.speech_s) == (2.0, 1.5, 0.5, 0.5)
    assert (heard.word_count, heard.low_confidence_word_count) == (2, 1)
    assert heard.mean_confidence == pytest.approx(0.55)


def test_a_channel_without_words_is_one_without_speech() -> None:
    assert report().state is ChannelState.NO_SPEECH
    dead = replace(CHANNEL, state=ChannelState.DEAD)
    unheard = report_channel(dead, HEARING, (), role=CUSTOMER, word_confidence_floor=0.25)
    assert unheard.state is ChannelState.DEAD


@pytest.mark.parametrize(("detected_s", "missed"), [(5.0, False), (5.75, True)])
def test_speech_without_words_is_missed_from_five_seconds_on(detected_s: float, *, missed: bool) -> None:
    # Two words of 0.25 s.
    assert (WarningCode.SPEECH_MISSED in codes(report(0.9, 0.9, detected_s=detected_s))) is missed


def test_a_little_missed_of_much_is_no_warning() -> None:
    heard = replace(report(0.9), detected_s=100.0, speech_s=80.0)
    assert codes(heard) == []
    assert codes(replace(heard, speech_s=70.0)) == [WarningCode.SPEECH_MISSED]


def test_a_fifth_of_uncertain_words_is_borne() -> None:
    assert codes(report(0.1, 0.9, 0.9, 0.9, 0.9)) == []
    assert codes(report(0.1, 0.1, 0.9, 0.9, 0.9)) == [WarningCode.LOW_CONFIDENCE]


def test_removed_words_are_counted_and_not_quoted() -> None:
    removed = RemovedWords(
        channel=0, start_s=1.0, end_s=4.0, reason=RemovalReason.REPETITION, text="never said this"
    )
    (warning,) = hearing_warnings([], [removed])
    assert (warning.code, warning.channel) == (WarningCode.WORDS_REMOVED, None)
    assert "1 places, 3 s" in warning.message
    assert "never" not in warning.message


def test_the_gravest_comes_first_and_the_whole_call_last() -> None:
    warnings = [
        QualityWarning(code=code, channel=channel, message="listen")
        for code, channel in (
            (WarningCode.WORDS_REMOVED, None),
            (WarningCode.SPEECH_MISSED, None),
            (WarningCode.SPEECH_MISSED, 1),
            (WarningCode.SPEECH_MISSED, 0),
            (WarningCode.DEAD_CHANNEL, 1),
        )
    ]
    assert [(warning.code, warning.channel) for warning in gravest_first(warnings)] == [
        (WarningCode.DEAD_CHANNEL, 1),
        (WarningCode.SPEECH_MISSED, 0),
        (WarningCode.SPEECH_MISSED, 1),
        (WarningCode.SPEECH_MISSED, None),
        (WarningCode.WORDS_REMOVED, None),
    ]


def test_two_roles_on_a_channel_are_no_role_of_the_channel() -> None:
    def speaks(index: int, role: SpeakerRole) -> SpokenWords:
        speaker = Speaker(
            index=index, channel=1, role=role, role_confidence=0.9, role_source=RoleSource.SPEECH
        )
        return SpokenWords(speaker=speaker, words=())

    assert role_on_channel(CHANNEL, [speaks(0, AGENT)]) is AGENT
    assert role_on_channel(CHANNEL, [speaks(0, AGENT), speaks(1, CUSTOMER)]) is UNKNOWN
    assert role_on_channel(CHANNEL, []) is CUSTOMER
