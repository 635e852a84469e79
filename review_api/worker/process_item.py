"""Takes one item through transcription and scoring.

Each stage looks for its result first and stores it under its own key before the call and the item say so.
What goes wrong with one item ends in its quarantine, never in the end of the batch.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from review_api.clock import now
from review_api.domain.calls import Call, CallState
from review_api.domain.quarantine import (
    ENGINE_CRASHED,
    INTERNAL,
    RECORDING_MISSING,
    EngineVersions,
    Quarantine,
    Stage,
)
from review_api.worker.interrupt import InterruptedWorkError, LeaseLostError
from review_api.worker.item_in_hand import ItemInHand
from review_api.worker.patience import ServiceAwayError
from review_api.worker.service_errors import (
    BusyError,
    CrashedError,
    MisconfiguredError,
    RefusedError,
    ServiceError,
)
from review_api.worker.stages import RecordingsAwayError, RolesSetError, scored, transcribed
from servicekit.errors import CallqaError, NotFoundError, UnavailableError
from servicekit.logs import exception_places
from servicekit.request_id import request_id_scope

if TYPE_CHECKING:
    from review_api.domain.batches import BatchItem
    from review_api.worker.shard_work import ShardWork

_log = logging.getLogger(__name__)


def process_item(item: BatchItem, work: ShardWork) -> None:
    """Bring the item to its end: DONE or QUARANTINED.

    Raises InterruptedWorkError when told to stop, UnavailableError when MongoDB stays away, and ServiceError
    when a service or the recordings do, or when a service will never answer. None of this is the item's
    fault: it is put back then, and the attempt does not count.
    """
    with request_id_scope():
        hand = ItemInHand(
            item,
            work.stores.shards,
            work.patience,
            progress_interval_s=work.place.settings.progress_interval_s,
        )
        try:
            _Attempts(hand, work).run()
        except (UnavailableError, LeaseLostError):
            # The database cannot be told, or another worker has the item.
            raise
        except (InterruptedWorkError, ServiceError):
            hand.put_back()
            raise
        _log.info("item ended", extra={"item": hand.item.where, "state": hand.item.state.value})


@dataclass(slots=True)
class _Attempts:
    """Tries the item until it has ended; `stage` and `versions` say where an attempt stands."""

    hand: ItemInHand
    work: ShardWork
    stage: Stage = Stage.TRANSCRIPTION
    versions: EngineVersions = field(default_factory=EngineVersions)
    away_since_s: float = float("inf")
    last_failure: Exception | None = None

    def run(self) -> None:
        waits = 0
        while not self.hand.item.finished:
            self.versions = self.work.current_versions()
            if self.hand.item.attempts >= self.work.place.settings.max_item_attempts:
                self._give_up()
                return
            try:
                self._attempt()
            except RefusedError as error:
                self._set_aside(error.reason, error.message)
            except NotFoundError as error:
                self._set_aside(RECORDING_MISSING, error.message)
            except RolesSetError:
                self.hand.put_back()
            except (BusyError, RecordingsAwayError) as error:
                if isinstance(error, RecordingsAwayError) and self._are_away_for_long():
                    raise
                waits += 1
                self.hand.put_back()
                self.work.wait(waits)
            except (InterruptedWorkError, UnavailableError, ServiceAwayError, MisconfiguredError):
                raise
            except Exception as error:  # noqa: BLE001 - one item must not end the batch
                self.last_failure = error
                self._note(error)
                self.work.wait(self.hand.item.attempts)

    def _attempt(self) -> None:
        self.stage = Stage.TRANSCRIPTION
        item = self.hand.item
        self.hand.write(item.begin(self.work.shard.lease))
        call = self.work.patience.store(self.work.stores.calls.get, item.call_id)
        if call.quarantine is not None and call.quarantine.bars_call(self.versions):
            # Another batch has found it out already.
            self.hand.write(self.hand.item.set_aside(call.quarantine))
            return
        call, transcript = transcribed(call, self.hand, self.work, self.versions.model_version)
        self.hand.write(self.hand.item.heard())
        self.stage = Stage.SCORING
        scorecard_id = scored(call, transcript, self.hand, self.work, self.versions.engine_version)
        self.hand.write(self.hand.item.done(scorecard_id))
        # Whoever sets roles sends back what is done. This looks after it is, so that between the two no item
        # is left with a scorecard of other roles.
        if self.work.patience.store(self.work.stores.calls.get, call.id).correction != call.correction:
            self.hand.write(self.hand.item.rejudge())

    def _give_up(self) -> None:
        attempts, where = self.hand.item.attempts, self.hand.item.where
        if isinstance(self.last_failure, CrashedError):
            self._set_aside(
                ENGINE_CRASHED,
                f"the engine that listens died over this call, which was tried {attempts} times; the log of"
                f" transcription says how, at the times that the workers' logs give for {where}",
            )
        else:
            self._set_aside(
                INTERNAL,
                f"callqa failed {attempts} times on this call, or was killed while at it;"
                f" the logs of the workers say why, under {where}",
            )

    def _are_away_for_long(self) -> bool:
        now_s = time.monotonic()
        self.away_since_s = min(self.away_since_s, now_s)
        return now_s - self.away_since_s > self.work.place.settings.store_patience_s

    def _set_aside(self, reason: str, message: str) -> None:
        quarantine = Quarantine(
            reason=reason,
            message=message,
            quarantine_time=now(),
            stage=self.stage,
            version=self.versions.of(self.stage),
        )

        def quarantined(call: Call) -> Call:
            return call if call.state is CallState.SCORED else call.set_aside(quarantine)

        stores = self.work.stores
        self.work.patience.store(stores.change_call, self.hand.item.call_id, quarantined)
        self.hand.write(self.hand.item.set_aside(quarantine))

    def _note(self, error: Exception) -> None:
        # Not a traceback: its message may quote a transcript.
        _log.warning(
            "attempt failed",
            extra={
                "item": self.hand.item.where,
                "attempt": self.hand.item.attempts,
                "reason": error.reason if isinstance(error, CallqaError) else type(error).__name__,
                "exception": exception_places(error),
            },
        )
