from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import acoustics_pb2
from google.protobuf.duration_pb2 import Duration

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


def measured() -> acoustics_pb2.Acoustics:
    span = acoustics_pb2.TalkSpan(
        speaker=0, start_offset=Duration(seconds=2), end_offset=Duration(seconds=9, nanos=500_000_000)
    )
    return acoustics_pb2.Acoustics(
        talk_spans=[span],
        speakers=[acoustics_pb2.SpeakerActivity(speaker=0, talk_share=1, words_per_minute=120)],
        waveform=[acoustics_pb2.WaveformPeaks(channel=0, peaks=bytes([200] * 920))],
        peaks_per_second=10,
    )


def test_acoustics_are_drawn_for_people_and_written_for_programs(
    callqa: Callqa, folder: Path, store: Store
) -> None:
    callqa("upload", folder / "good.wav", "--watch")
    (transcript,) = store.transcripts.values()
    transcript.acoustics.CopyFrom(measured())
    shown = callqa("acoustics", "good")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("good  1:32  talk")
    assert "████" in shown.stdout
    written = callqa("acoustics", "good", "--json").json
    assert written["talk_spans"] == [{"speaker": 0, "start_offset": "2s", "end_offset": "9.500s"}]
    assert written["peaks_per_second"] == 10


def test_a_transcript_without_acoustics_says_so(callqa: Callqa, folder: Path) -> None:
    callqa("upload", folder / "good.wav", "--watch")
    ended = callqa("acoustics", "good")
    assert ended.exit_code == 2
    assert ended.stderr == (
        "error: the call good was heard by a version that measured no acoustics; have it heard again\n"
    )


def test_a_call_that_was_not_heard_says_why(callqa: Callqa, folder: Path) -> None:
    callqa("upload", folder / "text.wav", "--watch")
    ended = callqa("acoustics", "text")
    assert ended.exit_code == 2
    assert ended.stderr.startswith("error: the call text is quarantined and has no transcript:")
