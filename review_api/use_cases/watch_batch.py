"""Shows a batch as it is and as it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_api.domain.batches import Batch, BatchItem, BatchState, Counts
from review_api.ports import HistoryLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from review_api.ports import BatchRepository, ItemFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch with its counts and some or all of its items, by position."""

    batch: Batch
    counts: Counts
    items: Sequence[BatchItem]
    resume_token: str = ""


@dataclass(frozen=True, slots=True)
class BatchReading:
    """Reads batches; one whose last item has ended is completed by the way, should its worker have died."""

    batches: BatchRepository

    def get(self, batch_id: str) -> BatchView:
        """Return the batch with all items, or raise NotFoundError."""
        batch = self.batches.settle(batch_id)
        items = self.batches.items(batch_id)
        return BatchView(batch=batch, counts=Counts.of(item.state for item in items), items=items)

    def watch(self, batch_id: str, resume_token: str, is_wanted: Callable[[], bool]) -> Iterator[BatchView]:
        """Yield the batch now and after changes until it is COMPLETE or `is_wanted` says no.

        The first view has all items, or those changed since the token; every later one those changed since
        the view before. A token that is too old to be continued from gives all items again.
        """
        self.batches.get(batch_id)
        # The feed first: what changes while the items are read is in one of the two, or in both.
        feed, resumed = self._open(batch_id, resume_token)
        try:
            yield from _Watch(self.batches, batch_id, feed).views(resumed=resumed, is_wanted=is_wanted)
        finally:
            feed.close()

    def _open(self, batch_id: str, resume_token: str) -> tuple[ItemFeed, bool]:
        try:
            return self.batches.watch(batch_id, resume_token), bool(resume_token)
        except HistoryLostError:
            return self.batches.watch(batch_id, ""), False


class _Watch:
    """What a watcher knows, and which version of each item it was shown."""

    def __init__(self, batches: BatchRepository, batch_id: str, feed: ItemFeed) -> None:
        self._batches = batches
        self._batch_id = batch_id
        self._feed = feed
        self._batch = batches.get(batch_id)
        self._known = {item.position: item for item in batches.items(batch_id)}
        self._shown: dict[int, int] = {}

    def views(self, *, resumed: bool, is_wanted: Callable[[], bool]) -> Iterator[BatchView]:
        view = self._view(self._changed() if resumed else set(self._known))
        yield view
        while view.batch.state is BatchState.RUNNING and is_wanted():
            changed = self._changed()
            if changed:
                view = self._view(changed)
                yield view

    def _changed(self) -> set[int]:
        changed: set[int] = set()
        for item in self._feed.changes():
            known = self._known[item.position]
            if item.version > known.version:
                self._known[item.position] = item
            if self._known[item.position].version > self._shown.get(item.position, 0):
                changed.add(item.position)
        return changed

    def _view(self, positions: set[int]) -> BatchView:
        token = self._feed.resume_token
        items = [self._known[position] for position in sorted(positions)]
        self._shown.update({item.position: item.version for item in items})
        counts = Counts.of(item.state for item in self._known.values())
        if counts.unfinished:
            # The batch may be complete by now; its last changes are still on their way to us.
            batch = self._batch.reopen() if self._batch.state is BatchState.COMPLETE else self._batch
        else:
            batch = self._batches.settle(self._batch_id)
        return BatchView(batch=batch, counts=counts, items=items, resume_token=token)
