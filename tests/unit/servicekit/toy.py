"""A service of raw bytes with one method of each kind, whose behaviour a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from servicekit.server import RunningServer, Service, start_server
from servicekit.settings import ServerSettings

NAME = "callqa.toy.v1.Toy"
KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")

StartToy = Callable[..., tuple[RunningServer, grpc.Channel]]

# What a handler does: it gets the requests that came and the context, and yields answers.
Behaviour = Callable[[Iterator[bytes], grpc.ServicerContext], Iterator[bytes]]


@dataclass
class Toy:
    """Register it as a Service; `behaviour(requests, context)` is a generator of answers for every method."""

    behaviour: Behaviour

    def _one(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        return b"".join(self.behaviour(requests, context))

    def register(self, server: grpc.Server) -> None:
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "unary_unary": grpc.unary_unary_rpc_method_handler(lambda one, c: self._one(iter([one]), c)),
            "unary_stream": grpc.unary_stream_rpc_method_handler(
                lambda one, c: self.behaviour(iter([one]), c)
            ),
            "stream_unary": grpc.stream_unary_rpc_method_handler(self._one),
            "stream_stream": grpc.stream_stream_rpc_method_handler(self.behaviour),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))


def toy_services(behaviour: Behaviour) -> Callable[[], list[Service]]:
    return lambda: [Service(NAME, Toy(behaviour).register)]


def serve(
    behaviour: Behaviour, *, load: Callable[[], None] | None = None, **settings: object
) -> RunningServer:
    chosen = ServerSettings.model_validate({"grace_s": 2.0, "max_workers": 4, **settings})
    return start_server(settings=chosen, services=toy_services(behaviour), load=load)


def stub(channel: grpc.Channel, kind: str) -> Any:  # noqa: ANN401 - grpc's stubs cannot name raw bytes
    return getattr(channel, kind)(f"/{NAME}/{kind}")


def call(
    channel: grpc.Channel,
    kind: str,
    requests: list[bytes] | None = None,
    *,
    timeout_s: float | None = 10.0,
    metadata: tuple[tuple[str, str | bytes], ...] = (),
) -> tuple[list[bytes], grpc.Call]:
    """Make a call of any kind and return every answer and the finished call; raises grpc.RpcError."""
    sent = [b"a"] if requests is None else requests
    method = stub(channel, kind)
    argument = iter(sent) if kind.startswith("stream") else sent[0]
    if kind.endswith("_unary"):
        answer, finished = method.with_call(argument, timeout=timeout_s, metadata=metadata)
        return [answer], finished
    stream = method(argument, timeout=timeout_s, metadata=metadata)
    return list(stream), stream


@dataclass(frozen=True)
class Failure:
    code: grpc.StatusCode
    message: str
    info: error_details_pb2.ErrorInfo | None
    bad_request: error_details_pb2.BadRequest | None
    request_info: error_details_pb2.RequestInfo | None
    trailing: dict[str, str | bytes]
    answers_before: list[bytes]


def failure(
    channel: grpc.Channel,
    kind: str,
    requests: list[bytes] | None = None,
    timeout_s: float | None = 10.0,
    metadata: tuple[tuple[str, str | bytes], ...] = (),
) -> Failure:
    """Make a call that has to fail and return what the client learns."""
    sent = [b"a"] if requests is None else requests
    method = stub(channel, kind)
    argument = iter(sent) if kind.startswith("stream") else sent[0]
    before: list[bytes] = []
    try:
        if kind.endswith("_unary"):
            method(argument, timeout=timeout_s, metadata=metadata)
        else:
            for answer in method(argument, timeout=timeout_s, metadata=metadata):
                before.append(answer)  # noqa: PERF402 - what came before the failure counts
    except grpc.RpcError as error:
        return _read(error, before)
    raise AssertionError(f"{kind} did not fail")


def _read(error: grpc.RpcError, before: list[bytes]) -> Failure:
    # The error of a call is the call as well; the stubs know only one side.
    finished: Any = error
    status = rpc_status.from_call(finished)
    found: dict[str, Any] = {}
    for detail in status.details if status is not None else ():
        for kind in (
            error_details_pb2.ErrorInfo,
            error_details_pb2.BadRequest,
            error_details_pb2.RequestInfo,
        ):
            if detail.Is(kind.DESCRIPTOR):
                found[kind.DESCRIPTOR.name] = kind.FromString(detail.value)
    return Failure(
        code=finished.code(),
        message=finished.details() or "",
        info=found.get("ErrorInfo"),
        bad_request=found.get("BadRequest"),
        request_info=found.get("RequestInfo"),
        trailing=dict(finished.trailing_metadata() or ()),
        answers_before=before,
    )
