"""The client side of the request id: calls made while serving a call carry its id on."""

# ruff: noqa: ANN401 - the four kinds differ in types that grpc's stubs keep to themselves

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc

from servicekit.request_id import METADATA_KEY, current_request_id


@dataclass(slots=True, kw_only=True)
class _Details(grpc.ClientCallDetails):
    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...] | None
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


def _carrying(details: grpc.ClientCallDetails) -> grpc.ClientCallDetails:
    request_id = current_request_id()
    metadata = tuple(details.metadata or ())
    if not request_id or any(key == METADATA_KEY for key, _ in metadata):
        return details
    return _Details(
        method=details.method,
        timeout=details.timeout,
        metadata=(*metadata, (METADATA_KEY, request_id)),
        credentials=details.credentials,
        wait_for_ready=details.wait_for_ready,
        compression=details.compression,
    )


class RequestIdSender(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Sends the current request id along, so that one id is in the logs of every service it passes."""

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Send the id with a unary_unary call."""
        return continuation(_carrying(client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Send the id with a unary_stream call."""
        return continuation(_carrying(client_call_details), request)

    def intercept_stream_unary(
        self, continuation: Any, client_call_details: Any, request_iterator: Any
    ) -> Any:
        """Send the id with a stream_unary call."""
        return continuation(_carrying(client_call_details), request_iterator)

    def intercept_stream_stream(
        self, continuation: Any, client_call_details: Any, request_iterator: Any
    ) -> Any:
        """Send the id with a stream_stream call."""
        return continuation(_carrying(client_call_details), request_iterator)
