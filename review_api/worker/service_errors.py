"""What a failed call to a service means for the item at hand."""

from __future__ import annotations

from typing import Any, Final

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from review_api.domain.quarantine import ENGINE_CRASHED

BUSY: Final = "BUSY"

_LOST: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.ABORTED,
    }
)
_MISCONFIGURED: Final = frozenset(
    {
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


class ServiceError(Exception):
    """A service answered with an error that is none of the others below."""


class RefusedError(ServiceError):
    """The service refuses this call for good: it would refuse it again."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


class BusyError(ServiceError):
    """All slots of the service are taken; nothing is wrong with the item."""


class LostError(ServiceError):
    """The service is away, or was lost with the item in its hands."""


class CrashedError(LostError):
    """The service's engine died with the item in its hands; the service lives on and has another."""


class MisconfiguredError(ServiceError):
    """The service will never answer this worker: wrong address, version or credentials."""


def service_error(error: grpc.RpcError, service: str) -> ServiceError:
    """Return what `error` means; `service` is a word for messages."""
    code, reason = error.code(), _reason(error)
    if reason == BUSY:
        return BusyError(f"{service} is busy")
    if reason == ENGINE_CRASHED:
        return CrashedError(f"{service}: its engine crashed")
    if code in _LOST:
        return LostError(f"{service}: {code.name}")
    if code in _MISCONFIGURED:
        return MisconfiguredError(f"{service} answers {code.name}; check its address and version")
    refused = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED}
    # Without a reason it is gRPC's own answer, such as for too many calls at once, and may pass.
    if reason and code in refused:
        return RefusedError(reason, error.details() or f"{service} refuses the call")
    return ServiceError(f"{service}: {code.name}")


def _reason(error: Any) -> str:  # noqa: ANN401 - an RpcError is a Call as well, which its type does not say
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        return ""
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return str(info.reason)
    return ""
