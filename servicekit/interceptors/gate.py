"""Keeps calls out until the service has loaded."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from servicekit.errors import UnavailableError
from servicekit.interceptors.around import CallInterceptor, Method

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    import grpc


class LoadingError(UnavailableError):
    """The server has started and its models are not loaded yet."""

    reason = "LOADING"


class GateInterceptor(CallInterceptor):
    """Answers UNAVAILABLE with reason LOADING until `opened` is set."""

    def __init__(self, opened: threading.Event) -> None:
        self._opened = opened

    @contextmanager
    def around(self, method: Method, context: grpc.ServicerContext) -> Iterator[None]:
        """Let the call through, or refuse it before its handler runs."""
        del method, context
        if not self._opened.is_set():
            raise LoadingError("the service is still loading; try again in a moment")
        yield
