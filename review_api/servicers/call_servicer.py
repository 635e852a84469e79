"""CallService: takes in recordings and shows what became of them."""

# ruff: noqa: ARG002, N802 - the contract gives the methods their names and a context

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callqa.v1 import call_pb2, call_service_pb2, call_service_pb2_grpc, transcript_pb2

from review_api.domain.call_rules import is_sha256
from review_api.domain.calls import CallState
from review_api.ports import CallQuery
from review_api.servicers.batch_wire import batch_to_wire
from review_api.servicers.call_wire import (
    call_to_wire,
    recording_to_wire,
    roles_from_wire,
    specs_from_wire,
)
from review_api.servicers.enum_words import enum_word
from review_api.servicers.paging import cursor_of, cut_page, page_size_of
from review_api.servicers.resource_names import BATCH, CALL, LATEST, RECORDING, TRANSCRIPT
from review_api.use_cases.upload_recording import RecordingChunk, RecordingSpec
from servicekit.errors import FieldViolation, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc
    from callqa.v1 import batch_pb2

    from review_api.ports import BatchRepository, CallRepository, TranscriptRepository
    from review_api.use_cases.create_batch import CreateBatch
    from review_api.use_cases.rehear_call import RehearCall
    from review_api.use_cases.set_speaker_roles import SetSpeakerRoles
    from review_api.use_cases.upload_recording import UploadRecording
    from review_api.use_cases.watch_batch import BatchReading


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUseCases:
    """What the servicer calls."""

    upload_recording: UploadRecording
    create_batch: CreateBatch
    batch_reading: BatchReading
    set_speaker_roles: SetSpeakerRoles
    rehear_call: RehearCall
    calls: CallRepository
    batches: BatchRepository
    transcripts: TranscriptRepository


