"""Batches from domain to wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import batch_pb2

from review_api.servicers.call_wire import quarantine_to_wire
from review_api.servicers.resource_names import BATCH, CALL, revision_name, scorecard_name
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.batches import Batch, BatchItem, Counts


def batch_to_wire(batch: Batch, counts: Counts, items: Sequence[BatchItem] = ()) -> batch_pb2.Batch:
    """Return the batch as clients see it, with the items given."""
    wire = batch_pb2.Batch(
        name=BATCH.format(batch=batch.id),
        rubric_revision=revision_name(batch.rubric_revision),
        state=batch_pb2.Batch.State.Value(batch.state.value),
        counts=batch_pb2.Batch.Counts(
            pending=counts.pending,
            transcribing=counts.transcribing,
            scoring=counts.scoring,
            done=counts.done,
            quarantined=counts.quarantined,
        ),
        items=[_item_to_wire(item) for item in items],
        shard_count=batch.shard_count,
        create_time=timestamp_from_datetime(batch.create_time),
    )
    if batch.complete_time is not None:
        wire.complete_time.CopyFrom(timestamp_from_datetime(batch.complete_time))
    return wire


def _item_to_wire(item: BatchItem) -> batch_pb2.BatchItem:
    return batch_pb2.BatchItem(
        call=CALL.format(call=item.call_id),
        external_id=item.external_id,
        state=batch_pb2.BatchItem.State.Value(item.state.value),
        transcribed_fraction=item.transcribed_fraction,
        scorecard=scorecard_name(item.call_id, item.scorecard_id),
        quarantine=None if item.quarantine is None else quarantine_to_wire(item.quarantine),
        shard=item.shard,
    )
