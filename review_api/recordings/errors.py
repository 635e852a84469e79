"""What can go wrong with the bytes of a recording."""

from __future__ import annotations

import grpc

from servicekit.errors import CallqaError, InvalidInputError


class OffsetError(CallqaError):
    """A chunk does not start where the committed bytes end; `metadata` says where that is."""

    status = grpc.StatusCode.OUT_OF_RANGE
    reason = "RECORDING_OFFSET"

    def __init__(self, sha256: str, *, offset_bytes: int, committed_bytes: int) -> None:
        super().__init__(
            f"recordings/{sha256}: a chunk starts at byte {offset_bytes} and the upload stands at byte"
            f" {committed_bytes}; continue from there",
            metadata={"committed_bytes": str(committed_bytes)},
        )


class RecordingMismatchError(InvalidInputError):
    """The bytes received are not those that were named; they are removed."""

    reason = "RECORDING_MISMATCH"
