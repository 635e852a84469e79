"""Takes in the bytes of one recording; what a broken stream sent stays committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_api.domain.call_rules import is_sha256
from review_api.recordings.errors import OffsetError, RecordingMismatchError
from servicekit.errors import FieldViolation, InvalidInputError, LimitExceededError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from review_api.ports import RecordingStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSpec:
    """The file that follows."""

    sha256: str
    size_bytes: int

    def __post_init__(self) -> None:
        violations = []
        if not is_sha256(self.sha256):
            violations.append(FieldViolation("spec.sha256", "expected 64 lower-case hexadecimal digits"))
        if self.size_bytes < 1:
            violations.append(FieldViolation("spec.size_bytes", "a recording has at least 1 byte"))
        if violations:
            raise InvalidInputError(
                "; ".join(f"{violation.field}: {violation.description}" for violation in violations),
                violations=violations,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingChunk:
    """The next bytes of the file, from `offset_bytes` on."""

    offset_bytes: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStatus:
    """How much of a recording is there; `size_bytes` is 0 while it is not complete."""

    sha256: str
    committed_bytes: int
    size_bytes: int


class IncompleteRecordingError(InvalidInputError):
    """The client ended its stream early; what came stays, and the upload can go on."""

    reason = "RECORDING_INCOMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRecording:
    """Stores uploads block by block: larger blocks than chunks, so that small chunks cost no write each."""

    recordings: RecordingStore
    max_recording_bytes: int
    max_chunk_bytes: int
    block_bytes: int

    def status(self, sha256: str) -> RecordingStatus:
        """Return how much is there; NotFoundError when nothing is."""
        size_bytes = self.recordings.committed_sizes([sha256]).get(sha256)
        if size_bytes is not None:
            return RecordingStatus(sha256=sha256, committed_bytes=size_bytes, size_bytes=size_bytes)
        committed_bytes = self.recordings.committed_bytes(sha256)
        if not committed_bytes:
            raise NotFoundError(f"recordings/{sha256} does not exist; upload it first")
        return RecordingStatus(sha256=sha256, committed_bytes=committed_bytes, size_bytes=0)

    def __call__(self, spec: RecordingSpec, chunks: Iterator[RecordingChunk]) -> RecordingStatus:
        """Store the chunks from the committed offset on and complete the recording.

        Raises LimitExceededError over `max_recording_bytes`, OffsetError for a chunk that starts elsewhere,
        RecordingMismatchError for other bytes than the spec names, IncompleteRecordingError for too few.
        """
        if spec.size_bytes > self.max_recording_bytes:
            raise LimitExceededError(
                f"recordings/{spec.sha256} has {spec.size_bytes} bytes; this server takes at most"
                f" {self.max_recording_bytes} (max_recording_bytes)",
                violations=[FieldViolation("spec.size_bytes", f"more than {self.max_recording_bytes}")],
            )
        present_bytes = self.recordings.committed_sizes([spec.sha256]).get(spec.sha256)
        if present_bytes is None:
            self._receive(spec, chunks)
        self.recordings.commit(spec.sha256, spec.size_bytes)
        return self.status(spec.sha256)

    def _receive(self, spec: RecordingSpec, chunks: Iterator[RecordingChunk]) -> None:
        upload = _Upload(self.recordings, spec.sha256)
        try:
            for chunk in chunks:
                self._check(chunk, spec, upload.received_bytes)
                upload.take(chunk.content)
                if len(upload.block) >= self.block_bytes:
                    upload.flush()
        finally:
            # Whatever ended the stream, its client resumes after the bytes that arrived.
            upload.flush()
        if upload.received_bytes < spec.size_bytes:
            raise IncompleteRecordingError(
                f"recordings/{spec.sha256}: the stream ended after {upload.received_bytes} of"
                f" {spec.size_bytes} bytes; go on from there",
                metadata={"committed_bytes": str(upload.received_bytes)},
            )

    def _check(self, chunk: RecordingChunk, spec: RecordingSpec, received_bytes: int) -> None:
        if len(chunk.content) > self.max_chunk_bytes:
            description = (
                f"{len(chunk.content)} bytes are more than {self.max_chunk_bytes}; send less at once"
            )
            raise LimitExceededError(
                f"chunk.content: {description}", violations=[FieldViolation("chunk.content", description)]
            )
        if chunk.offset_bytes != received_bytes:
            raise OffsetError(spec.sha256, offset_bytes=chunk.offset_bytes, committed_bytes=received_bytes)
        if received_bytes + len(chunk.content) > spec.size_bytes:
            raise RecordingMismatchError(
                f"recordings/{spec.sha256}: more bytes came than the {spec.size_bytes} that were named"
            )


class _Upload:
    """The block that is gathered and what is stored before it."""

    def __init__(self, recordings: RecordingStore, sha256: str) -> None:
        self._recordings = recordings
        self._sha256 = sha256
        self._stored_bytes = recordings.committed_bytes(sha256)
        self.block = bytearray()

    @property
    def received_bytes(self) -> int:
        return self._stored_bytes + len(self.block)

    def take(self, content: bytes) -> None:
        self.block += content

    def flush(self) -> None:
        if self.block:
            block, self.block = bytes(self.block), bytearray()
            self._recordings.append(self._sha256, self._stored_bytes, block)
            self._stored_bytes += len(block)
