"""Hearing processes: real ones, in which a fake hears."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import psutil
import pytest
from callqa.v1 import transcription_service_pb2 as pb
from callqa.v1 import transcription_service_pb2_grpc
from prometheus_client import CollectorRegistry

from servicekit.errors import CancelledError, DeadlineError, SettingsError, UnavailableError
from servicekit.server import start_server
from tests.integration.transcription.streams import reason, requests
from tests.unit.transcription.fake_hearing import (
    SAID,
    FakeHearing,
    load_fake,
    load_killed,
    load_refused,
    load_unless,
)
from transcription.errors import AudioTruncatedError, EngineCrashedError
from transcription.processes.metrics import HearingMetrics
from transcription.processes.pool import HearingPool
from transcription.servicer import TranscriptionServicer
from transcription.settings import TranscriptionSettings
from transcription.transcribe import CallLeg, Progress
from transcription.transcript import SpeakerRole, Transcript

if TYPE_CHECKING:
    from transcription.processes.port import CallHearing

ROOT = Path(__file__).parents[3]


@contextmanager
def started(
    load: Callable[[], FakeHearing] = load_fake, registry: CollectorRegistry | None = None, **settings: object
) -> Iterator[HearingPool]:
    chosen = TranscriptionSettings.model_validate({"hearing_processes": 1, "stop_grace_s": 0.3, **settings})
    with HearingPool(chosen, HearingMetrics(registry or CollectorRegistry())) as pool:
        pool.start(load)
        yield pool


@pytest.fixture(scope="module")
def pool() -> Iterator[HearingPool]:
    """One process for all tests that leave a process behind; its stops have time on a busy machine."""
    with started(stop_grace_s=30) as made:
        yield made


def hear(
    pool: CallHearing,
    *orders: str,
    contents: tuple[str, ...] = ("hello",),
    language: str = "en",
    check: Callable[[], None] = lambda: None,
    on_progress: Callable[[], object] = lambda: None,
) -> Transcript:
    files = [tempfile.TemporaryFile() for _ in contents]  # noqa: SIM115 - closed below
    try:
        for file, content in zip(files, contents, strict=True):
            # Not flushed: what hears must see it all the same.
            file.write(content.encode())
        legs = [CallLeg(file=file, roles=(SpeakerRole.AGENT,)) for file in files]
        pieces = pool.transcribe(legs, language=language, vocabulary=orders, check=check)
        while True:
            try:
                piece = next(pieces)
            except StopIteration as end:
                transcript: Transcript = end.value
                return transcript
            assert isinstance(piece, Progress)
            on_progress()
    finally:
        for file in files:
            file.close()


def pid_of(transcript: Transcript) -> int:
    return int(transcript.model_version.removeprefix("pid "))


class After:
    """A check that raises once the call is under way."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self._under_way = threading.Event()

    def on_progress(self) -> None:
        self._under_way.set()

    def __call__(self) -> None:
        if self._under_way.is_set():
            raise self._error


def test_the_bytes_go_to_another_process_and_the_words_come_back(pool: HearingPool) -> None:
    transcript = hear(pool, contents=("from the agent", "and the customer"), language="de")
    assert transcript.turns[0].text == "from the agent and the customer"
    assert transcript.language == "de"
    assert pid_of(transcript) != os.getpid()
    assert pool.model_version == "fake-hearing/1"


def test_calls_are_heard_at_once_in_processes_of_their_own() -> None:
    together = threading.Barrier(2, timeout=60)
    with started(hearing_processes=2) as pool, ThreadPoolExecutor(2) as threads:
        # Neither call ends before both have begun.
        both = threads.map(lambda _: hear(pool, on_progress=together.wait), range(2))
        assert len({pid_of(transcript) for transcript in both}) == 2


def test_a_refusal_comes_back_with_all_it_says(pool: HearingPool) -> None:
    with pytest.raises(AudioTruncatedError) as refused:
        hear(pool, "refuse")
    assert refused.value.message == "the recording is cut off"
    assert [violation.field for violation in refused.value.violations] == ["audio"]
    assert refused.value.metadata == {"a": "b"}


