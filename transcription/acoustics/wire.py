"""From measured acoustics to the wire's message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import acoustics_pb2

from servicekit.wire import duration_from_s

if TYPE_CHECKING:
    from google.protobuf.duration_pb2 import Duration

    from transcription.acoustics.values import Acoustics, SpeakerActivity


def acoustics_to_wire(acoustics: Acoustics) -> acoustics_pb2.Acoustics:
    """Return the message of the same content; durations are rounded to a millisecond."""
    return acoustics_pb2.Acoustics(
        talk_spans=[
            acoustics_pb2.TalkSpan(
                speaker=span.speaker,
                start_offset=duration_from_s(span.start_s),
                end_offset=duration_from_s(span.end_s),
            )
            for span in acoustics.talk_spans
        ],
        quiet_spans=[
            acoustics_pb2.QuietSpan(
                kind=acoustics_pb2.QuietSpan.Kind.Value(span.kind.name),
                start_offset=duration_from_s(span.start_s),
                end_offset=duration_from_s(span.end_s),
                hold=span.hold,
            )
            for span in acoustics.quiet_spans
        ],
        overlaps=[
            acoustics_pb2.TalkOverlap(
                kind=acoustics_pb2.TalkOverlap.Kind.Value(overlap.kind.name),
                first_speaker=overlap.first_speaker,
                second_speaker=overlap.second_speaker,
                start_offset=duration_from_s(overlap.start_s),
                end_offset=duration_from_s(overlap.end_s),
            )
            for overlap in acoustics.overlaps
        ],
        responses=[
            acoustics_pb2.Response(turn=response.turn, latency=duration_from_s(response.latency_s))
            for response in acoustics.responses
        ],
        speakers=[_activity(activity) for activity in acoustics.speakers],
        talk_duration=duration_from_s(acoustics.talk_s),
        quiet_duration=duration_from_s(acoustics.quiet_s),
        overlap_duration=duration_from_s(acoustics.overlap_s),
        hold_duration=duration_from_s(acoustics.hold_s),
        waveform=[
            acoustics_pb2.WaveformPeaks(channel=channel.channel, peaks=channel.peaks)
            for channel in acoustics.waveform
        ],
        peaks_per_second=acoustics.peaks_per_second,
    )


def _activity(activity: SpeakerActivity) -> acoustics_pb2.SpeakerActivity:
    return acoustics_pb2.SpeakerActivity(
        speaker=activity.speaker,
        talk_duration=duration_from_s(activity.talk_s),
        talk_share=activity.talk_share,
        words_per_minute=activity.words_per_minute,
        median_latency=_optional(activity.median_latency_s),
        longest_latency=_optional(activity.longest_latency_s),
        interruption_count=activity.interruption_count,
        longest_talk=duration_from_s(activity.longest_talk_s),
    )


def _optional(seconds: float | None) -> Duration | None:
    return None if seconds is None else duration_from_s(seconds)
