"""TranscribeCall over a real gRPC server."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import grpc
import numpy as np
import pytest
from callqa.v1 import transcription_service_pb2 as pb
from callqa.v1.transcript_pb2 import AGENT, CUSTOMER, SPEAKER_ROLE_UNSPECIFIED, STATED, UNKNOWN

from servicekit.wire import s_from_duration
from tests.integration.transcription.streams import field_of, reason, requests
from tests.unit.transcription.fake_engine import FakeSpeechEngine
from tests.unit.transcription.recordings import encoded, tones, video, wav

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callqa.v1 import transcription_service_pb2_grpc

    from tests.integration.transcription.conftest import Serve

STEREO = wav(tones(4.0))
MONO = wav(tones(4.0, channels=1))


def refusal(responses: Iterator[pb.TranscribeCallResponse]) -> grpc.Call:
    with pytest.raises(grpc.RpcError) as refused:
        list(responses)
    assert isinstance(refused.value, grpc.Call)
    return refused.value


def test_progress_and_segments_come_before_the_transcript(serve: Serve) -> None:
    answers = list(serve().TranscribeCall(requests(STEREO)))
    kinds = [answer.WhichOneof("payload") for answer in answers]
    assert kinds[0] == "progress"
    assert kinds.count("segment") == 4
    assert kinds.index("transcript") == len(kinds) - 1
    heard_s = [
        s_from_duration(answer.progress.heard_duration) for answer in answers if answer.HasField("progress")
    ]
    assert heard_s == sorted(heard_s)
    assert (heard_s[0], heard_s[-1]) == (0.0, 8.0)
    assert s_from_duration(answers[0].progress.total_duration) == 8.0


def test_a_transcript_has_turns_words_times_and_reports(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(STEREO)))[-1].transcript
    assert [(turn.index, turn.role, turn.text) for turn in transcript.turns] == [
        (0, AGENT, "en0. en1."),
        (1, CUSTOMER, "en2. en3."),
    ]
    assert [s_from_duration(word.start_offset) for word in transcript.turns[1].words] == [2.0, 3.0]
    assert [turn.role_confidence for turn in transcript.turns] == pytest.approx([0.8, 0.8])
    assert transcript.name == ""
    assert transcript.language == "en"
    assert s_from_duration(transcript.duration) == 4.0
    assert [
        (report.channel, report.role, report.word_count, s_from_duration(report.speech_duration))
        for report in transcript.channels
    ] == [(0, AGENT, 2, 2.0), (1, CUSTOMER, 2, 2.0)]
    assert transcript.channels[0].mean_confidence == 0.5


def test_the_model_is_known_before_any_audio_is_sent(serve: Serve) -> None:
    stub = serve()
    version = stub.GetTranscriptionModel(pb.GetTranscriptionModelRequest()).model_version
    assert version.startswith("fake/1 av/")
    assert list(stub.TranscribeCall(requests(MONO)))[-1].transcript.model_version == version


def test_one_mono_recording_has_an_unknown_speaker(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(MONO)))[-1].transcript
    assert {(turn.role, turn.role_confidence) for turn in transcript.turns} == {(UNKNOWN, 0.0)}


def test_two_recordings_are_one_call_on_one_clock(serve: Serve) -> None:
    agent, customer = (wav(channel[np.newaxis]) for channel in tones(4.0))
    transcript = list(serve().TranscribeCall(requests(agent, customer, roles=[[AGENT], [CUSTOMER]])))[
        -1
    ].transcript
    assert [(turn.role, turn.text) for turn in transcript.turns] == [
        (AGENT, "en0. en1."),
        (CUSTOMER, "en2. en3."),
    ]


def test_roles_may_be_the_other_way_round(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(STEREO, roles=[[CUSTOMER, AGENT]])))[-1].transcript
    assert [turn.role for turn in transcript.turns] == [CUSTOMER, AGENT]


def test_the_language_is_heard_and_kept_as_stated(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(MONO, language="de-AT")))[-1].transcript
    assert transcript.language == "de-AT"
    assert transcript.turns[0].text.startswith("de0.")


def test_the_language_is_found_out_where_asked(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(MONO, language="und")))[-1].transcript
    assert (transcript.language, transcript.language_confidence) == ("de", 0.75)
    assert transcript.turns[0].text.startswith("de0.")


def test_the_engine_is_told_what_words_to_expect(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(MONO, vocabulary=[" Harbour Lane "])))[-1].transcript
    assert list(transcript.vocabulary) == ["Harbour Lane"]
    assert transcript.turns[0].text.startswith("en0Harbour Lane.")


@pytest.mark.parametrize(
    ("vocabulary", "field"),
    [(["a"] * 101, "config.vocabulary"), (["a", " "], "config.vocabulary[1]")],
    ids=["too many", "blank"],
)
def test_a_vocabulary_that_is_none_is_refused(serve: Serve, vocabulary: list[str], field: str) -> None:
    error = refusal(serve().TranscribeCall(requests(MONO, vocabulary=vocabulary)))
    assert (reason(error), field_of(error)) == ("INVALID_INPUT", field)


def test_the_speakers_and_the_quality_come_with_the_transcript(serve: Serve) -> None:
    transcript = list(serve().TranscribeCall(requests(STEREO, roles=[[CUSTOMER, AGENT]])))[-1].transcript
    assert [(speaker.index, speaker.channel, speaker.role) for speaker in transcript.speakers] == [
        (0, 0, CUSTOMER),
        (1, 1, AGENT),
    ]
    assert [turn.speaker for turn in transcript.turns] == [0, 1]
    assert {speaker.role_source for speaker in transcript.speakers} == {STATED}
    assert transcript.quality.word_confidence_floor == 0.25
    assert [len(lane.peaks) for lane in transcript.acoustics.waveform] == [40, 40]


def test_the_same_call_twice_gives_the_same_bytes(serve: Serve) -> None:
    stub = serve()
    first, second = (list(stub.TranscribeCall(requests(STEREO)))[-1].transcript for _ in range(2))
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


@pytest.mark.parametrize(
    ("recording", "status", "expected"),
    [
        (b"", grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_EMPTY"),
        (b"Dear diary, today\n" * 99, grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_UNREADABLE"),
        (STEREO[: len(STEREO) // 2], grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_TRUNCATED"),
        (video(with_sound=True), grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_IS_VIDEO"),
        (wav(tones(4.0) * 0), grpc.StatusCode.INVALID_ARGUMENT, "AUDIO_NO_SPEECH"),
        (wav(tones(11.0)), grpc.StatusCode.RESOURCE_EXHAUSTED, "AUDIO_TOO_LONG"),
        (wav(tones(30.0)), grpc.StatusCode.RESOURCE_EXHAUSTED, "AUDIO_TOO_LARGE"),
    ],
)
def test_a_bad_recording_is_refused_with_its_reason(
    serve: Serve, recording: bytes, status: grpc.StatusCode, expected: str
) -> None:
    stub = serve(max_call_duration_s=10, max_call_bytes=400_000)
    error = refusal(stub.TranscribeCall(requests(recording)))
    assert (error.code(), reason(error)) == (status, expected)


def test_the_bad_leg_of_two_is_named(serve: Serve) -> None:
    error = refusal(serve().TranscribeCall(requests(MONO, b"no audio" * 50, roles=[[AGENT], [CUSTOMER]])))
    assert "leg 1" in str(error.details())


def test_a_language_the_weights_do_not_know_is_refused(serve: Serve) -> None:
    error = refusal(serve().TranscribeCall(requests(MONO, language="tlh")))
    assert (reason(error), field_of(error)) == ("LANGUAGE_UNSUPPORTED", "config.language")


CONFIG = pb.TranscribeConfig(legs=[pb.TranscribeConfig.AudioLeg()])
TWO_LEGS = pb.TranscribeConfig(legs=[pb.TranscribeConfig.AudioLeg()] * 2)


def chunk(leg: int) -> pb.TranscribeCallRequest:
    return pb.TranscribeCallRequest(audio=pb.AudioChunk(leg=leg, content=b"x"))


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ([], "config"),
        ([chunk(0)], "config"),
        ([pb.TranscribeCallRequest(config=pb.TranscribeConfig())], "config.legs"),
        (
            [
                pb.TranscribeCallRequest(
                    config=pb.TranscribeConfig(
                        legs=[pb.TranscribeConfig.AudioLeg(channel_roles=[AGENT, SPEAKER_ROLE_UNSPECIFIED])]
                    )
                )
            ],
            "config.legs[0].channel_roles[1]",
        ),
        ([pb.TranscribeCallRequest(config=CONFIG)] * 2, "audio"),
        ([pb.TranscribeCallRequest(config=CONFIG), chunk(1)], "audio.leg"),
        ([pb.TranscribeCallRequest(config=CONFIG), chunk(-1)], "audio.leg"),
        ([pb.TranscribeCallRequest(config=TWO_LEGS), chunk(1), chunk(0)], "audio.leg"),
    ],
)
def test_a_stream_out_of_order_names_the_field(
    serve: Serve, messages: list[pb.TranscribeCallRequest], field: str
) -> None:
    error = refusal(serve().TranscribeCall(iter(messages)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert field_of(error) == field


class Held:
    """Stops the engine before its first segment until `go` is set."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go = threading.Event()
        self.segments = 0

    def __call__(self) -> None:
        self.segments += 1
        self.reached.set()
        assert self.go.wait(30)


