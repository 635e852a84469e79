"""Somebody says who is who, and the call is judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import batch_pb2, call_pb2, call_service_pb2, scorecard_service_pb2, transcript_pb2

from tests.integration.review_api.stack import in_threads, reason_of

if TYPE_CHECKING:
    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

AGENT, CUSTOMER = transcript_pb2.AGENT, transcript_pb2.CUSTOMER
HEARD, SWAPPED = [AGENT, CUSTOMER], [CUSTOMER, AGENT]


def get_call(stack: Stack, batch: batch_pb2.Batch) -> call_pb2.Call:
    call: call_pb2.Call = stack.calls.GetCall(
        call_service_pb2.GetCallRequest(name=batch.items[0].call), timeout=10
    )
    return call


def set_roles(
    stack: Stack, batch: batch_pb2.Batch, roles: list[transcript_pb2.SpeakerRole.ValueType], etag: str = ""
) -> call_pb2.Call:
    call = get_call(stack, batch)
    request = call_service_pb2.SetSpeakerRolesRequest(name=call.name, etag=etag or call.etag, roles=roles)
    changed: call_pb2.Call = stack.calls.SetSpeakerRoles(request, timeout=10)
    return changed


def transcript(stack: Stack, name: str) -> transcript_pb2.Transcript:
    found: transcript_pb2.Transcript = stack.calls.GetTranscript(
        call_service_pb2.GetTranscriptRequest(name=name), timeout=10
    )
    return found


def card(stack: Stack, batch: batch_pb2.Batch) -> bytes:
    request = scorecard_service_pb2.GetScorecardRequest(name=get_call(stack, batch).scorecard)
    found: bytes = stack.scorecards.GetScorecard(request, timeout=10).SerializeToString(deterministic=True)
    return found


def listed(stack: Stack, *, show_superseded: bool = False) -> list[str]:
    request = scorecard_service_pb2.ListScorecardsRequest(show_superseded=show_superseded)
    return [one.scorecard for one in stack.scorecards.ListScorecards(request, timeout=10).scorecards]


def test_swapped_roles_are_judged_and_set_back(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one", b"two")
    stack.work(batch)
    heard, first = get_call(stack, batch), card(stack, batch)

    changed = set_roles(stack, batch, SWAPPED)
    assert changed.transcript != heard.transcript
    words = transcript(stack, changed.transcript)
    assert [turn.role for turn in words.turns] == SWAPPED
    assert words.speakers[0].role_source == transcript_pb2.CORRECTED
    assert words.name == changed.transcript
    assert [warning.code for warning in words.quality.warnings] == [transcript_pb2.QualityWarning.CLIPPED]
    assert [turn.role for turn in transcript(stack, heard.transcript).turns] == HEARD
    running = stack.get_batch(batch)
    assert running.state == batch_pb2.Batch.RUNNING
    assert [item.state for item in running.items] == [batch_pb2.BatchItem.PENDING, batch_pb2.BatchItem.DONE]

    # In lists a card stays until another takes its place.
    assert heard.scorecard in listed(stack)
    stack.work(batch)
    assert stack.get_batch(batch).state == batch_pb2.Batch.COMPLETE
    assert get_call(stack, batch).scorecard != heard.scorecard
    assert get_call(stack, batch).scorecard in listed(stack)
    assert heard.scorecard not in listed(stack)
    assert heard.scorecard in listed(stack, show_superseded=True)
    assert get_call(stack, batch).scorecard == stack.get_batch(batch).items[0].scorecard
    second = card(stack, batch)
    latest = scorecard_service_pb2.GetScorecardRequest(name=f"{heard.name}/scorecards/latest")
    assert stack.scorecards.GetScorecard(latest, timeout=10).score == 25.0

    assert set_roles(stack, batch, HEARD).transcript == heard.transcript
    stack.work(batch)
    assert card(stack, batch) == first
    assert len(listed(stack)) == 2
    assert heard.scorecard in listed(stack)
    assert transcript(stack, f"{heard.name}/transcripts/latest").name == heard.transcript
    assert stack.scorecards.GetScorecard(latest, timeout=10).score == 75.0
    set_roles(stack, batch, SWAPPED)
    stack.work(batch)
    assert card(stack, batch) == second
    assert fakes.transcription.heard[b"one"] == 1
    assert sum(fakes.scoring.scored.values()) == 3


def test_roles_that_were_heard_can_be_confirmed(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    heard = get_call(stack, batch)
    confirmed = set_roles(stack, batch, HEARD)
    assert confirmed.transcript != heard.transcript
    assert transcript(stack, confirmed.transcript).speakers[0].role_source == transcript_pb2.CORRECTED


def test_a_request_whose_answer_was_lost_may_be_repeated(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    etag = get_call(stack, batch).etag
    changed = set_roles(stack, batch, SWAPPED, etag)
    assert set_roles(stack, batch, SWAPPED, etag) == changed
    stack.work(batch)
    # In force and judged: nothing goes back.
    set_roles(stack, batch, SWAPPED)
    assert stack.get_batch(batch).state == batch_pb2.Batch.COMPLETE
    with pytest.raises(grpc.RpcError) as stale:
        set_roles(stack, batch, HEARD, etag)
    assert (stale.value.code(), reason_of(stale.value)) == (grpc.StatusCode.ABORTED, "STALE")


def test_every_form_of_the_call_is_judged_and_the_one_in_sight_stays(stack: Stack) -> None:
    first = stack.create_batch(b"one", rubric="other-form")
    second = stack.create_batch(b"one")
    for batch in (first, second):
        stack.work(batch)
    shown = get_call(stack, second).scorecard
    assert shown == stack.get_batch(second).items[0].scorecard
    set_roles(stack, second, SWAPPED)
    for batch in (second, first):
        stack.work(batch)
    cards = [stack.get_batch(batch).items[0].scorecard for batch in (first, second)]
    for name in cards:
        request = scorecard_service_pb2.GetScorecardRequest(name=name)
        assert stack.scorecards.GetScorecard(request, timeout=10).score == 25.0
    assert get_call(stack, second).scorecard == cards[1] != shown


def test_set_roles_survive_another_batch_and_another_hearing(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    corrected = set_roles(stack, batch, SWAPPED).transcript
    stack.work(batch)
    stack.create_batch(b"one")
    assert get_call(stack, batch).transcript == corrected
    # The engines at work have judged the corrected transcript by this form already.
    assert stack.create_batch(b"one", b"two").items[0].state == batch_pb2.BatchItem.DONE

    fakes.transcription.model_version = "fake-model-2"
    stack.calls.RehearCall(call_service_pb2.RehearCallRequest(name=batch.items[0].call), timeout=10)
    stack.work(batch)
    assert fakes.transcription.heard[b"one"] == 2
    words = transcript(stack, get_call(stack, batch).transcript)
    assert words.model_version == "fake-model-2"
    assert [speaker.role for speaker in words.speakers] == SWAPPED
    assert get_call(stack, batch).scorecard == stack.get_batch(batch).items[0].scorecard


def test_roles_set_while_the_call_is_judged_count(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one")
    fakes.scoring.meanwhile.append(lambda: set_roles(stack, batch, SWAPPED))
    stack.work(batch)
    ended = stack.get_batch(batch)
    assert ended.state == batch_pb2.Batch.COMPLETE
    call = get_call(stack, batch)
    assert call.scorecard == ended.items[0].scorecard
    request = scorecard_service_pb2.GetScorecardRequest(name=call.scorecard)
    card = stack.scorecards.GetScorecard(request, timeout=10)
    assert (card.transcript, card.score) == (call.transcript, 25.0)


def test_roles_set_while_the_call_is_heard_again_are_kept(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    fakes.transcription.model_version = "fake-model-2"
    stack.calls.RehearCall(call_service_pb2.RehearCallRequest(name=batch.items[0].call), timeout=10)
    fakes.transcription.entered.clear()
    fakes.transcription.go_on.clear()

    def correct() -> None:
        assert fakes.transcription.entered.wait(30)
        set_roles(stack, batch, SWAPPED)
        fakes.transcription.go_on.set()

    in_threads([correct, lambda: stack.work(batch)])
    words = transcript(stack, get_call(stack, batch).transcript)
    assert words.model_version == "fake-model-2"
    assert [speaker.role for speaker in words.speakers] == SWAPPED


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ([AGENT], grpc.StatusCode.INVALID_ARGUMENT),
        ([AGENT, 17], grpc.StatusCode.INVALID_ARGUMENT),
        ([], grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_roles_that_fit_nobody_are_refused(
    stack: Stack, roles: list[transcript_pb2.SpeakerRole.ValueType], code: grpc.StatusCode
) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    with pytest.raises(grpc.RpcError) as refused:
        set_roles(stack, batch, roles)
    assert refused.value.code() == code


def test_a_call_that_was_not_heard_has_no_roles_to_set(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    with pytest.raises(grpc.RpcError) as refused:
        set_roles(stack, batch, SWAPPED)
    assert refused.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    request = call_service_pb2.SetSpeakerRolesRequest(name=batch.items[0].call, roles=SWAPPED)
    with pytest.raises(grpc.RpcError) as unread:
        stack.calls.SetSpeakerRoles(request, timeout=10)
    assert unread.value.code() == grpc.StatusCode.INVALID_ARGUMENT
