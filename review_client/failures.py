"""From a failed RPC to one sentence for people and an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

from review_client.errors import ClientError, UnreachableError, WrongInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.any_pb2 import Any

# The request is wrong as it stands: only the user can cure it.
_USERS: Final = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One field at fault, as `google.rpc.BadRequest` names it."""

    field: str
    description: str


def code_of(error: grpc.RpcError) -> grpc.StatusCode:
    """Return the status code; UNKNOWN for an error that carries none."""
    return error.code() if isinstance(error, grpc.Call) else grpc.StatusCode.UNKNOWN


def violations_of(error: grpc.RpcError) -> Sequence[Violation]:
    """Return the fields at fault in the server's order; empty when it names none."""
    found = []
    for detail in _details_of(error):
        request = error_details_pb2.BadRequest()
        if detail.Unpack(request):
            found += [Violation(field=v.field, description=v.description) for v in request.field_violations]
    return found


def sentence_of(error: grpc.RpcError) -> str:
    """Return what the server says, with the fields at fault that its message does not name itself."""
    message = (error.details() if isinstance(error, grpc.Call) else None) or code_of(error).name
    further = [
        f"{violation.field}: {violation.description}" if violation.field else violation.description
        for violation in violations_of(error)
        if violation.description not in message
    ]
    return "; ".join([message, *further])


def failure_of(error: grpc.RpcError, *, address: str) -> ClientError:
    """Return the error that ends the command, with its exit code."""
    code = code_of(error)
    if code in _USERS:
        return WrongInputError(sentence_of(error))
    if code is grpc.StatusCode.UNAVAILABLE and _details_of(error):
        return UnreachableError(f"the callqa server at {address} can't answer now: {sentence_of(error)}")
    if code is grpc.StatusCode.UNAVAILABLE:
        return UnreachableError(
            f"the callqa server at {address} can't be reached any more: is it still running?"
        )
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return UnreachableError(
            f"the callqa server at {address} did not answer in time: is it a callqa server, and is it busy?"
        )
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return ClientError(
            f"the server at {address} does not know this request: is it a callqa server of this version?"
        )
    request_id = _request_id_of(error)
    hint = f" under request id {request_id}" if request_id else ""
    return ClientError(f"the server failed ({sentence_of(error)}); its log says why{hint}")


def _details_of(error: grpc.RpcError) -> Sequence[Any]:
    if not isinstance(error, grpc.Call):
        return ()
    try:
        status = rpc_status.from_call(error)
    except ValueError:
        # The details contradict the status: then the status alone is believed.
        return ()
    return () if status is None else status.details


def _request_id_of(error: grpc.RpcError) -> str:
    for detail in _details_of(error):
        request = error_details_pb2.RequestInfo()
        if detail.Unpack(request):
            return str(request.request_id)
    return ""
