"""callqa's services in memory, behind real sockets and the real error details, for tests of the client.

A recording is scored by what is written in it, as b"score=57.5 fails=2 outcome=UNRESOLVED flags=a,b"; one
that begins with b"NOAUDIO" is quarantined. Knobs break the connection where a test wants it broken.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from callqa.v1 import (
    batch_pb2,
    call_pb2,
    call_service_pb2,
    call_service_pb2_grpc,
    pack_pb2,
    queue_profile_pb2,
    queue_service_pb2,
    queue_service_pb2_grpc,
    rubric_pb2,
    rubric_service_pb2,
    rubric_service_pb2_grpc,
    scorecard_pb2,
    scorecard_service_pb2,
    scorecard_service_pb2_grpc,
    transcript_pb2,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit.errors import (
    FieldViolation,
    InvalidInputError,
    NotFoundError,
    StaleError,
    UnavailableError,
)
from servicekit.server import Service, start_server
from servicekit.settings import ServerSettings
from tests.integration.review_client.fake_results import fake_scorecard, fake_transcript, read_notes

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    import grpc

_Item = TypeVar("_Item")

BUILTIN = "rubrics/service-quality"
REVISION = f"{BUILTIN}/revisions/0123456789abcdef"
_STEPS = {
    batch_pb2.BatchItem.PENDING: batch_pb2.BatchItem.TRANSCRIBING,
    batch_pb2.BatchItem.TRANSCRIBING: batch_pb2.BatchItem.SCORING,
    batch_pb2.BatchItem.SCORING: batch_pb2.BatchItem.DONE,
}


@dataclass
class Store:
    """What the fake knows, what it was asked, and where it shall break."""

    recordings: dict[str, bytearray] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    calls: dict[str, call_pb2.Call] = field(default_factory=dict)
    scorecards: dict[str, scorecard_pb2.Scorecard] = field(default_factory=dict)
    transcripts: dict[str, transcript_pb2.Transcript] = field(default_factory=dict)
    batches: dict[str, batch_pb2.Batch] = field(default_factory=dict)
    queues: dict[str, queue_profile_pb2.QueueProfile] = field(default_factory=dict)
    superseded: set[str] = field(default_factory=set)
    reheard: list[str] = field(default_factory=list)
    revision: rubric_pb2.RubricRevision = field(default_factory=rubric_pb2.RubricRevision)
    rubric_problems: list[rubric_pb2.RubricProblem] = field(default_factory=list)
    trial: pack_pb2.PackTrial = field(default_factory=pack_pb2.PackTrial)
    tried: list[rubric_service_pb2.TryStoredPacksRequest] = field(default_factory=list)

    chunk_offsets: list[int] = field(default_factory=list)
    resume_tokens: list[str] = field(default_factory=list)
    upload_streams: int = 0

    drop_upload_after_bytes: int | None = None
    break_watch_after: int | None = None
    refused_languages: frozenset[str] = frozenset()
    max_recording_bytes: int = 1 << 30
    crash: bool = False
    hold_watch: threading.Event | None = None


class FakeCalls(call_service_pb2_grpc.CallServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    def GetRecording(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.GetRecordingRequest, context: grpc.ServicerContext
    ) -> call_pb2.Recording:
        sha256 = request.name.removeprefix("recordings/")
        if sha256 not in self._store.recordings:
            raise NotFoundError(f"{request.name} is not there")
        return self._recording(sha256)

    def UploadRecording(  # noqa: N802 - the contract's name
        self,
        request_iterator: Iterator[call_service_pb2.UploadRecordingRequest],
        context: grpc.ServicerContext,
    ) -> call_pb2.Recording:
        store = self._store
        store.upload_streams += 1
        spec = next(request_iterator).spec
        if spec.size_bytes > store.max_recording_bytes:
            raise InvalidInputError(
                f"the recording is larger than {store.max_recording_bytes} bytes",
                violations=[FieldViolation("spec.size_bytes", "is too large")],
            )
        content = store.recordings.setdefault(spec.sha256, bytearray())
        store.sizes[spec.sha256] = spec.size_bytes
        for request in request_iterator:
            assert request.chunk.offset_bytes == len(content)
            assert 0 < len(request.chunk.content) <= 1024 * 1024
            store.chunk_offsets.append(request.chunk.offset_bytes)
            content += request.chunk.content
            if store.drop_upload_after_bytes is not None and len(content) >= store.drop_upload_after_bytes:
                store.drop_upload_after_bytes = None
                raise UnavailableError("the line broke")
        if hashlib.sha256(content).hexdigest() != spec.sha256:
            raise InvalidInputError("the bytes do not have the sha256 named")
        return self._recording(spec.sha256)

    def CreateBatch(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.CreateBatchRequest, context: grpc.ServicerContext
    ) -> batch_pb2.Batch:
        store = self._store
        if store.crash:
            raise KeyError("customer said something private")
        violations = [
            FieldViolation(f"calls[{index}].language", f'"{call.language}" is not supported')
            for index, call in enumerate(request.calls)
            if call.language in store.refused_languages
        ]
        if violations:
            raise InvalidInputError("some calls can't be taken", violations=violations)
        items = [self._item(call) for call in request.calls]
        key = "".join([request.rubric, *(item.call for item in items)])
        name = f"batches/{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        batch = batch_pb2.Batch(name=name, rubric_revision=REVISION, items=items, shard_count=1)
        self._count(batch)
        store.batches[name] = batch
        return batch

    def GetBatch(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.GetBatchRequest, context: grpc.ServicerContext
    ) -> batch_pb2.Batch:
        return self._batch(request.name)

    def ListBatches(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.ListBatchesRequest, context: grpc.ServicerContext
    ) -> call_service_pb2.ListBatchesResponse:
        batches = []
        for batch in reversed(self._store.batches.values()):
            short = batch_pb2.Batch()
            short.CopyFrom(batch)
            del short.items[:]
            batches.append(short)
        page, token = _page(batches, request.page_size, request.page_token)
        return call_service_pb2.ListBatchesResponse(batches=page, next_page_token=token)

    def WatchBatch(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.WatchBatchRequest, context: grpc.ServicerContext
    ) -> Iterator[call_service_pb2.WatchBatchResponse]:
        """Advance the batch by one step of one item per answer, and send that item alone."""
        store = self._store
        batch = self._batch(request.name)
        store.resume_tokens.append(request.resume_token)
        sent = int(request.resume_token or "0")
        while True:
            changed = self._advance(batch)
            sent += 1
            answer = batch_pb2.Batch()
            answer.CopyFrom(batch)
            if changed is not None:
                del answer.items[:]
                answer.items.append(changed)
            yield call_service_pb2.WatchBatchResponse(batch=answer, resume_token=str(sent))
            if store.hold_watch is not None:
                store.hold_watch.wait()
            if batch.state == batch_pb2.Batch.COMPLETE:
                return
            if store.break_watch_after is not None and sent >= store.break_watch_after:
                store.break_watch_after = None
                raise UnavailableError("the line broke")

    def GetCall(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.GetCallRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        if request.name not in self._store.calls:
            raise NotFoundError(f"{request.name} is not there")
        return self._store.calls[request.name]

    def ListCalls(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.ListCallsRequest, context: grpc.ServicerContext
    ) -> call_service_pb2.ListCallsResponse:
        calls = [
            call
            for call in reversed(self._store.calls.values())
            if request.agent in {"", call.agent}
            and request.queue in {"", call.queue}
            and request.external_id in {"", call.external_id}
            and request.state in {call_pb2.Call.STATE_UNSPECIFIED, call.state}
        ]
        page, token = _page(calls, request.page_size, request.page_token)
        return call_service_pb2.ListCallsResponse(calls=page, next_page_token=token)

    def GetTranscript(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.GetTranscriptRequest, context: grpc.ServicerContext
    ) -> transcript_pb2.Transcript:
        call = self._store.calls["/".join(request.name.split("/")[:2])]
        if not call.transcript:
            raise NotFoundError(f"{request.name}: the call has no transcript yet")
        return self._store.transcripts[request.name]

    def SetSpeakerRoles(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.SetSpeakerRolesRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        call = self._store.calls[request.name]
        if request.etag != call.etag:
            raise StaleError(f"{request.name} has changed since it was read; read it again")
        words = transcript_pb2.Transcript()
        words.CopyFrom(self._store.transcripts[call.transcript])
        words.name = f"{call.name}/transcripts/t{''.join(map(str, request.roles))}"
        for speaker, role in zip(words.speakers, request.roles, strict=False):
            speaker.role, speaker.role_source = role, transcript_pb2.CORRECTED
        self._store.transcripts[words.name] = words
        call.transcript = words.name
        return call

    def RehearCall(  # noqa: N802 - the contract's name
        self, request: call_service_pb2.RehearCallRequest, context: grpc.ServicerContext
    ) -> call_pb2.Call:
        self._store.reheard.append(request.name)
        return self._store.calls[request.name]

    def _recording(self, sha256: str) -> call_pb2.Recording:
        committed, size = len(self._store.recordings[sha256]), self._store.sizes[sha256]
        state = call_pb2.Recording.COMMITTED if committed == size else call_pb2.Recording.UPLOADING
        return call_pb2.Recording(
            name=f"recordings/{sha256}", size_bytes=size, committed_bytes=committed, state=state
        )

    def _batch(self, name: str) -> batch_pb2.Batch:
        if name not in self._store.batches:
            raise NotFoundError(f"{name} is not there")
        return self._store.batches[name]

    def _item(self, spec: call_pb2.Call) -> batch_pb2.BatchItem:
        store = self._store
        name = f"calls/{hashlib.sha256(spec.SerializeToString(deterministic=True)).hexdigest()[:12]}"
        call = store.calls.get(name)
        if call is None:
            call = call_pb2.Call()
            call.CopyFrom(spec)
            call.name, call.state = name, call_pb2.Call.RECEIVED
            store.calls[name] = call
        item = batch_pb2.BatchItem(call=name, external_id=call.external_id, state=batch_pb2.BatchItem.PENDING)
        if call.state == call_pb2.Call.SCORED:
            item.state, item.scorecard, item.transcribed_fraction = (
                batch_pb2.BatchItem.DONE,
                call.scorecard,
                1.0,
            )
        if call.state == call_pb2.Call.QUARANTINED:
            item.state = batch_pb2.BatchItem.QUARANTINED
            item.quarantine.CopyFrom(call.quarantine)
        return item

    def _advance(self, batch: batch_pb2.Batch) -> batch_pb2.BatchItem | None:
        store = self._store
        item = next((item for item in batch.items if item.state in _STEPS), None)
        if item is None:
            return None
        call = store.calls[item.call]
        content = bytes(store.recordings[call.legs[0].recording.removeprefix("recordings/")])
        item.state = _STEPS[item.state]
        item.transcribed_fraction = 0.5 if item.state == batch_pb2.BatchItem.TRANSCRIBING else 1.0
        if content.startswith(b"NOAUDIO"):
            call.quarantine.reason = "AUDIO_UNREADABLE"
            call.quarantine.message = "The file holds no audio that can be read; export the recording again."
            call.state = call_pb2.Call.QUARANTINED
            item.state = batch_pb2.BatchItem.QUARANTINED
            item.quarantine.CopyFrom(call.quarantine)
        elif item.state == batch_pb2.BatchItem.DONE:
            call.transcript, call.scorecard = f"{call.name}/transcripts/t1", f"{call.name}/scorecards/s1"
            call.state = call_pb2.Call.SCORED
            call.duration.CopyFrom(Duration(seconds=92))
            item.scorecard = call.scorecard
            store.transcripts[call.transcript] = fake_transcript(call.transcript)
            store.scorecards[call.scorecard] = fake_scorecard(
                call.scorecard, call.transcript, read_notes(content)
            )
        self._count(batch)
        return item

    def _count(self, batch: batch_pb2.Batch) -> None:
        states = [item.state for item in batch.items]
        batch.counts.pending = states.count(batch_pb2.BatchItem.PENDING)
        batch.counts.transcribing = states.count(batch_pb2.BatchItem.TRANSCRIBING)
        batch.counts.scoring = states.count(batch_pb2.BatchItem.SCORING)
        batch.counts.done = states.count(batch_pb2.BatchItem.DONE)
        batch.counts.quarantined = states.count(batch_pb2.BatchItem.QUARANTINED)
        left = batch.counts.pending + batch.counts.transcribing + batch.counts.scoring
        batch.state = batch_pb2.Batch.RUNNING if left else batch_pb2.Batch.COMPLETE


class FakeScorecards(scorecard_service_pb2_grpc.ScorecardServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    def GetScorecard(  # noqa: N802 - the contract's name
        self, request: scorecard_service_pb2.GetScorecardRequest, context: grpc.ServicerContext
    ) -> scorecard_pb2.Scorecard:
        name = request.name
        if name.endswith("/latest"):
            name = self._store.calls["/".join(name.split("/")[:2])].scorecard
        if name not in self._store.scorecards:
            raise NotFoundError(f"{request.name} is not there")
        return self._store.scorecards[name]

    def ListScorecards(  # noqa: N802 - the contract's name
        self, request: scorecard_service_pb2.ListScorecardsRequest, context: grpc.ServicerContext
    ) -> scorecard_service_pb2.ListScorecardsResponse:
        store = self._store
        of_batch = None
        if request.batch:
            of_batch = {item.scorecard for item in store.batches[request.batch].items}
        summaries = []
        for card in reversed(store.scorecards.values()):
            call = store.calls["/".join(card.name.split("/")[:2])]
            if (
                request.agent in {"", call.agent}
                and request.queue in {"", call.queue}
                and (not request.flag or request.flag in card.flags)
                and request.outcome in {scorecard_pb2.Outcome.RESULT_UNSPECIFIED, card.outcome.result}
                and (of_batch is None or card.name in of_batch)
                and (request.show_superseded or card.name not in self._store.superseded)
            ):
                summaries.append(
                    scorecard_service_pb2.ScorecardSummary(
                        scorecard=card.name,
                        external_id=call.external_id,
                        agent=call.agent,
                        queue=call.queue,
                        score=card.score if card.HasField("score") else None,
                        outcome=card.outcome.result,
                        flags=card.flags,
                        rubric_revision=card.rubric_revision,
                    )
                )
        page, token = _page(summaries, request.page_size, request.page_token)
        return scorecard_service_pb2.ListScorecardsResponse(scorecards=page, next_page_token=token)


class FakeRubrics(rubric_service_pb2_grpc.RubricServiceServicer):
    def __init__(self, store: Store) -> None:
        self._store = store

    def GetRubricRevision(  # noqa: N802 - the contract's name
        self, request: rubric_service_pb2.GetRubricRevisionRequest, context: grpc.ServicerContext
    ) -> rubric_pb2.RubricRevision:
        if not request.name.startswith(f"{BUILTIN}/"):
            raise NotFoundError(f"{request.name} is not there")
        return self._store.revision

    def ListRubrics(  # noqa: N802 - the contract's name
        self, request: rubric_service_pb2.ListRubricsRequest, context: grpc.ServicerContext
    ) -> rubric_service_pb2.ListRubricsResponse:
        rubric = rubric_pb2.Rubric(name=BUILTIN, current_revision=REVISION)
        return rubric_service_pb2.ListRubricsResponse(rubrics=[rubric])

    def CheckRubricFiles(  # noqa: N802 - the contract's name
        self, request: rubric_service_pb2.CheckRubricFilesRequest, context: grpc.ServicerContext
    ) -> rubric_service_pb2.CheckRubricFilesResponse:
        rubrics = [file for file in request.files if file.content.startswith("rubric:")]
        return rubric_service_pb2.CheckRubricFilesResponse(
            problems=self._store.rubric_problems, rubric_revision=self._store.revision if rubrics else None
        )

    def TryStoredPacks(  # noqa: N802 - the contract's name
        self, request: rubric_service_pb2.TryStoredPacksRequest, context: grpc.ServicerContext
    ) -> pack_pb2.PackTrial:
        self._store.tried.append(request)
        return self._store.trial

    def CreateRubricRevision(  # noqa: N802 - the contract's name
        self, request: rubric_service_pb2.CreateRubricRevisionRequest, context: grpc.ServicerContext
    ) -> rubric_pb2.RubricRevision:
        revision = rubric_pb2.RubricRevision()
        revision.CopyFrom(self._store.revision)
        revision.name = "rubrics/own/revisions/fedcba9876543210"
        return revision


class FakeQueues(queue_service_pb2_grpc.QueueServiceServicer):
    def __init__(self, store: Store) -> None:
        self._queues = store.queues

    def GetQueueProfile(  # noqa: N802 - the contract's name
        self, request: queue_service_pb2.GetQueueProfileRequest, context: grpc.ServicerContext
    ) -> queue_profile_pb2.QueueProfile:
        if request.name not in self._queues:
            raise NotFoundError(f"{request.name} does not exist")
        return self._queues[request.name]

    def ListQueueProfiles(  # noqa: N802 - the contract's name
        self, request: queue_service_pb2.ListQueueProfilesRequest, context: grpc.ServicerContext
    ) -> queue_service_pb2.ListQueueProfilesResponse:
        page, token = _page(list(self._queues.values()), request.page_size, request.page_token)
        return queue_service_pb2.ListQueueProfilesResponse(queue_profiles=page, next_page_token=token)

    def UpdateQueueProfile(  # noqa: N802 - the contract's name
        self, request: queue_service_pb2.UpdateQueueProfileRequest, context: grpc.ServicerContext
    ) -> queue_profile_pb2.QueueProfile:
        profile = request.queue_profile
        stored = self._queues.get(profile.name)
        if profile.etag != (stored.etag if stored else ""):
            raise StaleError(f"{profile.name} has changed")
        if profile.language == "english!":
            raise InvalidInputError("queue_profile: language: expected a BCP-47 language tag")
        profile.etag = f"{profile.etag}x"
        profile.update_time.CopyFrom(Timestamp(seconds=1_777_713_125))
        self._queues[profile.name] = profile
        return profile

    def DeleteQueueProfile(  # noqa: N802 - the contract's name
        self, request: queue_service_pb2.DeleteQueueProfileRequest, context: grpc.ServicerContext
    ) -> Empty:
        assert self._queues.pop(request.name).etag == request.etag
        return Empty()


@contextmanager
def fake_server(store: Store, *, port: int = 0) -> Iterator[str]:
    """Serve `store` on loopback and give the address."""
    services = [
        Service(
            "callqa.v1.CallService",
            lambda server: call_service_pb2_grpc.add_CallServiceServicer_to_server(FakeCalls(store), server),
        ),
        Service(
            "callqa.v1.ScorecardService",
            lambda server: scorecard_service_pb2_grpc.add_ScorecardServiceServicer_to_server(
                FakeScorecards(store), server
            ),
        ),
        Service(
            "callqa.v1.QueueService",
            lambda server: queue_service_pb2_grpc.add_QueueServiceServicer_to_server(
                FakeQueues(store), server
            ),
        ),
        Service(
            "callqa.v1.RubricService",
            lambda server: rubric_service_pb2_grpc.add_RubricServiceServicer_to_server(
                FakeRubrics(store), server
            ),
        ),
    ]
    running = start_server(settings=ServerSettings(port=port), services=lambda: services)
    try:
        yield running.address
    finally:
        running.stop(grace_s=0)


def _page(items: Sequence[_Item], page_size: int, token: str) -> tuple[Sequence[_Item], str]:
    # Small pages, so that every list is read in several.
    size = min(page_size or 50, 3)
    start = int(token or "0")
    end = start + size
    return items[start:end], str(end) if end < len(items) else ""
