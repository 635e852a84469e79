"""review_api on a real MongoDB, with fakes of the two services that it calls."""

# ruff: noqa: ANN401 - settings and conditions of any type pass through

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import grpc
from callqa.v1 import (
    call_pb2,
    call_service_pb2,
    call_service_pb2_grpc,
    queue_service_pb2_grpc,
    rubric_service_pb2_grpc,
    scorecard_service_pb2_grpc,
    transcript_pb2,
)
from pydantic import SecretStr

from review_api.serving import ReviewApi
from review_api.settings import ReviewApiSettings
from review_api.storage.connection import database
from review_api.worker.__main__ import workplace
from review_api.worker.exit_codes import ExitCode
from review_api.worker.interrupt import Interrupt
from review_api.worker.modes import work_one_shard
from review_api.worker.settings import WorkerSettings
from servicekit.channel import open_channel
from servicekit.server import start_server
from servicekit.wire import sha256_hex
from tests.contract.review_api.emptying import SERVER_SELECTION_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callqa.v1 import batch_pb2

    from review_api.worker.shard_work import Workplace
    from tests.integration.review_api.fakes import FakeServices


@dataclass(slots=True)
class Stack:
    """A running server, its stubs, and what a worker needs."""

    mongodb_uri: str
    mongodb_database: str
    fakes: FakeServices
    server: Any
    channel: grpc.Channel
    recordings_url: str = "gridfs"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.channel.close()
        self.server.stop()

    @property
    def calls(self) -> call_service_pb2_grpc.CallServiceStub:
        return call_service_pb2_grpc.CallServiceStub(self.channel)

    @property
    def queues(self) -> queue_service_pb2_grpc.QueueServiceStub:
        return queue_service_pb2_grpc.QueueServiceStub(self.channel)

    @property
    def scorecards(self) -> scorecard_service_pb2_grpc.ScorecardServiceStub:
        return scorecard_service_pb2_grpc.ScorecardServiceStub(self.channel)

    @property
    def rubrics(self) -> rubric_service_pb2_grpc.RubricServiceStub:
        return rubric_service_pb2_grpc.RubricServiceStub(self.channel)

    def upload(self, content: bytes, *, chunk_bytes: int = 1024 * 1024) -> str:
        """Upload a recording and return its name."""
        messages = iter(upload_messages(content, chunk_bytes=chunk_bytes))
        recording: call_pb2.Recording = self.calls.UploadRecording(messages, timeout=30)
        return recording.name

    def create_batch(self, *contents: bytes, **fields: Any) -> batch_pb2.Batch:
        """Upload a one-leg call of each content and make a batch of them."""
        calls = [self.call(content) for content in contents]
        batch: batch_pb2.Batch = self.calls.CreateBatch(
            call_service_pb2.CreateBatchRequest(calls=calls, **fields), timeout=30
        )
        return batch

    def create_batch_of(self, recording: str) -> batch_pb2.Batch:
        """Make a batch of one call of a recording that may not be there."""
        call = call_pb2.Call(legs=[call_pb2.Leg(recording=recording)])
        batch: batch_pb2.Batch = self.calls.CreateBatch(
            call_service_pb2.CreateBatchRequest(calls=[call]), timeout=30
        )
        return batch

    def call(self, content: bytes) -> call_pb2.Call:
        """Upload a recording and return the call that a client would write."""
        leg = call_pb2.Leg(
            recording=self.upload(content), channel_roles=[transcript_pb2.AGENT, transcript_pb2.CUSTOMER]
        )
        return call_pb2.Call(external_id=content.decode()[:20], agent="ada", queue="billing", legs=[leg])

    def get_batch(self, batch: batch_pb2.Batch) -> batch_pb2.Batch:
        """Return the batch as it is now."""
        now: batch_pb2.Batch = self.calls.GetBatch(
            call_service_pb2.GetBatchRequest(name=batch.name), timeout=30
        )
        return now

    def worker_settings(self, **fields: Any) -> WorkerSettings:
        """Return settings of a worker that waits little."""
        quick: dict[str, Any] = {
            "mongodb_uri": SecretStr(self.mongodb_uri),
            "mongodb_database": self.mongodb_database,
            "transcription_address": self.fakes.transcription_address,
            "scoring_address": self.fakes.scoring_address,
            "recordings_url": self.recordings_url,
            "server_selection_timeout_s": SERVER_SELECTION_TIMEOUT_S,
            "lease_s": 1.0,
            "poll_s": 0.05,
            "progress_interval_s": 0.0,
            "retry_wait_s": 0.01,
            "max_retry_wait_s": 0.05,
            "service_patience_s": 5.0,
            "store_patience_s": 5.0,
        }
        return WorkerSettings(**(quick | fields))

    def workplace(self, termination: Interrupt | None = None, **fields: Any) -> Workplace:
        """Return what a worker in this process works with."""
        return workplace(self.worker_settings(**fields), termination or Interrupt())

    def work(self, batch: batch_pb2.Batch, **fields: Any) -> list[ExitCode]:
        """Work every shard of the batch off, one after the other."""
        place = self.workplace(**fields)
        batch_id = batch.name.removeprefix("batches/")
        return [work_one_shard(batch_id, shard, place, Interrupt()) for shard in range(batch.shard_count)]

    def count(self, collection: str, **conditions: Any) -> int:
        """Return how many documents a collection holds."""
        return database()[collection].count_documents(conditions)


