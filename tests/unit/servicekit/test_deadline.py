from __future__ import annotations

import time
from typing import TYPE_CHECKING

import grpc
import pytest

from servicekit.errors import DeadlineError
from servicekit.interceptors import check_deadline, remaining_s
from tests.unit.servicekit.toy import KINDS, StartToy, call, failure, stub

if TYPE_CHECKING:
    from collections.abc import Iterator


def tell_remaining(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    yield str(remaining_s()).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_without_a_deadline_gets_the_default(toy: StartToy, kind: str) -> None:
    _, channel = toy(tell_remaining, default_deadline_s=20)
    answers, _ = call(channel, kind, timeout_s=None)
    assert 15 < float(answers[0]) < 21


@pytest.mark.parametrize("kind", KINDS)
def test_a_clients_own_deadline_is_honoured_even_when_longer(toy: StartToy, kind: str) -> None:
    _, channel = toy(tell_remaining, default_deadline_s=20)
    answers, _ = call(channel, kind, timeout_s=90)
    assert 80 < float(answers[0]) < 91
    answers, _ = call(channel, kind, timeout_s=10)
    assert 5 < float(answers[0]) < 11


def test_the_late_answer_of_a_unary_call_is_refused(toy: StartToy) -> None:
    def slow(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        time.sleep(0.3)
        yield b"late"

    _, channel = toy(slow, default_deadline_s=0.1)
    seen = failure(channel, "unary_unary", timeout_s=None)
    assert seen.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert seen.info is not None
    assert seen.info.reason == "DEADLINE_EXCEEDED"


def test_an_endless_stream_ends_at_the_default_deadline(toy: StartToy) -> None:
    def endless(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        while True:
            time.sleep(0.02)
            yield b"more"

    _, channel = toy(endless, default_deadline_s=0.3)
    seen = failure(channel, "unary_stream", timeout_s=None)
    assert seen.code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert seen.info is not None
    assert seen.answers_before


def test_requests_are_checked_too(toy: StartToy) -> None:
    def count(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        yield str(sum(1 for _ in requests)).encode()

    def slowly() -> Iterator[bytes]:
        for _ in range(50):
            time.sleep(0.02)
            yield b"a"

    _, channel = toy(count, default_deadline_s=0.3)
    with pytest.raises(grpc.RpcError) as caught:
        stub(channel, "stream_unary")(slowly())
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_client_that_stalls_does_not_keep_its_thread(toy: StartToy) -> None:
    def count(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        yield str(sum(1 for _ in requests)).encode()

    def stalled() -> Iterator[bytes]:
        yield b"a"
        time.sleep(3)

    _, channel = toy(count, default_deadline_s=0.2, max_workers=1)
    stuck = stub(channel, "stream_unary").future(stalled())
    answers, _ = call(channel, "unary_unary", timeout_s=2.5)
    assert answers == [b"1"]
    assert stuck.code() is grpc.StatusCode.CANCELLED


def test_a_call_that_waited_past_its_deadline_never_reaches_the_handler(toy: StartToy) -> None:
    reached: list[bytes] = []

    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        request = next(requests)
        reached.append(request)
        if request == b"slow":
            time.sleep(0.6)
        yield request

    _, channel = toy(behaviour, max_workers=1)
    slow = stub(channel, "unary_unary").future(b"slow", timeout=10)
    while not reached:
        time.sleep(0.01)
    assert (
        failure(channel, "unary_unary", [b"expired"], timeout_s=0.2).code is grpc.StatusCode.DEADLINE_EXCEEDED
    )
    assert slow.result() == b"slow"
    call(channel, "unary_unary", [b"after"])
    assert reached == [b"slow", b"after"]


def test_outside_a_call_there_is_no_deadline() -> None:
    assert remaining_s() == float("inf")
    check_deadline()


def test_a_computation_can_ask_between_steps(toy: StartToy) -> None:
    stopped: list[str] = []

    def steps(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        try:
            while True:
                time.sleep(0.02)
                check_deadline()
        except DeadlineError:
            stopped.append("in time")
            raise
        yield b""

    _, channel = toy(steps, default_deadline_s=0.1)
    assert failure(channel, "unary_unary", timeout_s=None).code is grpc.StatusCode.DEADLINE_EXCEEDED
    assert stopped == ["in time"]
