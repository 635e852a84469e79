"""Every call ends: at its client's deadline, or at the server's default when the client set none.

A client's own deadline is honoured however long it is, streaming or not: uploads and watches take long, and
who names a time means it. A call without one gets `default_deadline_s`, because a client that has stopped
reading or writing would otherwise keep a worker thread for ever.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from servicekit.errors import DeadlineError
from servicekit.interceptors.around import CallInterceptor, Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

# A call without a deadline has one in the far future (grpc's infinity), never None.
_NO_DEADLINE_S: Final = 10 * 365 * 24 * 3600.0
# How long after the default deadline a stalled stream is cut. Whoever is not stalled meets the check on its
# next message and gets DEADLINE_EXCEEDED instead.
_CUT_AFTER_S: Final = 0.5

# time.monotonic() at which the call is over.
_ends_at_s: ContextVar[float] = ContextVar("callqa_deadline", default=float("inf"))


def remaining_s() -> float:
    """Return the seconds left for the current call, 0 when over, infinity outside a call.

    A long computation asks this between steps, in the thread that the call came in on.
    """
    return max(0.0, _ends_at_s.get() - time.monotonic())


def check_deadline() -> None:
    """Raise DeadlineError when the current call's time is over."""
    if remaining_s() <= 0:
        raise DeadlineError("the time given to this call has passed")


class DeadlineInterceptor(CallInterceptor):
    """Refuses calls that come too late, bounds those without a deadline, and checks between messages.

    A stream on which nothing moves cannot be checked, so it is cancelled from outside shortly after the
    default deadline; its client sees CANCELLED. A unary handler is not interrupted, but its late answer is
    refused.
    """

    def __init__(self, default_deadline_s: float) -> None:
        self._default_deadline_s = default_deadline_s

    @contextmanager
    def around(self, method: Method, context: grpc.ServicerContext) -> Iterator[None]:
        """Run the call up to its deadline."""
        left_s = context.time_remaining()
        unbounded = left_s > _NO_DEADLINE_S
        if unbounded:
            left_s = self._default_deadline_s
        # Each call has a context of its own in grpc's Python server, so the variable need not be put back.
        _ends_at_s.set(time.monotonic() + left_s)
        check_deadline()
        cut: threading.Timer | None = None
        if unbounded and (method.requests_stream or method.responses_stream):
            cut = threading.Timer(left_s + _CUT_AFTER_S, context.cancel)
            cut.daemon = True
            cut.start()
        try:
            yield
            check_deadline()
        finally:
            if cut is not None:
                cut.cancel()

    def requests(
        self, requests: Iterator[Any], method: Method, context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Check the deadline with every request."""
        del method, context
        # Read here: the handler may iterate in another thread, which has no context of the call.
        return _until(requests, _ends_at_s.get())

    def responses(
        self, responses: Iterator[Any], method: Method, context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Check the deadline with every response."""
        del method, context
        return _until(responses, _ends_at_s.get())


def _until(messages: Iterator[Any], ends_at_s: float) -> Iterator[Any]:
    for message in messages:
        if time.monotonic() >= ends_at_s:
            raise DeadlineError("the time given to this call has passed")
        yield message
