"""The quality report of a transcript: what was heard of each channel, and what a reviewer should know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcription.transcript import (
    ChannelReport,
    ChannelState,
    QualityWarning,
    SpeakerRole,
    WarningCode,
    mean_confidence,
    spoken_s,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.engine import ChannelHearing
    from transcription.recording.channels import CallChannel
    from transcription.transcript import RemovedWords, SpokenWords, Word

# Below these, loud sound without words is a cough, a click or a door.
_MIN_MISSED_S: Final = 5.0
_MISSED_SHARE: Final = 0.25
_LOW_CONFIDENCE_SHARE: Final = 0.2
_GRAVITY: Final = list(WarningCode)


def report_channel(
    channel: CallChannel,
    hearing: ChannelHearing,
    words: Sequence[Word],
    *,
    role: SpeakerRole,
    word_confidence_floor: float,
) -> ChannelReport:
    """Return what was heard on a channel; `role` is that of all its speakers, or UNKNOWN."""
    state = channel.state
    if state is ChannelState.HEARD and not words:
        state = ChannelState.NO_SPEECH
    return ChannelReport(
        channel=channel.index,
        role=role,
        state=state,
        decoded_s=channel.decoded_s,
        declared_s=channel.declared_s,
        start_offset_s=channel.start_offset_s,
        level_dbfs=channel.level_dbfs,
        clipped_share=channel.clipped_share,
        loud_s=hearing.loud_s,
        detected_s=hearing.detected_s,
        retried_s=hearing.retried_s,
        speech_s=spoken_s(words),
        word_count=len(words),
        mean_confidence=mean_confidence(words),
        low_confidence_word_count=sum(word.confidence < word_confidence_floor for word in words),
    )


def role_on_channel(channel: CallChannel, spoken: Iterable[SpokenWords]) -> SpeakerRole:
    """Return the role of all who speak on a channel, its own when nobody does; UNKNOWN when they differ."""
    roles = {one.speaker.role for one in spoken if one.speaker.channel == channel.index}
    roles = roles or {channel.role}
    return roles.pop() if len(roles) == 1 else SpeakerRole.UNKNOWN


def hearing_warnings(
    reports: Iterable[ChannelReport], removed: Sequence[RemovedWords]
) -> list[QualityWarning]:
    """Return what the engine's work on the channels gives reason to say."""
    warnings = []
    for report in reports:
        name = f"channel {report.channel}"
        missed_s = report.detected_s - report.speech_s
        if missed_s >= max(_MIN_MISSED_S, _MISSED_SHARE * report.detected_s):
            warnings.append(
                QualityWarning(
                    code=WarningCode.SPEECH_MISSED,
                    channel=report.channel,
                    message=f"{name} sounds like speech for {report.detected_s:.0f} s and words were found"
                    f" for {report.speech_s:.0f} s of them: listen before you rely on what was not said",
                )
            )
        if report.low_confidence_word_count > _LOW_CONFIDENCE_SHARE * report.word_count:
            warnings.append(
                QualityWarning(
                    code=WarningCode.LOW_CONFIDENCE,
                    channel=report.channel,
                    message=f"{report.low_confidence_word_count} of {report.word_count} words on {name} are"
                    " uncertain",
                )
            )
    if removed:
        removed_s = sum(words.end_s - words.start_s for words in removed)
        warnings.append(
            QualityWarning(
                code=WarningCode.WORDS_REMOVED,
                channel=None,
                message=f"words were taken out at {len(removed)} places, {removed_s:.0f} s in all, because"
                " nobody seems to say them",
            )
        )
    return warnings


def gravest_first(warnings: Iterable[QualityWarning]) -> tuple[QualityWarning, ...]:
    """Return the warnings in the order of their gravity, then of channel; the whole call's come last."""
    return tuple(
        sorted(
            warnings,
            key=lambda warning: (
                _GRAVITY.index(warning.code),
                warning.channel is None,
                warning.channel or 0,
            ),
        )
    )
