"""`callqa-worker`: takes one shard of a batch (--batch, --shard), or every shard that comes (--watch)."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import sys
import threading
from typing import TYPE_CHECKING

from review_api.recordings.opening import open_recording_store
from review_api.storage.batches import MongoBatchRepository
from review_api.storage.calls import MongoCallRepository
from review_api.storage.connection import connect_storage, database
from review_api.storage.queue_profiles import MongoQueueProfileRepository
from review_api.storage.rubrics import MongoEngineRegister, MongoRubricRepository
from review_api.storage.scorecards import MongoScorecardRepository
from review_api.storage.shards import MongoShardRepository
from review_api.storage.transcripts import MongoTranscriptRepository
from review_api.worker.interrupt import Interrupt, TerminatedError
from review_api.worker.modes import work_one_shard, work_until_told
from review_api.worker.services import GrpcScoring, GrpcTranscription
from review_api.worker.settings import WorkerSettings
from review_api.worker.shard_work import Workplace
from review_api.worker.stores import Stores
from servicekit import telemetry
from servicekit.channel import open_channel
from servicekit.errors import SettingsError
from servicekit.logs import configure_logs
from servicekit.settings import load_settings, main_guard

if TYPE_CHECKING:
    from types import FrameType

_INDEX_VARIABLE = "JOB_COMPLETION_INDEX"


@main_guard
def main() -> int:
    """Work and return the exit code; see `exit_codes`."""
    arguments = _arguments()
    settings = load_settings(WorkerSettings, env_prefix="CALLQA_WORKER_", file_env="CALLQA_WORKER_CONFIG")
    configure_logs("worker", settings.log_level)
    stop_tracing = telemetry.start_tracing("worker", settings.traces_exporter)
    termination = Interrupt()
    _terminate_on_signal(termination)
    try:
        place = workplace(settings, termination)
        if arguments.watch:
            return work_until_told(place, termination)
        return work_one_shard(
            arguments.batch.removeprefix("batches/"), _shard(arguments.shard), place, termination
        )
    finally:
        stop_tracing()


def workplace(settings: WorkerSettings, termination: Interrupt) -> Workplace:
    """Connect this process to MongoDB and open the channels to both services; nothing is sent yet."""
    connect_storage(
        settings.mongodb_uri.get_secret_value(),
        settings.mongodb_database,
        server_selection_timeout_s=settings.server_selection_timeout_s,
    )
    return Workplace(
        stores=Stores(
            calls=MongoCallRepository(),
            batches=MongoBatchRepository(),
            shards=MongoShardRepository(),
            transcripts=MongoTranscriptRepository(),
            scorecards=MongoScorecardRepository(),
            rubrics=MongoRubricRepository(),
            queues=MongoQueueProfileRepository(),
            engines=MongoEngineRegister(),
            recordings=open_recording_store(settings.recordings_url, database()),
        ),
        transcription=GrpcTranscription(
            open_channel(settings.transcription_address, tls_ca_file=settings.services_tls_ca_file),
            termination,
            transcribe_timeout_s=settings.transcribe_timeout_s,
            ask_timeout_s=settings.ask_timeout_s,
        ),
        scoring=GrpcScoring(
            open_channel(settings.scoring_address, tls_ca_file=settings.services_tls_ca_file),
            termination,
            score_timeout_s=settings.score_timeout_s,
            ask_timeout_s=settings.ask_timeout_s,
        ),
        settings=settings,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="callqa-worker", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--batch", metavar="NAME", help="batches/ID; one shard of it is worked off")
    what.add_argument("--watch", action="store_true", help="work off every shard that comes, until SIGTERM")
    parser.add_argument("--shard", metavar="N", help=f"from 0; by default what {_INDEX_VARIABLE} says")
    return parser.parse_args()


def _shard(given: str | None) -> int:
    text = given if given is not None else os.environ.get(_INDEX_VARIABLE, "")
    if not text.isdecimal():
        raise SettingsError(f"--shard: expected a number from 0, or {_INDEX_VARIABLE} in the environment")
    return int(text)


def _terminate_on_signal(termination: Interrupt) -> None:
    # A handler may only put into a SimpleQueue: it may run while this thread holds the interrupt's lock.
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        signals.put(number)

    def wait() -> None:
        signals.get()
        termination.set(TerminatedError())

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    threading.Thread(target=wait, name="signals", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
