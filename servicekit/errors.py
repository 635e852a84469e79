"""The one tree of errors that callqa's services raise on purpose.

CallqaError                  INTERNAL             INTERNAL
├── InvalidInputError        INVALID_ARGUMENT     INVALID_INPUT
├── NotFoundError            NOT_FOUND            NOT_FOUND
├── AlreadyExistsError       ALREADY_EXISTS       ALREADY_EXISTS
├── WrongStateError          FAILED_PRECONDITION  WRONG_STATE
├── StaleError               ABORTED              STALE
├── LimitExceededError       RESOURCE_EXHAUSTED   LIMIT_EXCEEDED
├── UnavailableError         UNAVAILABLE          UNAVAILABLE
├── DeadlineError            DEADLINE_EXCEEDED    DEADLINE_EXCEEDED
├── CancelledError           CANCELLED            CANCELLED
├── DataLossError            DATA_LOSS            DATA_LOSS
└── SettingsError            FAILED_PRECONDITION  SETTINGS, process exit code 78

A service subclasses the error whose status fits and sets its own `reason`. The error interceptor reads
`status` and `reason`; nothing else decides what a client sees. A message travels to the client and into logs,
so it names resources and fields and never quotes a transcript.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import grpc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_METADATA: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that cannot be accepted, as `google.rpc.BadRequest` carries it.

    `field` is the path in the request (`call.labels[2]`), `description` a sentence for the caller.
    """

    field: str
    description: str


class CallqaError(Exception):
    """An error with a gRPC status and a machine-readable reason (UPPER_SNAKE, at most 63 characters).

    `message` is one sentence for a developer, `violations` name the fields at fault, `metadata` are the
    error's facts for a program (`google.rpc.ErrorInfo.metadata`).
    """

    status: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL
    reason: ClassVar[str] = "INTERNAL"

    def __init__(
        self,
        message: str,
        *,
        violations: Sequence[FieldViolation] = (),
        metadata: Mapping[str, str] = _NO_METADATA,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.violations = tuple(violations)
        self.metadata = dict(metadata)


class InvalidInputError(CallqaError):
    """The request is wrong whatever the state of the system; sending it again cannot help."""

    status = grpc.StatusCode.INVALID_ARGUMENT
    reason = "INVALID_INPUT"


class NotFoundError(CallqaError):
    """The named resource does not exist."""

    status = grpc.StatusCode.NOT_FOUND
    reason = "NOT_FOUND"


class AlreadyExistsError(CallqaError):
    """Another resource has that name already."""

    status = grpc.StatusCode.ALREADY_EXISTS
    reason = "ALREADY_EXISTS"


class WrongStateError(CallqaError):
    """The resource's state does not allow the verb; its state has to change first."""

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = "WRONG_STATE"


class StaleError(CallqaError):
    """The etag is not the current one; read the resource again and repeat."""

    status = grpc.StatusCode.ABORTED
    reason = "STALE"


class LimitExceededError(CallqaError):
    """The request is larger or more than this server takes; the message names the limit and its unit."""

    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    reason = "LIMIT_EXCEEDED"


class UnavailableError(CallqaError):
    """Nothing is wrong with the request; the same request may succeed in a moment."""

    status = grpc.StatusCode.UNAVAILABLE
    reason = "UNAVAILABLE"


class DeadlineError(CallqaError):
    """The time given to the call has passed."""

    status = grpc.StatusCode.DEADLINE_EXCEEDED
    reason = "DEADLINE_EXCEEDED"


class CancelledError(CallqaError):
    """The caller gave the call up."""

    status = grpc.StatusCode.CANCELLED
    reason = "CANCELLED"


class DataLossError(CallqaError):
    """Stored or received bytes are not the bytes they should be, such as a wrong sha256."""

    status = grpc.StatusCode.DATA_LOSS
    reason = "DATA_LOSS"


class SettingsError(CallqaError):
    """The process cannot start as it is configured. The message has one line per mistake.

    Raised at process start only; `servicekit.settings.main_guard` turns it into exit code 78, which a
    Kubernetes Job reads as "do not retry".
    """

    status = grpc.StatusCode.FAILED_PRECONDITION
    reason = "SETTINGS"
    exit_code: ClassVar[int] = 78
