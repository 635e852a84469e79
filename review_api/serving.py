"""Puts the review_api server together: the one place that knows its servicers and its adapters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callqa.v1 import (
    call_service_pb2_grpc,
    queue_service_pb2_grpc,
    rubric_service_pb2_grpc,
    scorecard_service_pb2_grpc,
)
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from review_api.recordings.opening import open_recording_store
from review_api.rubric_checker import ScoringRubricChecker
from review_api.servicers.call_servicer import CallServicer, CallUseCases
from review_api.servicers.queue_servicer import QueueServicer
from review_api.servicers.rubric_servicer import RubricServicer
from review_api.servicers.scorecard_servicer import ScorecardServicer
from review_api.storage.batches import MongoBatchRepository
from review_api.storage.calls import MongoCallRepository
from review_api.storage.connection import check_server, connect_storage, database, ensure_indexes
from review_api.storage.queue_profiles import MongoQueueProfileRepository
from review_api.storage.rubrics import MongoEngineRegister, MongoRubricRepository
from review_api.storage.scorecards import MongoScorecardRepository
from review_api.storage.transcripts import MongoTranscriptRepository
from review_api.use_cases.create_batch import CreateBatch
from review_api.use_cases.rehear_call import RehearCall
from review_api.use_cases.rubric_catalogue import RubricCatalogue
from review_api.use_cases.set_speaker_roles import SetSpeakerRoles
from review_api.use_cases.try_packs import TryPacks
from review_api.use_cases.upload_recording import UploadRecording
from review_api.use_cases.watch_batch import BatchReading
from servicekit.channel import open_channel
from servicekit.errors import UnavailableError
from servicekit.server import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.settings import ReviewApiSettings


@dataclass(frozen=True, slots=True)
class ReviewApi:
    """The parts of a server for these settings: hand `services` and `load` to servicekit."""

    settings: ReviewApiSettings

    def connect(self) -> None:
        """Connect this process to MongoDB; call it before `services`."""
        connect_storage(
            self.settings.mongodb_uri.get_secret_value(),
            self.settings.mongodb_database,
            server_selection_timeout_s=self.settings.server_selection_timeout_s,
        )

    def load(self) -> None:
        """Check the database and make its indexes.

        Waits for MongoDB up to `startup_patience_s`, then raises UnavailableError. SettingsError for one that
        refuses us or is no replica set.
        """
        patience = Retrying(
            retry=retry_if_exception_type(UnavailableError),
            stop=stop_after_delay(self.settings.startup_patience_s),
            wait=wait_fixed(0.5),
            reraise=True,
        )
        patience(check_server)
        patience(ensure_indexes)

    def services(self) -> Sequence[Service]:
        """Return the four services."""
        settings = self.settings
        recordings = open_recording_store(settings.recordings_url, database())
        calls, batches, scorecards = MongoCallRepository(), MongoBatchRepository(), MongoScorecardRepository()
        transcripts, queues = MongoTranscriptRepository(), MongoQueueProfileRepository()
        catalogue = RubricCatalogue(
            rubrics=MongoRubricRepository(),
            checker=ScoringRubricChecker(
                open_channel(settings.scoring_address, tls_ca_file=settings.scoring_tls_ca_file),
                timeout_s=settings.check_rubric_timeout_s,
            ),
            max_rubric_bytes=settings.max_rubric_bytes,
        )
        try_packs = TryPacks(catalogue=catalogue, calls=calls, transcripts=transcripts)
        call_servicer = CallServicer(
            CallUseCases(
                upload_recording=UploadRecording(
                    recordings=recordings,
                    max_recording_bytes=settings.max_recording_bytes,
                    max_chunk_bytes=settings.max_chunk_bytes,
                    block_bytes=settings.upload_block_bytes,
                ),
                create_batch=CreateBatch(
                    calls=calls,
                    batches=batches,
                    scorecards=scorecards,
                    queues=queues,
                    engines=MongoEngineRegister(),
                    recordings=recordings,
                    rubrics=catalogue,
                    target_shards=settings.target_shards,
                    max_batch_calls=settings.max_batch_calls,
                ),
                batch_reading=BatchReading(batches),
                set_speaker_roles=SetSpeakerRoles(
                    calls=calls, transcripts=transcripts, scorecards=scorecards, batches=batches
                ),
                rehear_call=RehearCall(calls=calls, batches=batches),
                calls=calls,
                batches=batches,
                transcripts=transcripts,
            )
        )
        scorecard_servicer = ScorecardServicer(calls, scorecards, batches)
        return [
            Service(
                "callqa.v1.CallService",
                lambda server: call_service_pb2_grpc.add_CallServiceServicer_to_server(call_servicer, server),
            ),
            Service(
                "callqa.v1.ScorecardService",
                lambda server: scorecard_service_pb2_grpc.add_ScorecardServiceServicer_to_server(
                    scorecard_servicer, server
                ),
            ),
            Service(
                "callqa.v1.QueueService",
                lambda server: queue_service_pb2_grpc.add_QueueServiceServicer_to_server(
                    QueueServicer(queues), server
                ),
            ),
            Service(
                "callqa.v1.RubricService",
                lambda server: rubric_service_pb2_grpc.add_RubricServiceServicer_to_server(
                    RubricServicer(catalogue, try_packs), server
                ),
            ),
        ]
