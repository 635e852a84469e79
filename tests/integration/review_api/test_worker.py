"""Shards through real servers and a real MongoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import batch_pb2

from review_api.worker.exit_codes import ExitCode

if TYPE_CHECKING:
    from tests.integration.review_api.stack import Stack


def test_a_batch_is_worked_off(stack: Stack) -> None:
    batch = stack.create_batch(b"one", b"two", b"three")
    assert set(stack.work(batch)) == {ExitCode.COMPLETE}
    done = stack.get_batch(batch)
    assert done.state == batch_pb2.Batch.COMPLETE
    assert [item.state for item in done.items] == [batch_pb2.BatchItem.DONE] * 3
