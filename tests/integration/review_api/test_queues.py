"""Queue profiles over the wire, and what they make of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from callqa.v1 import (
    batch_pb2,
    call_pb2,
    call_service_pb2,
    queue_profile_pb2,
    queue_service_pb2,
    transcript_pb2,
)

from tests.integration.review_api.stack import raw_details_of, reason_of

if TYPE_CHECKING:
    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

AGENT, CUSTOMER = transcript_pb2.AGENT, transcript_pb2.CUSTOMER


def update(
    stack: Stack,
    *,
    allow_missing: bool = True,
    etag: str = "",
    **fields: Any,  # noqa: ANN401
) -> queue_profile_pb2.QueueProfile:
    profile = queue_profile_pb2.QueueProfile(
        **({"name": "queueProfiles/billing", "queue": "billing", "etag": etag} | fields)
    )
    request = queue_service_pb2.UpdateQueueProfileRequest(queue_profile=profile, allow_missing=allow_missing)
    written: queue_profile_pb2.QueueProfile = stack.queues.UpdateQueueProfile(request, timeout=10)
    return written


def make(stack: Stack, content: bytes, **fields: object) -> batch_pb2.Batch:
    """Make a batch of one call of the queue `billing` that says nothing of its channels."""
    call = call_pb2.Call(
        queue="billing",
        legs=[call_pb2.Leg(recording=stack.upload(content))],
        **fields,  # type: ignore[arg-type]
    )
    batch: batch_pb2.Batch = stack.calls.CreateBatch(
        call_service_pb2.CreateBatchRequest(calls=[call]), timeout=10
    )
    return batch


def latest(stack: Stack, batch: batch_pb2.Batch) -> transcript_pb2.Transcript:
    name = f"{batch.items[0].call}/transcripts/latest"
    found: transcript_pb2.Transcript = stack.calls.GetTranscript(
        call_service_pb2.GetTranscriptRequest(name=name), timeout=10
    )
    return found


def test_a_profile_is_made_read_changed_and_removed(stack: Stack) -> None:
    made = update(stack, language="und", vocabulary=["Harper Valley"], channel_roles=[CUSTOMER, AGENT])
    get = queue_service_pb2.GetQueueProfileRequest(name="queueProfiles/billing")
    assert stack.queues.GetQueueProfile(get, timeout=10) == made
    assert (made.language, list(made.vocabulary)) == ("und", ["Harper Valley"])
    changed = update(stack, etag=made.etag, vocabulary=["Acme"])
    assert (changed.language, list(changed.vocabulary), list(changed.channel_roles)) == ("", ["Acme"], [])
    assert changed.create_time == made.create_time
    listed = stack.queues.ListQueueProfiles(queue_service_pb2.ListQueueProfilesRequest(), timeout=10)
    assert list(listed.queue_profiles) == [changed]
    delete = queue_service_pb2.DeleteQueueProfileRequest(name=made.name, etag=made.etag)
    with pytest.raises(grpc.RpcError) as stale:
        stack.queues.DeleteQueueProfile(delete, timeout=10)
    assert stale.value.code() == grpc.StatusCode.ABORTED
    delete.etag = changed.etag
    stack.queues.DeleteQueueProfile(delete, timeout=10)
    with pytest.raises(grpc.RpcError) as gone:
        stack.queues.GetQueueProfile(get, timeout=10)
    assert gone.value.code() == grpc.StatusCode.NOT_FOUND


def test_profiles_are_listed_in_pages(stack: Stack) -> None:
    for queue in ("a", "b", "c"):
        update(stack, name=f"queueProfiles/{queue}", queue=queue)
    request = queue_service_pb2.ListQueueProfilesRequest(page_size=2)
    first = stack.queues.ListQueueProfiles(request, timeout=10)
    request.page_token = first.next_page_token
    second = stack.queues.ListQueueProfiles(request, timeout=10)
    assert [profile.queue for page in (first, second) for profile in page.queue_profiles] == ["a", "b", "c"]
    assert not second.next_page_token


def test_a_profile_is_written_by_who_has_read_it(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as missing:
        update(stack, allow_missing=False)
    assert missing.value.code() == grpc.StatusCode.NOT_FOUND
    made = update(stack)
    changed = update(stack, etag=made.etag, language="fr")
    # As when the answer was lost and the request is sent again.
    assert update(stack, etag=made.etag, language="fr") == changed
    for etag in ("", made.etag, "v9"):
        with pytest.raises(grpc.RpcError) as stale:
            update(stack, etag=etag)
        assert (stale.value.code(), reason_of(stale.value)) == (grpc.StatusCode.ABORTED, "STALE")
    with pytest.raises(grpc.RpcError) as gone:
        update(stack, name="queueProfiles/other", queue="other", etag="v1")
    assert gone.value.code() == grpc.StatusCode.ABORTED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "queueProfiles/other"}, b"queue_profile.name"),
        ({"vocabulary": ["x" * 61]}, b"queue_profile.vocabulary[0]"),
        ({"language": "english!"}, b"queue_profile.language"),
        ({"channel_roles": [17]}, b"queue_profile.channel_roles"),
        ({"queue": ""}, b"queue_profile.queue"),
    ],
)
def test_a_wrong_field_is_named(stack: Stack, fields: dict[str, Any], field: bytes) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        update(stack, **fields)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert field in raw_details_of(refused.value)


def test_calls_are_heard_as_their_queue_s_profile_says(stack: Stack, fakes: FakeServices) -> None:
    update(stack, language="und", vocabulary=["Harper Valley"], channel_roles=[CUSTOMER, AGENT])
    batch = make(stack, b"one")
    stack.work(batch)
    config = fakes.transcription.configs[0]
    assert (config.language, list(config.vocabulary)) == ("und", ["Harper Valley"])
    assert list(config.legs[0].channel_roles) == [CUSTOMER, AGENT]
    stack.work(make(stack, b"two", language="en-GB"))
    assert fakes.transcription.configs[1].language == "en-GB"


def test_a_queue_s_roles_are_left_out_where_they_don_t_fit(stack: Stack, fakes: FakeServices) -> None:
    update(stack, channel_roles=[CUSTOMER, AGENT])
    fakes.transcription.channels = 1
    batch = make(stack, b"one")
    stack.work(batch)
    assert stack.get_batch(batch).items[0].state == batch_pb2.BatchItem.DONE
    assert [list(config.legs[0].channel_roles) for config in fakes.transcription.configs] == [
        [CUSTOMER, AGENT],
        [],
    ]
    # A call's own roles are a statement, and one that can't be true is said.
    wrong = call_pb2.Call(
        queue="billing",
        legs=[call_pb2.Leg(recording=stack.upload(b"two"), channel_roles=[AGENT, CUSTOMER])],
    )
    stated = stack.calls.CreateBatch(call_service_pb2.CreateBatchRequest(calls=[wrong]), timeout=10)
    stack.work(stated)
    assert stack.get_batch(stated).items[0].quarantine.reason == "AUDIO_CHANNELS"


def test_a_changed_profile_is_for_calls_heard_after_it(stack: Stack, fakes: FakeServices) -> None:
    batch = make(stack, b"one")
    stack.work(batch)
    before, card = latest(stack, batch), stack.get_batch(batch).items[0].scorecard
    profile = update(stack, vocabulary=["Acme"])
    again = make(stack, b"one")
    assert (again.name, again.state) == (batch.name, batch_pb2.Batch.COMPLETE)
    assert latest(stack, batch) == before
    # Another form over the same call has it heard as the profile says by then.
    call = call_pb2.Call(queue="billing", legs=[call_pb2.Leg(recording=stack.upload(b"one"))])
    other = stack.calls.CreateBatch(
        call_service_pb2.CreateBatchRequest(calls=[call], rubric="other-form"), timeout=10
    )
    stack.work(other)
    assert list(latest(stack, batch).vocabulary) == ["Acme"]
    assert stack.get_batch(batch).items[0].scorecard == card
    assert fakes.transcription.heard[b"one"] == 2

    rehear(stack, batch)
    stack.work(batch)
    assert stack.get_batch(batch).items[0].scorecard != card
    # What was heard in just this way is not heard again.
    assert fakes.transcription.heard[b"one"] == 2
    update(stack, etag=profile.etag)
    rehear(stack, batch)
    stack.work(batch)
    assert latest(stack, batch) == before
    assert stack.get_batch(batch).items[0].scorecard == card


def rehear(stack: Stack, batch: batch_pb2.Batch) -> call_pb2.Call:
    request = call_service_pb2.RehearCallRequest(name=batch.items[0].call)
    call: call_pb2.Call = stack.calls.RehearCall(request, timeout=10)
    return call


def test_a_quarantined_call_is_heard_again_on_demand(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.channels = 1
    batch = stack.create_batch(b"one")
    stack.work(batch)
    assert stack.get_batch(batch).items[0].quarantine.reason == "AUDIO_CHANNELS"
    fakes.transcription.channels = 2
    assert rehear(stack, batch).state == call_pb2.Call.RECEIVED
    assert stack.get_batch(batch).state == batch_pb2.Batch.RUNNING
    stack.work(batch)
    assert stack.get_batch(batch).items[0].state == batch_pb2.BatchItem.DONE


def test_a_batch_finds_what_was_heard_by_the_profile(stack: Stack, fakes: FakeServices) -> None:
    update(stack, vocabulary=["Acme"])
    stack.work(make(stack, b"one"))
    second = stack.calls.CreateBatch(
        call_service_pb2.CreateBatchRequest(
            calls=[
                call_pb2.Call(queue="billing", legs=[call_pb2.Leg(recording=stack.upload(content))])
                for content in (b"one", b"two")
            ]
        ),
        timeout=10,
    )
    assert [item.state for item in second.items] == [batch_pb2.BatchItem.DONE, batch_pb2.BatchItem.PENDING]
    assert fakes.transcription.heard[b"one"] == 1
