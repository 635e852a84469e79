"""Works a claimed shard off while a thread keeps the claim alive."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from review_api.worker.interrupt import Interrupt, LeaseLostError
from review_api.worker.patience import Patience
from review_api.worker.process_item import process_item
from review_api.worker.shard_work import ShardWork, Workplace
from servicekit.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from review_api.domain.batches import Shard
    from review_api.ports import ShardRepository

_log = logging.getLogger(__name__)

# A claim is renewed three times before it runs out.
_RENEWALS_PER_LEASE = 3


def run_shard(shard: Shard, place: Workplace, termination: Interrupt) -> None:
    """Bring every item of the shard to its end, then complete the batch if it was the last one.

    The claim is given up whatever happens. Raises what `process_item` raises.
    """
    _log.info("shard claimed", extra={"batch": shard.batch_id, "shard": shard.number})
    settings, stores = place.settings, place.stores
    with termination.child() as interrupt, _claim_kept(shard, stores.shards, settings.lease_s, interrupt):
        patience = Patience(interrupt=interrupt, settings=settings)
        rubric, revision = shard.rubric_revision.split("/")
        work = ShardWork(
            place=place,
            shard=shard,
            revision=patience.store(stores.rubrics.get, rubric, revision),
            interrupt=interrupt,
            patience=patience,
        )
        # Items may be reopened while the others are worked on.
        while items := patience.store(stores.shards.unfinished, shard):
            for item in items:
                interrupt.check()
                process_item(item, work)
        patience.store(stores.batches.settle, shard.batch_id)
    _log.info("shard ended", extra={"batch": shard.batch_id, "shard": shard.number})


@contextmanager
def _claim_kept(
    shard: Shard, shards: ShardRepository, lease_s: float, interrupt: Interrupt
) -> Iterator[None]:
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease_s / _RENEWALS_PER_LEASE):
            try:
                if not shards.renew(shard, lease_s):
                    interrupt.set(LeaseLostError())
                    return
            except UnavailableError:
                # As long as nobody else claims the shard, a late renewal is as good as one in time.
                _log.warning("lease not renewed", extra={"batch": shard.batch_id, "shard": shard.number})

    heartbeat = threading.Thread(target=renew, name="lease", daemon=True)
    heartbeat.start()
    try:
        yield
    finally:
        ended.set()
        heartbeat.join()
        try:
            shards.release(shard)
        except UnavailableError:
            # The lease runs out by itself.
            _log.warning("lease not released", extra={"batch": shard.batch_id, "shard": shard.number})
