"""Batches and their items in MongoDB. The items are the truth; a batch's state follows from them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pymongo.errors import PyMongoError

from review_api.clock import now
from review_api.domain.batches import UNFINISHED, Batch, BatchItem, BatchState, Counts, ItemState
from review_api.storage.connection import database
from review_api.storage.documents import (
    BatchDocument,
    BatchItemDocument,
    RequestDocument,
    ShardDocument,
)
from review_api.storage.feeds import MongoItemFeed
from review_api.storage.mapping import (
    batch_document,
    batch_from,
    item_document,
    item_from,
    item_key,
    shard_key,
)
from review_api.storage.outages import storage_errors
from review_api.storage.writing import (
    add_missing,
    after_condition,
    collection_of,
    compare_and_set,
    insert_all,
    replace_all,
)
from servicekit.errors import FieldViolation, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from review_api.ports import Cursor, ItemFeed

_UNFINISHED_VALUES: Final = [state.value for state in UNFINISHED]


class MongoBatchRepository:
    """Implements BatchRepository."""

    @storage_errors()
    def create(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        """See BatchRepository."""
        try:
            # Not with_transaction(), which would go on for two minutes while the database is away.
            with database().client.start_session() as session, session.start_transaction():
                insert_all([batch_document(batch)], session)
                insert_all([item_document(item) for item in items], session)
                insert_all(_shard_documents(batch, items), session)
        except PyMongoError:
            # Its id says that it has these calls under this revision, whoever has made it.
            if self.find(batch.id) is None:
                raise

    @storage_errors()
    def find(self, batch_id: str) -> Batch | None:
        """See BatchRepository."""
        document = BatchDocument.objects.with_id(batch_id)
        return None if document is None else batch_from(document)

    def get(self, batch_id: str) -> Batch:
        """See BatchRepository."""
        batch = self.find(batch_id)
        if batch is None:
            raise NotFoundError(f"batches/{batch_id} does not exist")
        return batch

    @storage_errors()
    def items(self, batch_id: str) -> Sequence[BatchItem]:
        """See BatchRepository."""
        return [
            item_from(document)
            for document in BatchItemDocument.objects(batch_id=batch_id).order_by("position")
        ]

    @storage_errors()
    def counts(self, batch_ids: Collection[str]) -> Mapping[str, Counts]:
        """See BatchRepository."""
        tallies: defaultdict[str, dict[ItemState, int]] = defaultdict(dict)
        for group in collection_of(BatchItemDocument).aggregate(
            [
                {"$match": {"batch_id": {"$in": list(batch_ids)}}},
                {"$group": {"_id": {"batch": "$batch_id", "state": "$state"}, "number": {"$sum": 1}}},
            ]
        ):
            tallies[group["_id"]["batch"]][ItemState(group["_id"]["state"])] = group["number"]
        return {batch_id: Counts.from_tally(tallies[batch_id]) for batch_id in batch_ids}

    @storage_errors()
    def page(self, *, after: Cursor | None, size: int) -> Sequence[Batch]:
        """See BatchRepository."""
        found = BatchDocument.objects(__raw__=after_condition(after)).order_by("-create_time", "-id")
        return [batch_from(document) for document in found.limit(size)]

    @storage_errors()
    def settle(self, batch_id: str) -> Batch:
        """See BatchRepository."""
        while True:
            batch, unfinished = self.get(batch_id), self._has_unfinished(batch_id)
            if unfinished == (batch.state is BatchState.RUNNING):
                return batch
            changed = batch.reopen() if unfinished else batch.complete(now())
            # Losing the race against another settler is as good as winning it: look again.
            compare_and_set(batch_document(changed), batch.version)

    @storage_errors()
    def reopen(self, batch_id: str, positions: Collection[int]) -> None:
        """See BatchRepository."""
        found = BatchItemDocument.objects(
            id__in=[item_key(batch_id, position) for position in positions], state=ItemState.QUARANTINED.value
        )
        self.send_back([item_from(document) for document in found], BatchItem.reopen)
        self.settle(batch_id)

    @storage_errors()
    def items_of_call(self, call_id: str) -> Sequence[BatchItem]:
        """See BatchRepository."""
        return [item_from(document) for document in BatchItemDocument.objects(call_id=call_id).order_by("id")]

    @storage_errors()
    def send_back(self, items: Sequence[BatchItem], verb: Callable[[BatchItem], BatchItem]) -> None:
        """See BatchRepository."""
        if not items:
            return
        shards = sorted({shard_key(item.batch_id, item.shard) for item in items})
        # At once, since an item that is sent back into a closed shard would never be taken.
        with database().client.start_session() as session, session.start_transaction():
            replace_all([(item_document(verb(item)), item.version) for item in items], session)
            collection_of(ShardDocument).update_many(
                {"_id": {"$in": shards}}, {"$set": {"open": True}}, session=session
            )
        for batch_id in sorted({item.batch_id for item in items}):
            self.settle(batch_id)

    @storage_errors()
    def batch_of_request(self, request_id: str, digest: str) -> str:
        """See BatchRepository."""
        bound = RequestDocument.objects.with_id(request_id)
        if bound is None:
            return ""
        if bound.digest != digest:
            description = "this id came with another request before; use a new UUID for each request"
            raise InvalidInputError(
                f"request_id: {description}", violations=[FieldViolation("request_id", description)]
            )
        return str(bound.batch_id)

    @storage_errors()
    def bind_request(self, request_id: str, digest: str, batch_id: str) -> None:
        """See BatchRepository."""
        add_missing([RequestDocument(id=request_id, digest=digest, batch_id=batch_id, create_time=now())])

    def watch(self, batch_id: str, resume_token: str) -> ItemFeed:
        """See BatchRepository."""
        return MongoItemFeed(batch_id, resume_token)

    def _has_unfinished(self, batch_id: str) -> bool:
        unfinished = BatchItemDocument.objects(batch_id=batch_id, state__in=_UNFINISHED_VALUES)
        return unfinished.limit(1).first() is not None


def _shard_documents(batch: Batch, items: Sequence[BatchItem]) -> list[ShardDocument]:
    open_shards = {item.shard for item in items if not item.finished}
    return [
        ShardDocument(
            id=shard_key(batch.id, number),
            batch_id=batch.id,
            number=number,
            rubric_revision=batch.rubric_revision,
            open=number in open_shards,
            create_time=batch.create_time,
        )
        for number in range(batch.shard_count)
    ]
