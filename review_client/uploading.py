"""Sends one file: asks how much is there, sends the rest, and begins again where a broken stream ended."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import grpc
from callqa.v1 import call_pb2, call_service_pb2
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from review_client.connection import CALL_TIMEOUT_S
from review_client.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from callqa.v1.call_service_pb2_grpc import CallServiceStub

# The contract takes up to 1 MiB; smaller chunks lose less when a stream breaks.
CHUNK_BYTES: Final = 512 * 1024
# About a minute in all: long enough for a server that is restarted.
_ATTEMPTS: Final = 10
_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 10
# A stream that carries a large file over a slow line is not cut off; silence is.
_MIN_BYTES_PER_S: Final = 16 * 1024

# OUT_OF_RANGE: the offset moved, as when an earlier stream was still being written; asking again cures it.
_RETRIED: Final = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.OUT_OF_RANGE})


def sha256_of_file(path: Path) -> str:
    """Return the file's SHA-256 as 64 lower-case hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def upload_file(
    stub: CallServiceStub,
    path: Path,
    *,
    sha256: str,
    on_sent: Callable[[int], None],
) -> bool:
    """Bring the file to the server; return False when all its bytes were there already.

    `on_sent` is told how many bytes of the file are sent so far; after a broken stream that number may
    fall. Raises grpc.RpcError when the server refuses the file or stays away, OSError when the file can't be
    read.
    """
    size_bytes = path.stat().st_size
    spec = call_service_pb2.RecordingSpec(sha256=sha256, size_bytes=size_bytes)
    sent_any = False
    for attempt in Retrying(
        retry=retry_if_exception(_is_retried),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S),
        reraise=True,
    ):
        with attempt:
            recording = _recording(stub, sha256)
            if recording.state == call_pb2.Recording.COMMITTED:
                on_sent(size_bytes)
                return sent_any
            sent_any = True
            on_sent(recording.committed_bytes)
            requests = _Requests(path, spec, recording.committed_bytes, on_sent)
            try:
                stub.UploadRecording(iter(requests), timeout=CALL_TIMEOUT_S + size_bytes / _MIN_BYTES_PER_S)
            finally:
                if requests.failure is not None:
                    raise requests.failure
    return sent_any


def _recording(stub: CallServiceStub, sha256: str) -> call_pb2.Recording:
    """Return what the server has of the file; nothing of it is an upload at 0 bytes."""
    name = f"recordings/{sha256}"
    try:
        return stub.GetRecording(call_service_pb2.GetRecordingRequest(name=name), timeout=CALL_TIMEOUT_S)
    except grpc.RpcError as error:
        if code_of(error) is not grpc.StatusCode.NOT_FOUND:
            raise
        return call_pb2.Recording(name=name, state=call_pb2.Recording.UPLOADING)


class _Requests:
    """The messages of one stream, from `offset_bytes` on. A file that can't be read ends them early.

    gRPC logs what a request iterator raises and goes on without it, so the error waits in `failure`.
    """

    def __init__(
        self,
        path: Path,
        spec: call_service_pb2.RecordingSpec,
        offset_bytes: int,
        on_sent: Callable[[int], None],
    ) -> None:
        self._path = path
        self._spec = spec
        self._offset_bytes = offset_bytes
        self._on_sent = on_sent
        self.failure: OSError | None = None

    def __iter__(self) -> Iterator[call_service_pb2.UploadRecordingRequest]:
        yield call_service_pb2.UploadRecordingRequest(spec=self._spec)
        offset_bytes = self._offset_bytes
        try:
            with self._path.open("rb") as file:
                file.seek(offset_bytes)
                while content := file.read(CHUNK_BYTES):
                    chunk = call_service_pb2.RecordingChunk(offset_bytes=offset_bytes, content=content)
                    yield call_service_pb2.UploadRecordingRequest(chunk=chunk)
                    offset_bytes += len(content)
                    self._on_sent(offset_bytes)
        except OSError as error:
            self.failure = error


def _is_retried(error: BaseException) -> bool:
    return isinstance(error, grpc.RpcError) and code_of(error) in _RETRIED
