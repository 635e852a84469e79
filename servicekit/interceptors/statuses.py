"""google.rpc.Status for our errors: ErrorInfo always, RequestInfo with an id, BadRequest for fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import grpc
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]

from servicekit.request_id import current_request_id

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from servicekit.errors import CallqaError, FieldViolation

DOMAIN: Final = "callqa"
INTERNAL_TEXT: Final = "internal error; give the request id to your operator"

# Statuses travel in HTTP/2 trailers, of which a peer takes 8 KiB by default. Base64 and the message, which is
# sent twice, need their share.
_MAX_MESSAGE_CHARACTERS: Final = 800
_MAX_VIOLATION_BYTES: Final = 2500


def status_of(error: CallqaError) -> status_pb2.Status:
    """Return the status that tells a client about `error`.

    A message is cut at 800 characters and field violations at 2,500 bytes; the last one says how many are
    left out.
    """
    message = error.message
    if len(message) > _MAX_MESSAGE_CHARACTERS:
        message = message[: _MAX_MESSAGE_CHARACTERS - 3] + "..."
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    details: list[Message] = [info]
    if error.violations:
        details.append(_bad_request(error.violations))
    return _status(error.status, message, details)


def internal_status() -> status_pb2.Status:
    """Return the status for an exception nobody foresaw: always the same words."""
    info = error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN)
    return _status(grpc.StatusCode.INTERNAL, INTERNAL_TEXT, [info])


def _status(code: grpc.StatusCode, message: str, details: list[Message]) -> status_pb2.Status:
    request_id = current_request_id()
    if request_id:
        details = [*details, error_details_pb2.RequestInfo(request_id=request_id)]
    status = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def _bad_request(violations: tuple[FieldViolation, ...]) -> error_details_pb2.BadRequest:
    bad_request = error_details_pb2.BadRequest()
    for position, violation in enumerate(violations):
        bad_request.field_violations.add(field=violation.field, description=violation.description)
        if bad_request.ByteSize() > _MAX_VIOLATION_BYTES:
            del bad_request.field_violations[-1]
            left_out = f"{len(violations) - position} more are left out; correct these first"
            bad_request.field_violations.add(field="", description=left_out)
            break
    return bad_request
