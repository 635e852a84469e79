"""CreateBatch, GetBatch, ListBatches, GetCall and ListCalls over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import grpc
import pytest
from callqa.v1 import batch_pb2, call_pb2, call_service_pb2, transcript_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit.errors import InvalidInputError
from tests.integration.review_api.stack import details_of, in_threads, raw_details_of, upload_messages

if TYPE_CHECKING:
    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

PENDING, DONE, QUARANTINED = (
    batch_pb2.BatchItem.PENDING,
    batch_pb2.BatchItem.DONE,
    batch_pb2.BatchItem.QUARANTINED,
)


class AudioEmptyError(InvalidInputError):
    reason = "AUDIO_EMPTY"


def states(batch: batch_pb2.Batch) -> list[int]:
    return [item.state for item in batch.items]


def create(stack: Stack, *calls: call_pb2.Call, **fields: object) -> batch_pb2.Batch:
    request = call_service_pb2.CreateBatchRequest(calls=calls, **fields)  # type: ignore[arg-type]
    batch: batch_pb2.Batch = stack.calls.CreateBatch(request, timeout=30)
    return batch


def test_a_batch_lists_its_calls_in_the_order_given(stack: Stack) -> None:
    batch = stack.create_batch(b"one", b"two", b"three")
    assert [item.external_id for item in batch.items] == ["one", "two", "three"]
    assert batch.state == batch_pb2.Batch.RUNNING
    assert batch.counts == batch_pb2.Batch.Counts(pending=3)
    assert batch.rubric_revision.startswith("rubrics/service-quality/revisions/")
    assert batch.shard_count == 3
    assert sorted(item.shard for item in batch.items) == [0, 1, 2]


def test_a_call_is_stored_as_it_was_described(stack: Stack) -> None:
    call = stack.call(b"audio")
    call.labels["team.name"] = "blue"
    call.start_time.CopyFrom(Timestamp(seconds=1_700_000_000, nanos=123_456_789))
    call.state = call_pb2.Call.SCORED
    call.name = "calls/mine"
    batch = create(stack, call)
    stored = stack.calls.GetCall(call_service_pb2.GetCallRequest(name=batch.items[0].call), timeout=10)
    assert stored.state == call_pb2.Call.RECEIVED
    assert (stored.external_id, stored.agent, stored.queue) == ("audio", "ada", "billing")
    assert (stored.language, dict(stored.labels)) == ("", {"team.name": "blue"})
    assert stored.start_time == Timestamp(seconds=1_700_000_000, nanos=123_000_000)
    assert stored.legs == call.legs
    assert stored.etag
    assert stored.name != "calls/mine"


def test_the_same_calls_are_the_same_batch(stack: Stack) -> None:
    first = stack.create_batch(b"one", b"two")
    assert create(stack, stack.call(b"two"), stack.call(b"one")).name == first.name
    assert create(stack, stack.call(b"one"), stack.call(b"two"), stack.call(b"one")) == first
    assert create(stack, stack.call(b"one"), stack.call(b"two"), rubric="other-form").name != first.name
    assert stack.create_batch(b"one").name != first.name
    assert stack.count("calls") == 2
    assert stack.count("batch_items") == 5


def test_requests_at_once_for_the_same_calls_make_one_batch(stack: Stack) -> None:
    calls = [stack.call(b"%d" % number) for number in range(50)]
    names: list[str] = []
    in_threads([lambda: names.append(create(stack, *calls).name) for _ in range(4)])
    assert len(names) == 4
    assert len(set(names)) == 1
    assert (stack.count("batches"), stack.count("batch_items"), stack.count("calls")) == (1, 50, 50)


def test_other_metadata_is_another_call(stack: Stack) -> None:
    call = stack.call(b"one")
    changed = []
    for field, value in (("agent", "bo"), ("queue", "q"), ("external_id", "x"), ("language", "en-GB")):
        other = call_pb2.Call.FromString(call.SerializeToString())
        setattr(other, field, value)
        changed.append(other)
    labelled = call_pb2.Call.FromString(call.SerializeToString())
    labelled.labels["a"] = "b"
    mono = call_pb2.Call.FromString(call.SerializeToString())
    mono.legs[0].channel_roles[:] = [transcript_pb2.UNKNOWN]
    renamed = call_pb2.Call.FromString(call.SerializeToString())
    renamed.legs[0].file_name = "another name of the same file.wav"
    batch = create(stack, call, *changed, labelled, mono, renamed)
    assert len(batch.items) == 7


def test_a_finished_call_is_done_in_a_new_batch_at_once(stack: Stack) -> None:
    stack.work(stack.create_batch(b"one", b"two"))
    again = stack.create_batch(b"two")
    assert again.state == batch_pb2.Batch.COMPLETE
    assert states(again) == [DONE]
    assert again.items[0].scorecard.startswith(f"{again.items[0].call}/scorecards/")
    mixed = stack.create_batch(b"one", b"three")
    assert states(mixed) == [DONE, PENDING]
    assert mixed.state == batch_pb2.Batch.RUNNING
    assert stack.create_batch(b"one", b"two").state == batch_pb2.Batch.COMPLETE


def test_another_engine_judges_anew(stack: Stack, fakes: FakeServices) -> None:
    stack.work(stack.create_batch(b"one"))
    fakes.scoring.engine_version = "fake-engine-2"
    # What is done stays done; a new batch is worked on with what is at work now.
    assert stack.create_batch(b"one").state == batch_pb2.Batch.COMPLETE
    stack.work(stack.create_batch(b"two"))
    mixed = stack.create_batch(b"one", b"two")
    assert states(mixed) == [PENDING, DONE]
    stack.work(mixed)
    assert fakes.transcription.heard[b"one"] == 1
    assert stack.count("scorecards") == 3


def test_a_quarantined_call_is_tried_again_by_another_model_only(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.failures[b"bad"] = [AudioEmptyError("The audio is empty.")]
    batch = stack.create_batch(b"bad")
    stack.work(batch)
    same = stack.create_batch(b"bad")
    assert (states(same), same.state) == ([QUARANTINED], batch_pb2.Batch.COMPLETE)
    listed = stack.create_batch(b"bad", b"good")
    assert states(listed) == [QUARANTINED, PENDING]
    assert listed.items[0].quarantine.reason == "AUDIO_EMPTY"
    fakes.transcription.model_version = "fake-model-2"
    stack.work(stack.create_batch(b"good"))
    again = stack.create_batch(b"bad")
    assert (again.name, states(again), again.state) == (batch.name, [PENDING], batch_pb2.Batch.RUNNING)
    stack.work(again)
    assert states(stack.get_batch(again)) == [DONE]


def test_a_request_id_gives_its_batch_again(stack: Stack, fakes: FakeServices) -> None:
    call, request_id = stack.call(b"one"), str(uuid4())
    first = create(stack, call, request_id=request_id)
    fakes.scoring.builtins["service-quality"] = "second edition"
    assert create(stack, call, request_id=request_id).name == first.name
    assert create(stack, call).name != first.name
    for other in ({"request_id": request_id, "rubric": "other-form"}, {"request_id": "no uuid"}):
        with pytest.raises(grpc.RpcError) as refused:
            create(stack, call, **other)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert "request_id" in details_of(refused.value)


def test_every_wrong_field_is_named(stack: Stack) -> None:
    wrong = stack.call(b"one")
    wrong.agent = "x" * 257
    wrong.language = "english!"
    wrong.labels[""] = "no key"
    bad_leg = call_pb2.Call(legs=[call_pb2.Leg(recording="recordings/123")])
    with pytest.raises(grpc.RpcError) as refused:
        create(stack, wrong, call_pb2.Call(), bad_leg)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    for field in (
        b"calls[0].agent",
        b"calls[0].language",
        b"calls[0].labels",
        b"calls[1].legs",
        b"calls[2].legs[0].recording",
    ):
        assert field in raw_details_of(refused.value)


def test_an_unknown_recording_is_not_found_and_a_partial_one_not_ready(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as missing:
        stack.create_batch_of(f"recordings/{'a' * 64}")
    assert missing.value.code() == grpc.StatusCode.NOT_FOUND
    assert "calls[0].legs[0].recording" in details_of(missing.value)
    with pytest.raises(grpc.RpcError):
        stack.calls.UploadRecording(upload_messages(b"ab", named=b"abc"), timeout=10)
    leg = next(iter(upload_messages(b"abc"))).spec.sha256
    with pytest.raises(grpc.RpcError) as partial:
        stack.create_batch_of(f"recordings/{leg}")
    assert partial.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "byte 2" in details_of(partial.value)


def test_an_empty_batch_is_refused(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        create(stack)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_batches_and_calls_are_listed_by_pages(stack: Stack) -> None:
    names = [stack.create_batch(b"%d" % number).name for number in range(5)]
    listed: list[str] = []
    token = ""
    while True:
        page = stack.calls.ListBatches(
            call_service_pb2.ListBatchesRequest(page_size=2, page_token=token), timeout=10
        )
        assert all(not batch.items and batch.counts.pending == 1 for batch in page.batches)
        listed += [batch.name for batch in page.batches]
        token = page.next_page_token
        if not token:
            break
    assert sorted(listed) == sorted(names)
    first = stack.calls.ListCalls(call_service_pb2.ListCallsRequest(page_size=3, agent="ada"), timeout=10)
    second = stack.calls.ListCalls(
        call_service_pb2.ListCallsRequest(page_size=3, agent="ada", page_token=first.next_page_token),
        timeout=10,
    )
    assert (len(first.calls), len(second.calls), second.next_page_token) == (3, 2, "")
    assert len({call.name for call in (*first.calls, *second.calls)}) == 5


@pytest.mark.parametrize(
    "request_fields", [{"agent": "bo"}, {"state": call_pb2.Call.SCORED}, {"page_token": "forged"}]
)
def test_a_page_token_is_for_its_query(stack: Stack, request_fields: dict[str, object]) -> None:
    stack.create_batch(b"1", b"2")
    token = stack.calls.ListCalls(call_service_pb2.ListCallsRequest(page_size=1), timeout=10).next_page_token
    request = call_service_pb2.ListCallsRequest(**({"page_token": token} | request_fields))  # type: ignore[arg-type]
    with pytest.raises(grpc.RpcError) as refused:
        stack.calls.ListCalls(request, timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "page_token" in details_of(refused.value) or "page token" in details_of(refused.value)


def test_unknown_names_are_not_found(stack: Stack) -> None:
    asked: list[tuple[Any, Any]] = [
        (stack.calls.GetCall, call_service_pb2.GetCallRequest(name="calls/none")),
        (stack.calls.GetBatch, call_service_pb2.GetBatchRequest(name="batches/none")),
        (stack.calls.GetTranscript, call_service_pb2.GetTranscriptRequest(name="calls/c/transcripts/latest")),
    ]
    for call, request in asked:
        with pytest.raises(grpc.RpcError) as missing:
            call(request, timeout=10)
        assert missing.value.code() == grpc.StatusCode.NOT_FOUND
