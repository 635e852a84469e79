"""WatchBatch over the wire."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import batch_pb2, call_service_pb2

from tests.integration.review_api.stack import details_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

DONE = batch_pb2.BatchItem.DONE


def watch(
    stack: Stack, batch: batch_pb2.Batch, resume_token: str = ""
) -> Iterator[call_service_pb2.WatchBatchResponse]:
    request = call_service_pb2.WatchBatchRequest(name=batch.name, resume_token=resume_token)
    stream: Iterator[call_service_pb2.WatchBatchResponse] = stack.calls.WatchBatch(request, timeout=60)
    return stream


def in_all(counts: batch_pb2.Batch.Counts) -> int:
    return counts.pending + counts.transcribing + counts.scoring + counts.done + counts.quarantined


def test_a_batch_is_watched_to_its_end(stack: Stack) -> None:
    batch = stack.create_batch(*(b"%d" % number for number in range(6)))
    stream = watch(stack, batch)
    first = next(stream)
    assert len(first.batch.items) == 6
    worker = threading.Thread(target=stack.work, args=(batch,))
    worker.start()
    answers = [first, *stream]
    worker.join()
    assert all(in_all(answer.batch.counts) == 6 for answer in answers)
    assert [answer.batch.state for answer in answers[:-1]] == [batch_pb2.Batch.RUNNING] * (len(answers) - 1)
    assert answers[-1].batch.state == batch_pb2.Batch.COMPLETE
    assert answers[-1].batch.HasField("complete_time")
    seen = {item.call: item.state for answer in answers for item in answer.batch.items}
    assert set(seen.values()) == {DONE}
    done = [answer.batch.counts.done for answer in answers]
    assert done == sorted(done)


def test_a_complete_batch_is_shown_once(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    (only,) = watch(stack, batch)
    assert only.batch.state == batch_pb2.Batch.COMPLETE
    assert [item.state for item in only.batch.items] == [DONE]


def test_a_watch_is_resumed_without_what_was_seen(stack: Stack, fakes: FakeServices) -> None:
    done, left = stack.create_batch(b"early"), stack.create_batch(b"early", b"late")
    stack.work(done)
    token = next(watch(stack, left)).resume_token
    resumed = next(watch(stack, left, token))
    assert list(resumed.batch.items) == []
    assert resumed.batch.counts == batch_pb2.Batch.Counts(pending=2)
    stack.work(left)
    later = list(watch(stack, left, resumed.resume_token))
    assert {item.call: item.state for answer in later for item in answer.batch.items} == {
        item.call: DONE for item in left.items
    }
    assert later[-1].batch.state == batch_pb2.Batch.COMPLETE
    (end,) = watch(stack, left, later[-1].resume_token)
    assert list(end.batch.items) == []
    assert end.batch.state == batch_pb2.Batch.COMPLETE


@pytest.mark.parametrize("token", ["not a token", "826A"])
def test_a_token_that_is_none_is_refused(stack: Stack, token: str) -> None:
    batch = stack.create_batch(b"one")
    with pytest.raises(grpc.RpcError) as refused:
        next(watch(stack, batch, token))
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "resume_token" in details_of(refused.value)


def test_a_cancelled_watch_frees_its_thread(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    # More than the server has threads.
    for _ in range(20):
        stream = watch(stack, batch)
        next(stream)
        stream.cancel()  # type: ignore[attr-defined]
    assert stack.get_batch(batch).name == batch.name


def test_an_unknown_batch_is_not_found(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as missing:
        next(watch(stack, batch_pb2.Batch(name="batches/none")))
    assert missing.value.code() == grpc.StatusCode.NOT_FOUND
