"""Gives every call a request id and sends it back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from servicekit.interceptors.around import CallInterceptor, Method
from servicekit.request_id import METADATA_KEY, request_id_scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc


class RequestIdInterceptor(CallInterceptor):
    """Takes `x-request-id` from the caller or makes one, and returns it in the trailing metadata.

    Not in the initial metadata: once those are sent, gRPC clients no longer retry a call transparently, and
    an UNAVAILABLE answer would reach the user.
    """

    @contextmanager
    def around(self, method: Method, context: grpc.ServicerContext) -> Iterator[None]:
        """Run the call under its request id."""
        del method
        received = dict(context.invocation_metadata() or ()).get(METADATA_KEY)
        with request_id_scope(received if isinstance(received, str) else None) as request_id:
            try:
                yield
            finally:
                # Last, because a handler that sets trailing metadata replaces all of it.
                trailing = tuple(context.trailing_metadata() or ())
                context.set_trailing_metadata((*trailing, (METADATA_KEY, request_id)))
