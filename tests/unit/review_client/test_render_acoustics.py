from __future__ import annotations

import io

import pytest
from callqa.v1 import acoustics_pb2, call_pb2, transcript_pb2
from google.protobuf.duration_pb2 import Duration
from rich.console import Console

from review_client.render.acoustics import acoustics_view

Quiet, Overlap = acoustics_pb2.QuietSpan, acoustics_pb2.TalkOverlap
CALL = call_pb2.Call(name="calls/c", external_id="x-1")


def s(seconds: float) -> Duration:
    sign = -1 if seconds < 0 else 1
    whole, rest = divmod(round(abs(seconds) * 1000), 1000)
    return Duration(seconds=sign * whole, nanos=sign * rest * 1_000_000)


def heard(roles: tuple[transcript_pb2.SpeakerRole.ValueType, ...]) -> transcript_pb2.Transcript:
    """A minute: the agent talks to 0:20, the customer from 0:18 to 0:30; then music, then nothing."""
    acoustics = acoustics_pb2.Acoustics(
        talk_spans=[
            acoustics_pb2.TalkSpan(speaker=0, start_offset=s(0), end_offset=s(20)),
            acoustics_pb2.TalkSpan(speaker=1, start_offset=s(18), end_offset=s(30)),
        ],
        quiet_spans=[
            Quiet(kind=Quiet.MUSIC, start_offset=s(30), end_offset=s(45), hold=True),
            Quiet(kind=Quiet.SILENCE, start_offset=s(45), end_offset=s(60)),
        ],
        overlaps=[
            Overlap(
                kind=Overlap.INTERRUPTION,
                first_speaker=0,
                second_speaker=1,
                start_offset=s(18),
                end_offset=s(20),
            ),
            Overlap(
                kind=Overlap.BACKCHANNEL,
                first_speaker=1,
                second_speaker=0,
                start_offset=s(25),
                end_offset=s(26),
            ),
        ],
        speakers=[
            acoustics_pb2.SpeakerActivity(
                speaker=0, talk_duration=s(20), talk_share=0.625, words_per_minute=180.2, longest_talk=s(20)
            ),
            acoustics_pb2.SpeakerActivity(
                speaker=1,
                talk_duration=s(12),
                talk_share=0.375,
                words_per_minute=150,
                median_latency=s(-2),
                longest_latency=s(0.75),
                interruption_count=1,
                longest_talk=s(8.25),
            ),
        ],
        talk_duration=s(30),
        quiet_duration=s(30),
        overlap_duration=s(2),
        hold_duration=s(15),
        # Loud in the first half of the call, quiet in the second.
        waveform=[
            acoustics_pb2.WaveformPeaks(channel=0, peaks=bytes([255] * 100 + [3] * 500)),
            acoustics_pb2.WaveformPeaks(channel=1, peaks=bytes([60] * 600)),
        ],
        peaks_per_second=10,
    )
    speakers = [
        transcript_pb2.Speaker(index=index, channel=index, role=role) for index, role in enumerate(roles)
    ]
    return transcript_pb2.Transcript(duration=s(60), acoustics=acoustics, speakers=speakers)


def drawn(transcript: transcript_pb2.Transcript, *, width: int = 90) -> list[str]:
    written = io.StringIO()
    Console(file=written, width=width, markup=False).print(acoustics_view(transcript, CALL))
    return [line.rstrip() for line in written.getvalue().splitlines()]


def test_a_call_is_drawn_along_its_time() -> None:
    lines = drawn(heard((transcript_pb2.AGENT, transcript_pb2.CUSTOMER)), width=90)
    assert lines == [
        "x-1  1:00  talk 0:30  quiet 0:30  both at once 2.0 s  on hold 0:15",
        "",
        "SPEAKER   TALK  SHARE  WORDS/MIN  ANSWERS IN  LONGEST  INTERRUPTS  LONGEST TALK",
        *lines[3:5],
        "",
        "agent     " + "█" * 14 + "▁" * 13,
        "customer  " + " " * 24 + "▆" * 16,
        "quiet     " + " " * 40 + "M" * 20,
        "both      " + " " * 24 + "xxx" + " " * 6 + "bb",
        "          0:00         0:10         0:20          0:30         0:40         0:50",
        "quiet  h hold, m music, r ringing, t tones, n noise; capitals on hold",
        "both   x interruption, a attempt to interrupt, b backchannel, c change of turns",
        "",
        "1 interruption, 1 backchannel",
        "",
        "0:18-0:20  customer interrupts agent",
        "0:30-0:45  hold, music (15 s)",
    ]


def test_the_speakers_are_in_a_table() -> None:
    lines = drawn(heard((transcript_pb2.AGENT, transcript_pb2.CUSTOMER)), width=100)
    assert lines[3].split() == ["agent", "0:20", "62%", "180", "-", "-", "0", "0:20"]
    assert lines[4].split() == ["customer", "0:12", "38%", "150", "-2.0", "s", "0.8", "s", "1", "8.2", "s"]


@pytest.mark.parametrize("width", [40, 72, 200])
def test_lanes_are_as_wide_as_there_is_room(width: int) -> None:
    lines = drawn(heard((transcript_pb2.AGENT, transcript_pb2.CUSTOMER)), width=width)
    lane = next(line for line in lines if line.startswith("agent     █"))
    assert len(lane) == pytest.approx(10 + (width - 10) / 3, abs=1)
    assert max(map(len, lines)) <= width


def test_voices_of_one_role_are_told_apart() -> None:
    lines = drawn(heard((transcript_pb2.UNKNOWN, transcript_pb2.UNKNOWN)), width=100)
    names = [line[:9].strip() for line in lines if "█" in line or "▆" in line]
    assert len(set(names)) == 2
    assert all(name.startswith("unknown") for name in names)


def test_a_call_without_talk_is_drawn_too() -> None:
    empty = transcript_pb2.Transcript(duration=s(0), acoustics=acoustics_pb2.Acoustics())
    assert drawn(empty)[0].startswith("x-1  0:00  talk 0.0 s")


def test_an_unknown_kind_of_a_newer_contract_is_left_out() -> None:
    transcript = heard((transcript_pb2.AGENT, transcript_pb2.CUSTOMER))
    transcript.acoustics.overlaps[0].kind = 99  # type: ignore[assignment]
    transcript.acoustics.quiet_spans[0].kind = 99  # type: ignore[assignment]
    lines = drawn(transcript)
    assert not any("interrupts" in line for line in lines[6:])
    assert "0:30-0:45  hold, 99 (15 s)" in lines
