"""Turns exceptions into statuses: ours with their details, all others into one fixed sentence."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from servicekit.errors import CallqaError, CancelledError, DeadlineError
from servicekit.interceptors.around import CallInterceptor, Method, chosen_code
from servicekit.interceptors.statuses import internal_status, status_of
from servicekit.logs import exception_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

_log = logging.getLogger(__name__)

_DETAILS_KEY: Final = "grpc-status-details-bin"


class ErrorInterceptor(CallInterceptor):
    """CallqaError -> its status and google.rpc details; grpc's own aborts pass; the rest -> INTERNAL.

    An unknown exception's message reaches neither the client nor the log, because it may quote a transcript;
    the log has its type and place under the request id that the client is given.
    """

    @contextmanager
    def around(self, method: Method, context: grpc.ServicerContext) -> Iterator[None]:
        """Run the call and end it with a status if it raises."""
        try:
            yield
        except CallqaError as error:
            if error.__cause__ is not None:
                _log.warning(
                    "call refused",
                    extra={
                        "method": method.name,
                        "reason": error.reason,
                        "exception": exception_places(error),
                    },
                )
            status = status_of(error)
        except Exception as error:
            if _is_abort(error, context):
                raise
            _log.error(
                "unexpected exception", extra={"method": method.name, "exception": exception_places(error)}
            )
            status = internal_status()
        else:
            return
        _abort(context, status)

    def requests(
        self, requests: Iterator[Any], method: Method, context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Tell a handler that its client has gone by an error of our tree.

        Now and then grpc reports a call given up as the plain end of its requests, so the end of a stream
        does not prove that everything has come: a handler checks a size or a hash before it keeps anything.
        """
        del method
        try:
            yield from requests
        except grpc.RpcError as error:
            if context.time_remaining() <= 0:
                raise DeadlineError("the time given to this call has passed") from error
            raise CancelledError("the client gave the call up") from error


def _is_abort(error: Exception, context: grpc.ServicerContext) -> bool:
    """Tell whether a handler called context.abort: grpc sets the code, then raises a bare Exception()."""
    return (
        type(error) is Exception and not error.args and chosen_code(context) not in {None, grpc.StatusCode.OK}
    )


def _abort(context: grpc.ServicerContext, status: Status) -> None:
    # Not abort_with_status: it throws away the trailing metadata that the handler has set, and tracing does
    # not see its code.
    trailing = tuple(context.trailing_metadata() or ())
    context.set_trailing_metadata((*trailing, (_DETAILS_KEY, status.SerializeToString())))
    code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
    try:
        context.abort(code, status.message)
    except Exception as abort:
        # Without `from None` the trace of this call would hold the original exception's message.
        raise abort from None