def test_an_unexpected_error_tells_nothing_and_costs_no_process(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with started() as pool:
        before = pid_of(hear(pool))
        with pytest.raises(RuntimeError) as failed:
            hear(pool, "break")
        assert SAID not in str(failed.value)
        assert pid_of(hear(pool)) == before
    logged = capfd.readouterr().err
    assert "ValueError: transcription/fake_hearing.py" in logged
    assert SAID not in logged


@pytest.mark.parametrize("error", [CancelledError("gone"), DeadlineError("late")])
def test_a_call_that_stops_when_told_keeps_its_process(pool: HearingPool, error: Exception) -> None:
    before = pid_of(hear(pool))
    check = After(error)
    with pytest.raises(type(error)):
        hear(pool, "wait", check=check, on_progress=check.on_progress)
    assert pid_of(hear(pool)) == before


def test_whoever_stops_iterating_stops_the_call(pool: HearingPool) -> None:
    before = pid_of(hear(pool))
    with tempfile.TemporaryFile() as file:
        legs = [CallLeg(file=file, roles=())]
        pieces = pool.transcribe(legs, language="en", vocabulary=("wait",), check=lambda: None)
        next(pieces)
        pieces.close()
    assert pid_of(hear(pool)) == before


def test_a_signal_for_the_whole_group_leaves_calls_to_the_server(pool: HearingPool) -> None:
    before = pid_of(hear(pool))
    os.kill(before, signal.SIGTERM)
    os.kill(before, signal.SIGINT)
    assert pid_of(hear(pool)) == before


def test_a_call_that_does_not_stop_is_ended_with_its_process() -> None:
    registry = CollectorRegistry()
    with started(registry=registry) as pool:
        before = pid_of(hear(pool))
        check = After(CancelledError("gone"))
        with pytest.raises(CancelledError):
            hear(pool, "hang", check=check, on_progress=check.on_progress)
        assert not psutil.pid_exists(before)
        assert pid_of(hear(pool)) != before
    assert registry.get_sample_value("callqa_hearing_processes_replaced_total", {"cause": "killed"}) == 1
    assert registry.get_sample_value("callqa_hearing_processes") == 1
    assert registry.get_sample_value("callqa_hearing_processes_busy") == 0


def test_a_crash_costs_its_own_call_alone() -> None:
    registry = CollectorRegistry()
    with started(hearing_processes=2, registry=registry) as pool, ThreadPoolExecutor(1) as threads:
        other_is_heard, crashed = threading.Event(), threading.Event()

        def until_crash() -> None:
            other_is_heard.set()
            assert crashed.wait(60)

        other = threads.submit(hear, pool, on_progress=until_crash)
        assert other_is_heard.wait(60)
        with pytest.raises(EngineCrashedError, match="ended by SIGKILL"):
            hear(pool, "crash")
        crashed.set()
        assert other.result().turns[0].text == "hello"
        # Both can hear again at once.
        together = threading.Barrier(2, timeout=60)
        second = threads.submit(hear, pool, on_progress=together.wait)
        assert pid_of(hear(pool, on_progress=together.wait)) != pid_of(second.result())
    assert registry.get_sample_value("callqa_hearing_processes_replaced_total", {"cause": "crashed"}) == 1


def test_a_process_that_died_idle_costs_no_call() -> None:
    with started() as pool:
        before = pid_of(hear(pool))
        os.kill(before, signal.SIGKILL)
        while psutil.Process(before).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        assert pid_of(hear(pool)) != before


def test_a_server_whose_processes_cannot_load_does_not_start() -> None:
    with pytest.raises(SettingsError, match="the weights are not there"), started(load_refused):
        pass
    with pytest.raises(SettingsError, match=r"died while it loaded.*SIGILL"), started(load_killed):
        pass
    with pytest.raises(UnavailableError, match="load_timeout_s"), started(load_timeout_s=0.001):
        pass


def test_without_any_process_the_server_says_so_until_one_starts(tmp_path: Path) -> None:
    obstacle = tmp_path / "obstacle"
    with started(functools.partial(load_unless, obstacle)) as pool:
        obstacle.touch()
        with pytest.raises(EngineCrashedError):
            hear(pool, "crash")
        with pytest.raises(UnavailableError, match="no hearing process could be started"):
            hear(pool)
        with pytest.raises(UnavailableError, match="no hearing process could be started"):
            _ = pool.model_version
        obstacle.unlink()
        while True:
            try:
                hear(pool)
                break
            except UnavailableError:
                time.sleep(0.05)
        assert pool.model_version == "fake-hearing/1"


def test_closing_ends_calls_and_leaves_nothing_behind() -> None:
    with started() as pool, ThreadPoolExecutor(1) as threads:
        before = pid_of(hear(pool))
        begun = threading.Event()
        call = threads.submit(hear, pool, "hang", on_progress=begun.set)
        assert begun.wait(60)
        pool.close()
        with pytest.raises(EngineCrashedError):
            call.result()
        with pytest.raises(UnavailableError, match="stopping"):
            hear(pool)
        assert not psutil.pid_exists(before)


KILLED_SERVER = """
import tempfile
from tests.integration.transcription.test_hearing_pool import hear, pid_of, started
if __name__ == "__main__":
    with started() as pool:
        print(pid_of(hear(pool)), flush=True)
        hear(pool, "hang", on_progress=lambda: print("hears", flush=True))
"""


def test_processes_die_with_a_server_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(KILLED_SERVER)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'protos' / 'gen'}"}
    with subprocess.Popen(
        [sys.executable, script], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        hearing = psutil.Process(int(server.stdout.readline()))
        assert server.stdout.readline() == "hears\n"
        children = psutil.Process(server.pid).children(recursive=True)
        assert hearing in children
        server.kill()
    # pytest's timeout ends a test whose processes live on.
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        time.sleep(0.05)


def test_a_client_learns_that_its_call_crashed_and_the_next_is_heard() -> None:
    with started() as pool:
        settings = TranscriptionSettings(hearing_processes=1)
        servicer = TranscriptionServicer(settings)
        with (
            start_server(
                settings=settings, services=lambda: [servicer.service()], load=lambda: servicer.start(pool)
            ) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            server.wait_until_loaded(60)
            stub = transcription_service_pb2_grpc.TranscriptionServiceStub(channel)
            first, *audio = requests(b"good day")
            first.config.vocabulary.append("crash")
            with pytest.raises(grpc.RpcError) as crashed:
                list(stub.TranscribeCall(iter([first, *audio])))
            assert isinstance(crashed.value, grpc.Call)
            assert crashed.value.code() is grpc.StatusCode.UNAVAILABLE
            assert reason(crashed.value) == "ENGINE_CRASHED"
            answers = list(stub.TranscribeCall(requests(b"good day")))
            assert answers[-1].transcript.turns[0].text == "good day"
            assert stub.GetTranscriptionModel(pb.GetTranscriptionModelRequest()).model_version
            server.stop(grace_s=0)
