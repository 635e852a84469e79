from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from servicekit.channel import is_serving, open_channel, wait_until_serving
from servicekit.errors import SettingsError, UnavailableError
from tests.unit.servicekit.toy import StartToy, call, failure, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_address() -> tuple[str, int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"127.0.0.1:{port}", port


def test_unavailable_is_retried_until_it_succeeds(toy: StartToy) -> None:
    attempts: list[bytes] = []

    def fails_twice(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        attempts.append(next(requests))
        if len(attempts) < 3:
            raise UnavailableError("in a moment")
        yield b"done"

    server, _ = toy(fails_twice)
    with open_channel(server.address) as channel:
        assert call(channel, "unary_unary")[0] == [b"done"]
    assert len(attempts) == 3


def test_other_errors_are_not_retried(toy: StartToy) -> None:
    attempts: list[bytes] = []

    def fails(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        attempts.append(next(requests))
        raise SettingsError("no")
        yield b""

    server, _ = toy(fails)
    with open_channel(server.address) as channel:
        assert failure(channel, "unary_unary").code is grpc.StatusCode.FAILED_PRECONDITION
    assert len(attempts) == 1


def test_a_call_waits_for_a_server_that_is_not_there_yet() -> None:
    def echo(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        yield from requests

    address, port = free_address()
    started: list[Any] = []
    # Later than the last of the retries, which end after 3.6 s.
    timer = threading.Timer(4.5, lambda: started.append(serve(echo, port=port)))
    timer.start()
    with open_channel(address) as channel:
        assert call(channel, "unary_unary", timeout_s=20)[0] == [b"a"]
    timer.join()
    started[0].stop(0)


def test_a_dead_address_is_not_serving() -> None:
    address, _ = free_address()
    assert not is_serving(address, timeout_s=0.5)
    started_s = time.monotonic()
    with pytest.raises(UnavailableError, match=r"callqa\.toy\.v1\.Toy at 127"):
        wait_until_serving(address, "callqa.toy.v1.Toy", 0.5)
    assert 0.5 <= time.monotonic() - started_s < 4


def test_a_missing_tls_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"tls_ca_file: cannot read .*absent\.pem"):
        open_channel("127.0.0.1:1", tls_ca_file=tmp_path / "absent.pem")
    with pytest.raises(SettingsError, match="tls_ca_file"):
        open_channel("127.0.0.1:1", tls_cert_file=tmp_path / "cert.pem")
