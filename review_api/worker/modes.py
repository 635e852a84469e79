"""The two ways to work: one named shard, or whatever shard is next until told to stop."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Final

from review_api.domain.quarantine import Stage
from review_api.worker.exit_codes import ExitCode
from review_api.worker.interrupt import LeaseLostError, TerminatedError
from review_api.worker.patience import Patience
from review_api.worker.run_shard import run_shard
from review_api.worker.service_errors import LostError, MisconfiguredError, ServiceError
from servicekit.errors import NotFoundError, SettingsError, UnavailableError
from servicekit.logs import exception_places

if TYPE_CHECKING:
    from review_api.domain.batches import Shard
    from review_api.worker.interrupt import Interrupt
    from review_api.worker.shard_work import Workplace

_log = logging.getLogger(__name__)

# How many idle polls pass between two looks at which engines are at work.
_POLLS_PER_LOOK: Final = 10


def work_one_shard(batch_id: str, number: int, place: Workplace, termination: Interrupt) -> ExitCode:
    """Work the shard off and return the exit code; a shard that another worker has is waited for.

    Prints nothing: the log has the reason for every code but 0. Raises SettingsError when the database
    refuses this worker.
    """
    shards, lease_s = place.stores.shards, place.settings.lease_s
    patience = Patience(interrupt=termination, settings=place.settings)
    try:
        while patience.store(shards.is_open, batch_id, number):
            shard = patience.store(shards.claim, batch_id, number, uuid.uuid4().hex, lease_s)
            if shard is None:
                termination.sleep(place.settings.poll_s)
                continue
            try:
                run_shard(shard, place, termination)
            except LeaseLostError:
                _log.warning("lease lost", extra={"batch": batch_id, "shard": number})
        patience.store(place.stores.batches.settle, batch_id)
    except NotFoundError as error:
        _log.error("no such shard", extra={"problem": error.message})
        return ExitCode.INVALID_SHARD
    except MisconfiguredError as error:
        _log.error("misconfigured", extra={"problem": str(error)})
        return ExitCode.MISCONFIGURED
    except (UnavailableError, ServiceError) as error:
        _log.error("dependency down", extra={"problem": str(error)})
        return ExitCode.DEPENDENCY_DOWN
    except TerminatedError:
        _log.info("terminated; the item in hand was put back")
        return ExitCode.TERMINATED
    return ExitCode.COMPLETE


def work_until_told(place: Workplace, termination: Interrupt) -> ExitCode:
    """Work off one shard after another until the interrupt is set; outages are waited out.

    Raises SettingsError when the database refuses this worker.
    """
    polls, failures = 0, 0
    try:
        while True:
            termination.check()
            shard: Shard | None = None
            try:
                shard = place.stores.shards.claim_next(uuid.uuid4().hex, place.settings.lease_s)
                if shard is not None:
                    run_shard(shard, place, termination)
                elif polls % _POLLS_PER_LOOK == 0:
                    _look_at_engines(place)
                failures = 0
            except LeaseLostError:
                _log.warning("lease lost")
            except MisconfiguredError as error:
                _log.error("misconfigured", extra={"problem": str(error)})
                return ExitCode.MISCONFIGURED
            except (TerminatedError, SettingsError):
                raise
            except Exception as error:  # noqa: BLE001 - a worker that dies of one shard helps no other
                failures += 1
                # Of errors that are not ours, only type and place: their messages may quote a transcript.
                known = isinstance(error, UnavailableError | ServiceError)
                _log.error(
                    "shard not ended",
                    extra={
                        "problem": str(error) if known else type(error).__name__,
                        "exception": exception_places(error),
                        "failures": failures,
                    },
                )
                termination.sleep(
                    min(place.settings.max_retry_wait_s, place.settings.retry_wait_s * failures)
                )
            if shard is None:
                polls += 1
                termination.sleep(place.settings.poll_s)
    except TerminatedError:
        _log.info("terminated")
        return ExitCode.COMPLETE


def _look_at_engines(place: Workplace) -> None:
    """Note which engines are at work, so that CreateBatch knows what is done; an absent one stays."""
    for stage, ask in (
        (Stage.TRANSCRIPTION, place.transcription.model_version),
        (Stage.SCORING, place.scoring.engine_version),
    ):
        try:
            place.stores.engines.seen(stage, ask())
        except LostError as error:
            _log.info("engine not asked", extra={"problem": str(error)})
