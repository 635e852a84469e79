"""One tuned channel to the server and the stubs that commands call."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from callqa.v1 import (
    call_service_pb2_grpc,
    queue_service_pb2_grpc,
    rubric_service_pb2_grpc,
    scorecard_service_pb2_grpc,
)

from review_client.errors import UnreachableError
from review_client.failures import failure_of
from review_client.home import HOW_TO_START, find_address

if TYPE_CHECKING:
    from collections.abc import Iterator

# A server on this machine answers in milliseconds; whoever has none should not wait to be told.
CONNECT_TIMEOUT_S: Final = 3.0
CALL_TIMEOUT_S: Final = 30.0
# Checking a rubric compiles its statements and runs their examples.
RUBRIC_TIMEOUT_S: Final = 120.0
_MAX_RECEIVE_BYTES: Final = 64 * 1024 * 1024

_SERVICES: Final = (
    "callqa.v1.CallService",
    "callqa.v1.ScorecardService",
    "callqa.v1.RubricService",
    "callqa.v1.QueueService",
)
_SERVICE_CONFIG: Final = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": service} for service in _SERVICES],
            "waitForReady": True,
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.2s",
                "maxBackoff": "3s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        },
        {
            # These two resume by themselves, at an offset or a token that a blind repeat would not know.
            "name": [
                {"service": "callqa.v1.CallService", "method": "UploadRecording"},
                {"service": "callqa.v1.CallService", "method": "WatchBatch"},
            ],
        },
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The services at one address. Every call of a stub gets a `timeout` in seconds."""

    address: str
    calls: call_service_pb2_grpc.CallServiceStub
    scorecards: scorecard_service_pb2_grpc.ScorecardServiceStub
    rubrics: rubric_service_pb2_grpc.RubricServiceStub
    queues: queue_service_pb2_grpc.QueueServiceStub


@contextmanager
def connect(address: str | None) -> Iterator[Server]:
    """Open a channel to `address`, or to the stack that `callqa up` started, for the time of a command.

    An RPC that fails inside leaves as ClientError. Raises UnreachableError at once when nothing answers.
    """
    target = find_address(address)
    options = [
        ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
        ("grpc.dns_min_time_between_resolutions_ms", 1000),
        # A proxy for the web has no part in this, least of all for a server on this machine.
        ("grpc.enable_http_proxy", 0),
        ("grpc.max_receive_message_length", _MAX_RECEIVE_BYTES),
        # A server that comes back is found within seconds; grpc would look for it ever less often.
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 2000),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
    ]
    _require_listener(target)
    with grpc.insecure_channel(target, options=options) as channel:
        try:
            yield Server(
                address=target,
                calls=call_service_pb2_grpc.CallServiceStub(channel),
                scorecards=scorecard_service_pb2_grpc.ScorecardServiceStub(channel),
                rubrics=rubric_service_pb2_grpc.RubricServiceStub(channel),
                queues=queue_service_pb2_grpc.QueueServiceStub(channel),
            )
        except grpc.RpcError as error:
            raise failure_of(error, address=target) from error


def _require_listener(target: str) -> None:
    """Raise UnreachableError when nothing listens: calls wait for a server, and would wait in vain."""
    host, _, port = target.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT_S).close()
    except OSError:
        raise UnreachableError(f"no callqa server answers at {target}: {HOW_TO_START}") from None