def start_stack(mongodb_uri: str, mongodb_database: str, fakes: FakeServices, **fields: Any) -> Stack:
    """Start a server on an empty, indexed database."""
    settings = ReviewApiSettings(
        mongodb_uri=SecretStr(mongodb_uri),
        mongodb_database=mongodb_database,
        scoring_address=fakes.scoring_address,
        server_selection_timeout_s=SERVER_SELECTION_TIMEOUT_S,
        check_rubric_timeout_s=3.0,
        grace_s=0.0,
        **fields,
    )
    api = ReviewApi(settings)
    api.connect()
    server = start_server(settings=settings, services=api.services, load=api.load)
    server.wait_until_loaded(30)
    return Stack(
        mongodb_uri=mongodb_uri,
        mongodb_database=mongodb_database,
        fakes=fakes,
        server=server,
        channel=open_channel(server.address),
        recordings_url=settings.recordings_url,
    )


def upload_messages(
    content: bytes, *, chunk_bytes: int = 1024 * 1024, start_bytes: int = 0, named: bytes | None = None
) -> Iterator[call_service_pb2.UploadRecordingRequest]:
    """Yield an upload of `content`; `named` is what the spec describes when it is something else."""
    described = content if named is None else named
    yield call_service_pb2.UploadRecordingRequest(
        spec=call_service_pb2.RecordingSpec(sha256=sha256_hex(described), size_bytes=len(described))
    )
    for offset_bytes in range(start_bytes, len(content), chunk_bytes):
        yield call_service_pb2.UploadRecordingRequest(
            chunk=call_service_pb2.RecordingChunk(
                offset_bytes=offset_bytes, content=content[offset_bytes : offset_bytes + chunk_bytes]
            )
        )


def in_threads(functions: Sequence[Callable[[], object]]) -> None:
    """Run the functions at once and wait for all."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def reason_of(error: grpc.RpcError) -> str:
    """Return the ErrorInfo reason of a refused call."""
    from google.rpc import error_details_pb2  # type: ignore[import-untyped]
    from grpc_status import rpc_status

    for detail in rpc_status.from_call(error).details:  # type: ignore[arg-type]
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return str(info.reason)
    return ""


def details_of(error: grpc.RpcError) -> str:
    """Return the sentence of a refused call."""
    return str(error.details())


def raw_details_of(error: grpc.RpcError) -> bytes:
    """Return the refused call's status with its details, as it was sent."""
    trailing: Any = error.trailing_metadata()
    return bytes(dict(trailing)["grpc-status-details-bin"])
