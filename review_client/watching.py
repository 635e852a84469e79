"""Follows a batch until every call in it is done or quarantined, through broken streams."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import grpc
from callqa.v1 import batch_pb2, call_service_pb2

from review_client.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callqa.v1.call_service_pb2_grpc import CallServiceStub

# About a minute without one answer: then the server is gone rather than restarted.
_MAX_SILENT_ATTEMPTS: Final = 10
_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 10.0
# A stream is renewed before servers and proxies cut it.
_STREAM_S: Final = 240.0

# How a stream ends while the batch goes on.
_BROKEN: Final = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}
)


def merged(batch: batch_pb2.Batch, change: batch_pb2.Batch) -> batch_pb2.Batch:
    """Return `change` with all items: those it holds, and those of `batch` that did not change."""
    items = {item.call: item for item in batch.items}
    items.update((item.call, item) for item in change.items)
    whole = batch_pb2.Batch()
    whole.CopyFrom(change)
    del whole.items[:]
    whole.items.extend(items.values())
    return whole


def watch_batch(
    stub: CallServiceStub,
    batch: batch_pb2.Batch,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[batch_pb2.Batch]:
    """Yield the batch with all its items after every change; the last one is COMPLETE.

    Raises grpc.RpcError when the server refuses, or stays away for about a minute.
    """
    yield batch
    resume_token = ""
    silent_attempts = 0
    while batch.state != batch_pb2.Batch.COMPLETE:
        request = call_service_pb2.WatchBatchRequest(name=batch.name, resume_token=resume_token)
        try:
            for answer in stub.WatchBatch(request, timeout=_STREAM_S):
                silent_attempts = 0
                resume_token = answer.resume_token
                batch = merged(batch, answer.batch)
                yield batch
                if batch.state == batch_pb2.Batch.COMPLETE:
                    return
        except grpc.RpcError as error:
            if code_of(error) not in _BROKEN or silent_attempts == _MAX_SILENT_ATTEMPTS:
                raise
            if code_of(error) is grpc.StatusCode.DEADLINE_EXCEEDED:
                # The stream stood all that time and nothing changed: a long call is no silence.
                silent_attempts = 0
        # A server that shuts down may also end the stream politely; both ways the batch goes on.
        sleep(min(_FIRST_WAIT_S * 2**silent_attempts, _LONGEST_WAIT_S))
        silent_attempts += 1