class CallServicer(call_service_pb2_grpc.CallServiceServicer):
    """Implements callqa.v1.CallService."""

    def __init__(self, use_cases: CallUseCases) -> None:
        self._use = use_cases

    def UploadRecording(
        self,
        request_iterator: Iterator[call_service_pb2.UploadRecordingRequest],
        context: grpc.ServicerContext,
    ) -> call_pb2.Recording:
        """Store what comes; answer at once when it is there."""
        first = next(request_iterator, None)
        if first is None or first.WhichOneof("payload") != "spec":
            raise _refuse("spec", "the first message is the spec")
        spec = RecordingSpec(sha256=first.spec.sha256, size_bytes=first.spec.size_bytes)
        return recording_to_wire(self._use.upload_recording(spec, _chunks(request_iterator)))

    def GetRecording(
        self, request: call_service_pb2.GetRecordingRequest, context: grpc.ServicerContext
    ) -> call_pb2.Recording:
        """Tell how much of a file is there."""
        sha256 = RECORDING.parse(request.name)["recording"]
        if not is_sha256(sha256):
            raise _refuse("name", "expected recordings/ and 64 lower-case hexadecimal digits")
        return recording_to_wire(self._use.upload_recording.status(sha256))

    def GetCall(
        self, request: call_service_pb2.GetCallRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        """Return one call."""
        return call_to_wire(self._use.calls.get(CALL.parse(request.name)["call"]))

    def ListCalls(
        self, request: call_service_pb2.ListCallsRequest, context: grpc.ServicerContext
    ) -> call_service_pb2.ListCallsResponse:
        """Return a page of calls, the newest first."""
        size = page_size_of(request)
        query = CallQuery(
            state=CallState(enum_word(request, "state")) if request.state else None,
            agent=request.agent,
            queue=request.queue,
            external_id=request.external_id,
        )
        found = self._use.calls.page(query, after=cursor_of(request, request.page_token), size=size + 1)
        page, token = cut_page(request, found, size, lambda call: (call.create_time, call.id))
        return call_service_pb2.ListCallsResponse(
            calls=[call_to_wire(call) for call in page], next_page_token=token
        )

    def GetTranscript(
        self, request: call_service_pb2.GetTranscriptRequest, context: grpc.ServicerContext
    ) -> transcript_pb2.Transcript:
        """Return a transcript."""
        ids = TRANSCRIPT.parse(request.name)
        call_id, transcript_id = ids["call"], ids["transcript"]
        if transcript_id == LATEST:
            transcript_id = self._use.calls.get(call_id).transcript_id
        if not transcript_id:
            raise NotFoundError(f"calls/{call_id} has no transcript yet; it has one once it is transcribed")
        stored = self._use.transcripts.get(call_id, transcript_id)
        return transcript_pb2.Transcript.FromString(stored.payload)

    def SetSpeakerRoles(
        self, request: call_service_pb2.SetSpeakerRolesRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        """Say who is who in a call that was heard."""
        call = self._use.set_speaker_roles(
            CALL.parse(request.name)["call"], roles_from_wire(request.roles, "roles"), etag=request.etag
        )
        return call_to_wire(call)

    def RehearCall(
        self, request: call_service_pb2.RehearCallRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        """Send a call back to be heard again."""
        return call_to_wire(self._use.rehear_call(CALL.parse(request.name)["call"]))

    def CreateBatch(
        self, request: call_service_pb2.CreateBatchRequest, context: grpc.ServicerContext
    ) -> batch_pb2.Batch:
        """Make calls and a batch of them."""
        batch = self._use.create_batch(
            rubric=request.rubric,
            specs=specs_from_wire(request.calls),
            request_id=_request_id(request.request_id),
        )
        view = self._use.batch_reading.get(batch.id)
        return batch_to_wire(view.batch, view.counts, view.items)

    def GetBatch(
        self, request: call_service_pb2.GetBatchRequest, context: grpc.ServicerContext
    ) -> batch_pb2.Batch:
        """Return one batch with its items."""
        view = self._use.batch_reading.get(BATCH.parse(request.name)["batch"])
        return batch_to_wire(view.batch, view.counts, view.items)

    def ListBatches(
        self, request: call_service_pb2.ListBatchesRequest, context: grpc.ServicerContext
    ) -> call_service_pb2.ListBatchesResponse:
        """Return a page of batches without their items, the newest first."""
        size = page_size_of(request)
        found = self._use.batches.page(after=cursor_of(request, request.page_token), size=size + 1)
        page, token = cut_page(request, found, size, lambda batch: (batch.create_time, batch.id))
        counts = self._use.batches.counts([batch.id for batch in page])
        return call_service_pb2.ListBatchesResponse(
            batches=[batch_to_wire(batch, counts[batch.id]) for batch in page], next_page_token=token
        )

    def WatchBatch(
        self, request: call_service_pb2.WatchBatchRequest, context: grpc.ServicerContext
    ) -> Iterator[call_service_pb2.WatchBatchResponse]:
        """Stream the batch now and after every change until it is COMPLETE."""
        batch_id = BATCH.parse(request.name)["batch"]
        for view in self._use.batch_reading.watch(batch_id, request.resume_token, context.is_active):
            yield call_service_pb2.WatchBatchResponse(
                batch=batch_to_wire(view.batch, view.counts, view.items), resume_token=view.resume_token
            )


def _chunks(requests: Iterator[call_service_pb2.UploadRecordingRequest]) -> Iterator[RecordingChunk]:
    for request in requests:
        if request.WhichOneof("payload") != "chunk":
            raise _refuse("chunk", "every message after the first is a chunk")
        yield RecordingChunk(offset_bytes=request.chunk.offset_bytes, content=request.chunk.content)


def _request_id(text: str) -> str:
    if not text:
        return ""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise _refuse("request_id", "expected a UUID") from error


def _refuse(field: str, description: str) -> InvalidInputError:
    return InvalidInputError(f"{field}: {description}", violations=[FieldViolation(field, description)])
