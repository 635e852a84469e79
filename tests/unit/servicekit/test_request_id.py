from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from servicekit.channel import open_channel
from servicekit.errors import NotFoundError
from servicekit.request_id import current_request_id, request_id_scope
from tests.unit.servicekit.toy import KINDS, StartToy, call, failure, stub

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc


def tell_id(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    yield current_request_id().encode()


def trailing(finished: grpc.Call) -> list[str | bytes]:
    return [value for key, value in finished.trailing_metadata() if key == "x-request-id"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_callers_id_comes_back_and_is_known_inside(toy: StartToy, kind: str) -> None:
    _, channel = toy(tell_id)
    answers, finished = call(channel, kind, metadata=(("x-request-id", "batch-7.item_3"),))
    assert answers == [b"batch-7.item_3"]
    assert trailing(finished) == ["batch-7.item_3"]


@pytest.mark.parametrize("kind", KINDS)
def test_without_one_an_id_is_made(toy: StartToy, kind: str) -> None:
    _, channel = toy(tell_id)
    ids = {call(channel, kind)[0][0].decode() for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", made) for made in ids)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_carries_the_id(toy: StartToy, kind: str) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        raise NotFoundError("no such call")
        yield b""

    _, channel = toy(behaviour)
    seen = failure(channel, kind, metadata=(("x-request-id", "abc"),))
    assert seen.request_info is not None
    assert seen.request_info.request_id == "abc"
    assert seen.trailing["x-request-id"] == "abc"


@pytest.mark.parametrize("forged", ["a b", "x" * 129, 'x","level":"ERROR'])
def test_an_id_that_could_forge_a_log_field_is_replaced(toy: StartToy, forged: str) -> None:
    _, channel = toy(tell_id)
    answers, _ = call(channel, "unary_unary", metadata=(("x-request-id", forged),))
    assert re.fullmatch(b"[0-9a-f]{32}", answers[0])


def test_the_handlers_own_trailing_metadata_stays(toy: StartToy) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        context.set_trailing_metadata((("x-offset", "42"),))
        yield b""

    _, channel = toy(behaviour)
    _, finished = call(channel, "unary_stream", metadata=(("x-request-id", "abc"),))
    assert {"x-offset": "42", "x-request-id": "abc"}.items() <= dict(finished.trailing_metadata()).items()


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_sends_the_current_id_on(toy: StartToy, kind: str) -> None:
    server, _ = toy(tell_id)
    with open_channel(server.address) as channel:
        with request_id_scope("outer-1"):
            assert call(channel, kind)[0] == [b"outer-1"]
            assert call(channel, kind, metadata=(("x-request-id", "own"),))[0] == [b"own"]
        assert call(channel, kind)[0] != [b"outer-1"]


def test_the_id_passes_through_two_services(toy: StartToy) -> None:
    inner, _ = toy(tell_id)
    with open_channel(inner.address) as onward:

        def forward(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            yield call(onward, "unary_unary")[0][0]

        _, channel = toy(forward)
        assert call(channel, "unary_unary", metadata=(("x-request-id", "far"),))[0] == [b"far"]


def test_concurrent_calls_keep_their_ids_apart(toy: StartToy) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.02)
            yield current_request_id().encode()

    _, channel = toy(behaviour)
    method = stub(channel, "unary_stream")
    streams = {
        name: method(b"", timeout=10, metadata=(("x-request-id", name),)) for name in ("one", "two", "three")
    }
    for name, stream in streams.items():
        assert set(stream) == {name.encode()}
    assert current_request_id() == ""


def test_scopes_nest() -> None:
    with request_id_scope("a"):
        with request_id_scope() as made:
            assert current_request_id() == made != "a"
        assert current_request_id() == "a"
    assert current_request_id() == ""
