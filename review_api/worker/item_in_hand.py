"""The item that a worker works on: every step is written before the next is taken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from review_api.domain.batches import ItemState
from review_api.worker.interrupt import LeaseLostError
from servicekit.errors import StaleError

if TYPE_CHECKING:
    from review_api.domain.batches import BatchItem
    from review_api.ports import ShardRepository
    from review_api.worker.patience import Patience


class ItemInHand:
    """Writes what verbs make of an item. LeaseLostError when another worker has taken it over."""

    def __init__(
        self, item: BatchItem, shards: ShardRepository, patience: Patience, *, progress_interval_s: float
    ) -> None:
        self.item = item
        self._shards = shards
        self._patience = patience
        self._progress_interval_s = progress_interval_s
        self._progress_at_s = float("-inf")

    def write(self, changed: BatchItem) -> None:
        """Store the item as a verb has made it; waits for the database."""
        try:
            self.item = self._patience.store(self._shards.replace, self.item, changed)
        except StaleError as error:
            raise LeaseLostError from error

    def hear_progress(self, fraction: float) -> None:
        """Store how much is heard, at most every `progress_interval_s`."""
        now_s = time.monotonic()
        if now_s - self._progress_at_s >= self._progress_interval_s:
            self._progress_at_s = now_s
            self.write(self.item.hear_progress(fraction))

    def put_back(self) -> None:
        """Leave the item to whoever comes next, as if it had not been begun."""
        if self.item.state in {ItemState.TRANSCRIBING, ItemState.SCORING}:
            self.write(self.item.put_back())
