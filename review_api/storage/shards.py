"""Claims on shards in MongoDB. Leases are measured by the database's clock, so workers' clocks may differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from pymongo import ReturnDocument

from review_api.domain.batches import UNFINISHED
from review_api.storage.documents import BatchItemDocument, ShardDocument
from review_api.storage.mapping import item_document, item_from, shard_from, shard_key
from review_api.storage.outages import storage_errors
from review_api.storage.writing import collection_of, compare_and_set
from servicekit.errors import NotFoundError, StaleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.batches import BatchItem, Shard

_UNFINISHED_VALUES: Final = [state.value for state in UNFINISHED]


class MongoShardRepository:
    """Implements ShardRepository."""

    def claim(self, batch_id: str, number: int, lease: str, lease_s: float) -> Shard | None:
        """See ShardRepository."""
        return self._claim({"_id": shard_key(batch_id, number)}, lease, lease_s)

    def claim_next(self, lease: str, lease_s: float) -> Shard | None:
        """See ShardRepository."""
        return self._claim({}, lease, lease_s)

    @storage_errors()
    def renew(self, shard: Shard, lease_s: float) -> bool:
        """See ShardRepository."""
        renewed = collection_of(ShardDocument).update_one(_held(shard), [{"$set": _until(lease_s)}])
        return renewed.matched_count == 1

    @storage_errors()
    def release(self, shard: Shard) -> None:
        """See ShardRepository."""
        left = {"open": bool(self.unfinished(shard)), "lease": "", "lease_until": None}
        given_up = collection_of(ShardDocument).update_one(_held(shard), {"$set": left})
        # An item may have been reopened between the look and the write, which would then close its shard.
        if given_up.matched_count and not left["open"] and self.unfinished(shard):
            ShardDocument.objects(id=shard_key(shard.batch_id, shard.number)).update(set__open=True)

    @storage_errors()
    def is_open(self, batch_id: str, number: int) -> bool:
        """See ShardRepository."""
        document = ShardDocument.objects.with_id(shard_key(batch_id, number))
        if document is None:
            raise NotFoundError(f"batches/{batch_id} has no shard {number}")
        return bool(document.open)

    @storage_errors()
    def unfinished(self, shard: Shard) -> Sequence[BatchItem]:
        """See ShardRepository."""
        found = BatchItemDocument.objects(
            batch_id=shard.batch_id, shard=shard.number, state__in=_UNFINISHED_VALUES
        )
        return [item_from(document) for document in found.order_by("position")]

    @storage_errors()
    def replace(self, seen: BatchItem, changed: BatchItem) -> BatchItem:
        """See ShardRepository."""
        if not compare_and_set(item_document(changed), seen.version):
            raise StaleError(f"{seen.where} has changed since it was read; another worker has it")
        return replace(changed, version=seen.version + 1)

    @storage_errors()
    def _claim(self, which: dict[str, Any], lease: str, lease_s: float) -> Shard | None:
        # A claim whose answer was lost is found again by its lease.
        free = {"$or": [{"lease": {"$in": ["", lease]}}, {"$expr": {"$lt": ["$lease_until", "$$NOW"]}}]}
        claimed = collection_of(ShardDocument).find_one_and_update(
            which | {"open": True} | free,
            [{"$set": {"lease": lease} | _until(lease_s)}],
            sort=[("create_time", 1), ("_id", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if claimed is None else shard_from(claimed)


def _held(shard: Shard) -> dict[str, Any]:
    return {"_id": shard_key(shard.batch_id, shard.number), "lease": shard.lease}


def _until(lease_s: float) -> dict[str, Any]:
    return {"lease_until": {"$add": ["$$NOW", round(lease_s * 1000)]}}
