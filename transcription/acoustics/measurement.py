"""Measures who talked, waited and held in a call, from its words and its sound."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from transcription.acoustics.activity import responses, speaker_activity
from transcription.acoustics.backchannels import Backchannels
from transcription.acoustics.overlaps import talk_overlaps
from transcription.acoustics.quiet import quiet_spans, quiet_stretches
from transcription.acoustics.talk import speech_level, talk_spans
from transcription.acoustics.values import Acoustics, AcousticsLimits, WaveformPeaks
from transcription.acoustics.waveform import PEAKS_PER_SECOND, waveform_peaks
from transcription.recording.loudness import frame_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.engine import Samples
    from transcription.transcript import SpokenWords, Turn

_DEFAULT_LIMITS = AcousticsLimits()


def measure_acoustics(
    channels: Sequence[Samples],
    spoken: Sequence[SpokenWords],
    turns: Sequence[Turn],
    *,
    duration_s: float,
    language: str,
    limits: AcousticsLimits = _DEFAULT_LIMITS,
) -> Acoustics:
    """Return the acoustics of a call.

    `channels` are all channels of the call at their index over all legs, on the call's own time line: a leg
    that began later has been moved. `spoken` has every speaker once, also one without words; `turns` are made
    of the same words. `language` is a BCP-47 tag. A call needs memory for its levels alone,
    1 MB an hour and channel. The same input gives the same values.
    """
    # Rounding to milliseconds must not lead out of the call.
    end_s = math.floor(duration_s * 1000) / 1000
    levels = [frame_levels(samples) for samples in channels]
    spans = talk_spans(spoken, levels, duration_s=end_s, max_pause_s=limits.max_pause_s)
    speech_dbfs = [
        speech_level([word for one in spoken if one.speaker.channel == index for word in one.words], level)
        for index, level in enumerate(levels)
    ]
    quiet = quiet_spans(channels, spans, speech_dbfs=speech_dbfs, duration_s=end_s, limits=limits)
    overlaps = talk_overlaps(
        spans, spoken, backchannels=Backchannels.of(language), min_overlap_s=limits.min_overlap_s
    )
    answers = responses(turns, spans)
    quiet_s = sum(until_s - from_s for from_s, until_s in quiet_stretches(spans, end_s))
    return Acoustics(
        talk_spans=spans,
        quiet_spans=quiet,
        overlaps=overlaps,
        responses=answers,
        speakers=speaker_activity(spoken, turns, spans, overlaps, answers, quiet),
        talk_s=round(end_s - quiet_s, 3),
        quiet_s=round(quiet_s, 3),
        overlap_s=round(_overlap_s([(span.start_s, span.end_s) for span in spans]), 3),
        hold_s=round(sum(span.end_s - span.start_s for span in quiet if span.hold), 3),
        waveform=tuple(
            WaveformPeaks(channel=index, peaks=waveform_peaks(samples))
            for index, samples in enumerate(channels)
        ),
        peaks_per_second=float(PEAKS_PER_SECOND),
    )


def _overlap_s(intervals: Sequence[tuple[float, float]]) -> float:
    """Return the time that two or more intervals cover."""
    events = sorted(event for start, end in intervals for event in ((start, 1), (end, -1)))
    covered_s, talking, since_s = 0.0, 0, 0.0
    for moment_s, change in events:
        if talking > 1:
            covered_s += moment_s - since_s
        talking += change
        since_s = moment_s
    return covered_s
