from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from servicekit.channel import is_serving
from tests.unit.servicekit.served import SPOKEN
from tests.unit.servicekit.toy import NAME, call, failure, stub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]


class Served:
    """The toy server in a process of its own."""

    def __init__(self, ready_file: Path, **settings: object) -> None:
        self.ready_file = ready_file
        own = {f"CALLQA_TOY_{name.upper()}": str(value) for name, value in settings.items()}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CALLQA_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.servicekit.served"],
            cwd=ROOT,
            env={**inherited, "CALLQA_TOY_READY_FILE": str(ready_file), **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self) -> str:
        ends_at_s = time.monotonic() + 30
        while not self.ready_file.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < ends_at_s
            time.sleep(0.02)
        ready = json.loads(self.ready_file.read_text())
        assert ready["pid"] == self.process.pid
        return str(ready["address"])

    def end(self) -> tuple[int, str, list[dict[str, Any]]]:
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, [json.loads(line) for line in err.splitlines()]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    with contextlib.ExitStack() as ending:

        def start(**settings: object) -> Served:
            server = Served(tmp_path / "ready.json", **settings)
            ending.callback(server.process.wait)
            ending.callback(server.process.kill)
            return server

        yield start


def slow_stream(channel: grpc.Channel) -> Iterator[bytes]:
    method = stub(channel, "unary_stream")
    stream: Iterator[bytes] = method(b"slow", timeout=20)
    return stream


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_the_call_in_flight_and_ends_with_0(
    served: Callable[..., Served], number: signal.Signals
) -> None:
    server = served(drain_s=0.5, grace_s=10)
    address = server.address()
    with grpc.insecure_channel(address) as channel:
        stream = slow_stream(channel)
        assert next(stream) == b"started"
        server.process.send_signal(number)
        while server.ready_file.exists():
            time.sleep(0.01)
        assert not is_serving(address)
        # New calls are still taken while clients move away.
        assert call(channel, "unary_unary", [b"quick"])[0] == [b"done"]
        assert list(stream) == [b"done"]
    code, out, lines = server.end()
    assert (code, out) == (0, "")
    events = [line["event"] for line in lines if line["logger"].startswith("servicekit.")]
    assert events == ["listening", "serving", "draining", "call", "call", "stopped"]
    assert {line["service"] for line in lines} == {"toy"}
    assert lines[0]["address"] == address


def test_grace_is_a_limit(served: Callable[..., Served]) -> None:
    server = served(drain_s=0, grace_s=0.3)
    with grpc.insecure_channel(server.address()) as channel:
        stream = slow_stream(channel)
        assert next(stream) == b"started"
        server.process.terminate()
        with pytest.raises(grpc.RpcError) as caught:
            list(stream)
        assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert server.end()[0] == 0


def test_a_second_signal_ends_the_drain(served: Callable[..., Served]) -> None:
    server = served(drain_s=60)
    server.address()
    started_s = time.monotonic()
    server.process.terminate()
    while server.ready_file.exists():
        time.sleep(0.01)
    server.process.terminate()
    assert server.end()[0] == 0
    assert time.monotonic() - started_s < 10


def test_a_signal_while_loading_ends_with_0(served: Callable[..., Served]) -> None:
    server = served(load="slow", drain_s=0)
    listening = json.loads(server.process.stderr.readline() if server.process.stderr else "")
    assert listening["event"] == "listening"
    assert not is_serving(listening["address"])
    server.process.terminate()
    assert server.end()[0] == 0
    assert not server.ready_file.exists()


def test_settings_found_wrong_while_loading_end_with_78(served: Callable[..., Served]) -> None:
    server = served(load="wrong")
    _, err = server.process.communicate(timeout=30)
    assert server.process.returncode == 78
    assert err.splitlines()[-1] == "weights: sha256 differs"
    assert "Traceback" not in err


def test_otlp_without_its_package_is_told(served: Callable[..., Served]) -> None:
    server = served(traces_exporter="otlp")
    _, err = server.process.communicate(timeout=30)
    assert server.process.returncode == 78
    assert err.startswith("traces_exporter: otlp needs the package opentelemetry-exporter-otlp-proto-grpc")


def test_traces_hold_the_call_and_not_the_message_of_its_exception(served: Callable[..., Served]) -> None:
    server = served(traces_exporter="console", drain_s=0)
    with grpc.insecure_channel(server.address()) as channel:
        assert failure(channel, "unary_stream", [b"raise"]).code is grpc.StatusCode.INTERNAL
        assert failure(channel, "unary_unary", [b"raise"]).code is grpc.StatusCode.INTERNAL
    server.process.terminate()
    code, out, lines = server.end()
    assert code == 0
    assert f'"name": "/{NAME}/unary_stream"' in out
    assert f'"name": "/{NAME}/unary_unary"' in out
    assert '"rpc.grpc.status_code": 13' in out
    assert '"service.name": "toy"' in out
    assert "health" not in out.lower()
    assert SPOKEN not in out
    assert SPOKEN not in json.dumps(lines)