def test_one_call_too_many_is_told_that_all_are_busy(serve: Serve) -> None:
    held = Held()
    stub = serve(FakeSpeechEngine(held), hearing_processes=1)
    first = stub.TranscribeCall(requests(MONO))
    assert held.reached.wait(30)
    error = refusal(stub.TranscribeCall(requests(MONO)))
    assert (error.code(), reason(error)) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "BUSY")
    # The model can be asked for all the same.
    assert stub.GetTranscriptionModel(pb.GetTranscriptionModelRequest()).model_version
    held.go.set()
    assert list(first)[-1].HasField("transcript")
    assert list(stub.TranscribeCall(requests(MONO)))[-1].HasField("transcript")


def test_a_cancelled_call_stops_listening_and_frees_its_place(serve: Serve) -> None:
    held = Held()
    stub = serve(FakeSpeechEngine(held), hearing_processes=1)
    call = stub.TranscribeCall(requests(wav(tones(60.0, channels=1))))
    assert held.reached.wait(30)
    call.cancel()
    held.go.set()
    _wait_for_a_place(stub)
    # Of sixty segments it heard few: the one it was stopped in, and those of the call that took its place.
    assert held.segments < 20


def test_a_call_beyond_its_deadline_frees_its_place(serve: Serve) -> None:
    held = Held()
    stub = serve(FakeSpeechEngine(held), hearing_processes=1)
    error = refusal(stub.TranscribeCall(requests(MONO), timeout=0.5))
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    held.go.set()
    _wait_for_a_place(stub)


