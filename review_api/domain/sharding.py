"""Divides a batch into shards of about the same work."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def plan_shards(work_bytes: Sequence[int], target_shards: int) -> list[int]:
    """Return the shard of each item, balanced: the longest first, each to the least loaded shard.

    `work_bytes` is the size of each item's recordings, 0 where nothing is left to do. There are
    min(target_shards, items) shards, each with an item. The same sizes give the same shards.
    """
    loads = [(0, shard) for shard in range(min(target_shards, len(work_bytes)))]
    shards = [0] * len(work_bytes)
    for position in sorted(range(len(work_bytes)), key=lambda place: (-work_bytes[place], place)):
        load_bytes, shard = heapq.heappop(loads)
        shards[position] = shard
        # An item counts at least one byte, so that items without work are spread as well.
        heapq.heappush(loads, (load_bytes + max(1, work_bytes[position]), shard))
    return shards
