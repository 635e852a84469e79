"""Tells observers how each call ended."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from servicekit.interceptors.around import CallInterceptor, Method, chosen_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished call. `peer_kind` is the address family (`ipv4`, `ipv6`, `unix`), never the address."""

    method: Method
    code: grpc.StatusCode
    duration_s: float
    peer_kind: str


class OutcomeInterceptor(CallInterceptor):
    """Times the call, response stream included, and gives its Outcome to each observer."""

    def __init__(self, observers: Sequence[Callable[[Outcome], None]]) -> None:
        self._observers = tuple(observers)

    @contextmanager
    def around(self, method: Method, context: grpc.ServicerContext) -> Iterator[None]:
        """Run the call and observe its end, however it comes."""
        started_s = time.monotonic()
        failed: BaseException | None = None
        try:
            yield
        except BaseException as error:
            failed = error
            raise
        finally:
            outcome = Outcome(
                method=method,
                code=_final_code(context, failed),
                duration_s=time.monotonic() - started_s,
                peer_kind=context.peer().split(":", 1)[0],
            )
            for observe in self._observers:
                observe(outcome)


def _final_code(context: grpc.ServicerContext, failed: BaseException | None) -> grpc.StatusCode:
    chosen = chosen_code(context)
    if isinstance(failed, Exception):
        return chosen or grpc.StatusCode.UNKNOWN
    if failed is not None or not context.is_active():
        # The client went away, or its deadline did.
        late = context.time_remaining() <= 0
        return grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
    return chosen or grpc.StatusCode.OK
