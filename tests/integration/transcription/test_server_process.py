"""The installed command with real weights, as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import numpy as np
import psutil
import pytest
from callqa.v1 import transcription_service_pb2 as pb
from callqa.v1 import transcription_service_pb2_grpc
from callqa.v1.transcript_pb2 import AGENT, CUSTOMER

from servicekit.wire import s_from_duration
from tests.integration.transcription.streams import reason, requests
from tests.unit.transcription.recordings import wav
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., subprocess.Popen[bytes]]

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples" / "recordings"


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start servers with settings; weights are kept in one folder for all tests of this file."""
    cache = tmp_path_factory.mktemp("models")
    started: list[subprocess.Popen[bytes]] = []

    def begin(**settings: str) -> subprocess.Popen[bytes]:
        named = {"model_cache_dir": str(cache), "hearing_processes": "1", "drain_s": "0", **settings}
        environment = os.environ | {
            f"CALLQA_TRANSCRIPTION_{name.upper()}": text for name, text in named.items()
        }
        environment["PYTHONPATH"] = f"{ROOT}:{ROOT / 'protos' / 'gen'}"
        process = subprocess.Popen(
            [sys.executable, "-m", "transcription"], env=environment, cwd=ROOT, stderr=subprocess.PIPE
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def stub_of(
    process: subprocess.Popen[bytes], ready_file: Path
) -> transcription_service_pb2_grpc.TranscriptionServiceStub:
    while not ready_file.exists():
        assert process.poll() is None
        time.sleep(0.05)
    address = json.loads(ready_file.read_text())["address"]
    return transcription_service_pb2_grpc.TranscriptionServiceStub(grpc.insecure_channel(address))


def test_weights_that_are_not_there_end_the_process_with_78(start: Start, tmp_path: Path) -> None:
    process = start(model=str(tmp_path))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 78
    assert "holds no model.bin" in errors.decode().splitlines()[-1]
    assert b"Traceback" not in errors


def test_a_wrong_setting_ends_the_process_with_78(start: Start) -> None:
    process = start(beam_size="0", compute_type="int7")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 78
    assert b"CALLQA_TRANSCRIPTION_BEAM_SIZE" in errors
    assert b"CALLQA_TRANSCRIPTION_COMPUTE_TYPE" in errors


@pytest.mark.slow
def test_small_weights_hear_a_call_the_same_twice(start: Start, tmp_path: Path) -> None:
    process = start(model="tiny.en", ready_file=str(tmp_path / "ready"))
    stub = stub_of(process, tmp_path / "ready")
    legs = [(SAMPLES / f"escalated-{side}.wav").read_bytes() for side in ("agent", "customer")]
    first, second = (
        list(stub.TranscribeCall(requests(*legs, roles=[[AGENT], [CUSTOMER]])))[-1].transcript
        for _ in range(2)
    )
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)
    assert "model=tiny.en@1a5afae0" in first.model_version
    assert {turn.role for turn in first.turns} == {AGENT, CUSTOMER}
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


@pytest.mark.slow
def test_the_pinned_weights_hear_what_is_said_and_when(start: Start, tmp_path: Path) -> None:
    process = start(ready_file=str(tmp_path / "ready"))
    stub = stub_of(process, tmp_path / "ready")
    assert (
        "model=base@d01c3014" in stub.GetTranscriptionModel(pb.GetTranscriptionModelRequest()).model_version
    )

    transcript = list(stub.TranscribeCall(requests((SAMPLES / "exemplary.wav").read_bytes())))[-1].transcript
    first, second = transcript.turns[:2]
    assert first.role == AGENT
    assert "thank you for calling" in first.text.lower()
    assert second.role == CUSTOMER
    assert s_from_duration(second.words[0].start_offset) > s_from_duration(first.words[0].start_offset)
    assert all(report.mean_confidence > 0.7 for report in transcript.channels)

    noise = np.random.default_rng(3).normal(0, 300, (2, 8000 * 60)).astype(np.int16)
    for recording in (noise, np.zeros_like(noise)):
        with pytest.raises(grpc.RpcError) as refused:
            list(stub.TranscribeCall(requests(wav(recording))))
        assert isinstance(refused.value, grpc.Call)
        assert reason(refused.value) == "AUDIO_NO_SPEECH"


@pytest.mark.slow
def test_a_crash_and_a_cancel_in_mid_call_leave_a_server_that_hears(start: Start, tmp_path: Path) -> None:
    process = start(model="tiny.en", ready_file=str(tmp_path / "ready"))
    stub = stub_of(process, tmp_path / "ready")
    server = psutil.Process(process.pid)
    long_call = repeated(SAMPLES / "exemplary.wav", times=20)

    call = stub.TranscribeCall(requests(long_call))
    wait_for_words(call)
    for child in hearing_processes(server):
        child.kill()
    with pytest.raises(grpc.RpcError) as crashed:
        list(call)
    assert isinstance(crashed.value, grpc.Call)
    assert crashed.value.code() is grpc.StatusCode.UNAVAILABLE
    assert reason(crashed.value) == "ENGINE_CRASHED"

    call = stub.TranscribeCall(requests(long_call))
    wait_for_words(call)
    call.cancel()
    while not has_place(stub):
        time.sleep(0.1)

    children = server.children(recursive=True)
    assert len(hearing_processes(server)) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


def repeated(recording: Path, *, times: int) -> bytes:
    """The same recording several times, as one."""
    limits = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)
    with recording.open("rb") as source:
        channels = decode_leg(source, name="the recording", limits=limits, check=lambda: None).channels
    return wav(np.tile(np.stack(channels), times), rate_hz=SAMPLE_RATE_HZ)


def has_place(stub: transcription_service_pb2_grpc.TranscriptionServiceStub) -> bool:
    try:
        answers = list(stub.TranscribeCall(requests((SAMPLES / "escalated-agent.wav").read_bytes())))
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and reason(error) == "BUSY":
            return False
        raise
    return answers[-1].HasField("transcript")


def wait_for_words(call: Iterator[pb.TranscribeCallResponse]) -> None:
    while not next(call).HasField("segment"):
        pass


def hearing_processes(server: psutil.Process) -> list[psutil.Process]:
    # Beside them runs multiprocessing's own resource tracker.
    return [child for child in server.children() if "spawn_main" in " ".join(child.cmdline())]