def test_a_client_that_dies_in_mid_upload_frees_its_place(serve: Serve) -> None:
    stub = serve(hearing_processes=1)
    stop = threading.Event()

    def endless() -> Iterator[pb.TranscribeCallRequest]:
        yield pb.TranscribeCallRequest(config=CONFIG)
        yield chunk(0)
        stop.wait(30)

    call = stub.TranscribeCall(endless())
    time.sleep(0.2)
    call.cancel()
    stop.set()
    _wait_for_a_place(stub)


def _wait_for_a_place(stub: transcription_service_pb2_grpc.TranscriptionServiceStub) -> None:
    """Call until the server is no longer busy; pytest's timeout ends a server that stays so."""
    while not _has_a_place(stub):
        time.sleep(0.05)


def _has_a_place(stub: transcription_service_pb2_grpc.TranscriptionServiceStub) -> bool:
    try:
        answers = list(stub.TranscribeCall(requests(MONO)))
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and reason(error) == "BUSY":
            return False
        raise
    return answers[-1].HasField("transcript")


def test_nothing_stays_on_disk_and_no_word_gets_into_logs(
    serve: Serve, spool_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    during: list[list[Path]] = []
    stub = serve(FakeSpeechEngine(lambda: during.append(list(spool_dir.iterdir()))))
    list(stub.TranscribeCall(requests(encoded(tones(4.0), container="mp3", codec="libmp3lame"))))
    assert during
    assert not any(during)
    assert list(spool_dir.iterdir()) == []
    assert "en0" not in caplog.text
