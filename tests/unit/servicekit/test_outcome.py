from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from prometheus_client import CollectorRegistry

from servicekit.errors import NotFoundError
from servicekit.logs import EventFormatter
from servicekit.server import start_server
from servicekit.settings import ServerSettings
from tests.unit.servicekit.toy import KINDS, NAME, StartToy, call, failure, stub, toy_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def echo(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    for request in requests:
        if request == b"missing":
            raise NotFoundError("no such call")
        yield request


def lines(caplog: pytest.LogCaptureFixture, event: str = "call") -> list[dict[str, Any]]:
    formatter = EventFormatter("toy")
    return [json.loads(formatter.format(record)) for record in caplog.records if record.getMessage() == event]


def wait_for(condition: Callable[[], object]) -> None:
    ends_at_s = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < ends_at_s
        time.sleep(0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_each_call_makes_one_line_without_its_payload(
    toy: StartToy, kind: str, info_logs: pytest.LogCaptureFixture
) -> None:
    _, channel = toy(echo)
    call(channel, kind, [b"a very private word"])
    wait_for(lambda: lines(info_logs))
    (line,) = lines(info_logs)
    assert line["method"] == f"/{NAME}/{kind}"
    assert line["kind"] == kind
    assert line["code"] == "OK"
    assert line["peer_kind"] == "ipv4"
    assert 0 <= line["duration_ms"] < 5000
    assert "private" not in info_logs.text


def test_the_line_carries_the_code_and_the_request_id(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    _, channel = toy(echo)
    request_ids: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: request_ids.append(  # type: ignore[method-assign]
        json.loads(EventFormatter("toy").format(record))["request_id"]
    )
    logger = logging.getLogger("servicekit.interceptors.call_log")
    logger.addHandler(handler)
    try:
        failure(channel, "stream_stream", [b"a", b"missing"], metadata=(("x-request-id", "abc"),))
        wait_for(lambda: lines(info_logs))
    finally:
        logger.removeHandler(handler)
    assert lines(info_logs)[0]["code"] == "NOT_FOUND"
    assert request_ids == ["abc"]


def test_the_duration_covers_the_whole_response_stream(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    def slow(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        for _ in range(3):
            time.sleep(0.1)
            yield b"1"

    _, channel = toy(slow)
    call(channel, "unary_stream")
    wait_for(lambda: lines(info_logs))
    assert lines(info_logs)[0]["duration_ms"] >= 300


def test_a_stream_given_up_by_its_client_is_logged_as_cancelled(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    def endless(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b"more"

    _, channel = toy(endless)
    stream = stub(channel, "unary_stream")(b"", timeout=10)
    next(stream)
    stream.cancel()
    wait_for(lambda: lines(info_logs))
    assert lines(info_logs)[0]["code"] == "CANCELLED"


def test_a_unary_call_given_up_by_its_client_is_logged_as_cancelled(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    started = threading.Event()

    def slow(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        started.set()
        while context.is_active():
            time.sleep(0.01)
        yield b"too late"

    _, channel = toy(slow)
    ongoing = stub(channel, "unary_unary").future(b"", timeout=10)
    assert started.wait(5)
    ongoing.cancel()
    wait_for(lambda: lines(info_logs))
    assert lines(info_logs)[0]["code"] == "CANCELLED"


def test_a_call_that_ran_over_its_clients_deadline_is_logged_so(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    def slow(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        time.sleep(0.4)
        yield b""

    _, channel = toy(slow)
    failure(channel, "unary_unary", timeout_s=0.1)
    wait_for(lambda: lines(info_logs))
    assert lines(info_logs)[0]["code"] == "DEADLINE_EXCEEDED"


def test_calls_are_counted_by_method_and_code() -> None:
    registry = CollectorRegistry()
    settings = ServerSettings(grace_s=0)
    with (
        start_server(settings=settings, services=toy_services(echo), registry=registry) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        call(channel, "unary_unary")
        call(channel, "unary_unary")
        failure(channel, "unary_stream", [b"missing"])

        def count(kind: str, code: str, sample: str = "callqa_grpc_calls_total") -> float | None:
            labels = {"method": f"/{NAME}/{kind}", "code": code}
            if sample == "callqa_grpc_calls_total":
                labels["kind"] = kind
            return registry.get_sample_value(sample, labels)

        wait_for(lambda: count("unary_stream", "NOT_FOUND"))
        assert count("unary_unary", "OK") == 2
        assert count("unary_stream", "NOT_FOUND") == 1
        assert count("unary_unary", "OK", "callqa_grpc_call_seconds_count") == 2
        assert count("unary_unary", "INTERNAL") is None
