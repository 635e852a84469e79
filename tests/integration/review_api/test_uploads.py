"""UploadRecording and GetRecording over the wire."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import call_pb2, call_service_pb2

from servicekit.wire import sha256_hex
from tests.integration.review_api.stack import details_of, raw_details_of, reason_of, upload_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.review_api.stack import Stack

CONTENT = bytes(range(256)) * 12_000


def recording_name(content: bytes) -> str:
    return f"recordings/{sha256_hex(content)}"


def get_recording(stack: Stack, content: bytes) -> call_pb2.Recording:
    request = call_service_pb2.GetRecordingRequest(name=recording_name(content))
    recording: call_pb2.Recording = stack.calls.GetRecording(request, timeout=10)
    return recording


def wait_for_bytes(stack: Stack) -> call_pb2.Recording:
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        with suppress(grpc.RpcError):
            return get_recording(stack, CONTENT)
        time.sleep(0.05)
    raise TimeoutError


def test_a_recording_is_uploaded(stack: Stack) -> None:
    recording = stack.calls.UploadRecording(upload_messages(CONTENT, chunk_bytes=100_000), timeout=30)
    assert recording.name == recording_name(CONTENT)
    assert recording.state == call_pb2.Recording.COMMITTED
    assert recording.size_bytes == recording.committed_bytes == len(CONTENT)
    assert get_recording(stack, CONTENT) == recording


def test_what_is_there_answers_at_once(stack: Stack) -> None:
    stack.upload(CONTENT)

    def spec_alone() -> Iterator[call_service_pb2.UploadRecordingRequest]:
        yield next(iter(upload_messages(CONTENT)))
        # A server that wanted chunks would wait here until the deadline.
        time.sleep(60)

    recording = stack.calls.UploadRecording(spec_alone(), timeout=30)
    assert recording.state == call_pb2.Recording.COMMITTED


def test_a_broken_stream_is_resumed_where_it_broke(stack: Stack) -> None:
    class BrokenError(Exception):
        pass

    def broken() -> Iterator[call_service_pb2.UploadRecordingRequest]:
        messages = upload_messages(CONTENT, chunk_bytes=100_000)
        yield from islice(messages, 16)
        # Only what has reached the server can be kept.
        wait_for_bytes(stack)
        raise BrokenError

    with pytest.raises(grpc.RpcError):
        stack.calls.UploadRecording(broken(), timeout=60)
    partial = wait_for_bytes(stack)
    assert partial.state == call_pb2.Recording.UPLOADING
    assert 0 < partial.committed_bytes < len(CONTENT)
    while True:
        rest = upload_messages(CONTENT, start_bytes=partial.committed_bytes, chunk_bytes=77_777)
        try:
            recording = stack.calls.UploadRecording(rest, timeout=30)
        except grpc.RpcError as error:
            # The broken stream's last bytes may be stored after we asked.
            assert reason_of(error) == "RECORDING_OFFSET"  # noqa: PT017
            partial = get_recording(stack, CONTENT)
        else:
            break
    assert recording.state == call_pb2.Recording.COMMITTED


def test_an_early_end_is_told_and_can_be_continued(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(upload_messages(CONTENT[:1000], named=CONTENT), timeout=30)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(refused.value) == "RECORDING_INCOMPLETE"
    assert get_recording(stack, CONTENT).committed_bytes == 1000
    rest = upload_messages(CONTENT, start_bytes=1000)
    assert stack.calls.UploadRecording(rest, timeout=30).state == call_pb2.Recording.COMMITTED


def test_a_start_elsewhere_is_out_of_range(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(upload_messages(CONTENT, start_bytes=5), timeout=30)
    assert refused.value.code() == grpc.StatusCode.OUT_OF_RANGE
    assert reason_of(refused.value) == "RECORDING_OFFSET"


@pytest.mark.parametrize("sent", [CONTENT[:-1] + b"!", CONTENT + b"!"])
def test_other_bytes_than_named_are_refused(stack: Stack, sent: bytes) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(upload_messages(sent, named=CONTENT), timeout=30)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert reason_of(refused.value) == "RECORDING_MISMATCH"
    with pytest.raises(grpc.RpcError) as missing:
        stack.create_batch_of(recording_name(CONTENT))
    assert missing.value.code() in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION}


def test_a_stream_without_a_spec_is_refused(stack: Stack) -> None:
    messages = list(upload_messages(b"abc"))
    for wrong in ([], messages[1:], [messages[0], messages[0]]):
        with pytest.raises(grpc.RpcError) as refused:
            stack.calls.UploadRecording(iter(wrong), timeout=30)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(("sha256", "size_bytes"), [("A" * 64, 1), ("ab", 1), ("a" * 64, 0)])
def test_a_spec_that_is_none_is_refused(stack: Stack, sha256: str, size_bytes: int) -> None:
    spec = call_service_pb2.RecordingSpec(sha256=sha256, size_bytes=size_bytes)
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(iter([call_service_pb2.UploadRecordingRequest(spec=spec)]), timeout=30)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_a_recording_over_the_limit_is_refused(stack: Stack) -> None:
    spec = call_service_pb2.RecordingSpec(sha256="a" * 64, size_bytes=2 * 1024**3)
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(iter([call_service_pb2.UploadRecordingRequest(spec=spec)]), timeout=30)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "max_recording_bytes" in details_of(refused.value)
    assert b"spec.size_bytes" in raw_details_of(refused.value)


def test_a_chunk_over_the_limit_is_refused(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.UploadRecording(upload_messages(CONTENT, chunk_bytes=2 * 1024**2), timeout=30)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert b"chunk.content" in raw_details_of(refused.value)


def test_an_unknown_recording_is_not_found(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as missing:
        get_recording(stack, b"never sent")
    assert missing.value.code() == grpc.StatusCode.NOT_FOUND
