"""ScorecardService and RubricService over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import (
    call_service_pb2,
    call_service_pb2_grpc,
    pack_pb2,
    rubric_pb2,
    rubric_service_pb2,
    scorecard_pb2,
    scorecard_service_pb2,
)

from review_api.domain.hashing import transcript_id_of
from servicekit.errors import InvalidInputError, LimitExceededError
from servicekit.wire import sha256_hex
from tests.integration.review_api.fakes import revision_of
from tests.integration.review_api.stack import details_of

if TYPE_CHECKING:
    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack


def listed(stack: Stack, **fields: object) -> list[str]:
    """Return the external ids of the scorecards listed."""
    request = scorecard_service_pb2.ListScorecardsRequest(**fields)  # type: ignore[arg-type]
    return [card.external_id for card in stack.scorecards.ListScorecards(request, timeout=10).scorecards]


def test_a_scorecard_and_its_transcript_are_returned_as_made(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    stack.work(batch)
    call = batch.items[0].call
    latest = stack.scorecards.GetScorecard(
        scorecard_service_pb2.GetScorecardRequest(name=f"{call}/scorecards/latest"), timeout=10
    )
    assert latest.name == stack.get_batch(batch).items[0].scorecard
    assert latest.transcript == f"{call}/transcripts/{transcript_id_of('fake-model-1')}"
    assert latest.rubric_revision == batch.rubric_revision
    assert (latest.score, latest.engine_version) == (75.0, "fake-engine-1")
    transcript = stack.calls.GetTranscript(
        call_service_pb2.GetTranscriptRequest(name=f"{call}/transcripts/latest"), timeout=10
    )
    assert transcript.name == latest.transcript
    assert "".join(turn.text for turn in transcript.turns) == sha256_hex(b"one")
    again = stack.scorecards.GetScorecard(
        scorecard_service_pb2.GetScorecardRequest(name=latest.name), timeout=10
    )
    assert again.SerializeToString() == latest.SerializeToString()


def test_scoring_is_told_what_is_known_of_the_call(stack: Stack) -> None:
    call = stack.call(b"one")
    call.agent, call.queue = "bo", "sales"
    call.labels["product"] = "loan"
    call.start_time.FromJsonString("2026-03-02T09:30:00Z")
    batch = stack.calls.CreateBatch(call_service_pb2.CreateBatchRequest(calls=[call]), timeout=10)
    stack.work(batch)
    card = stack.scorecards.GetScorecard(
        scorecard_service_pb2.GetScorecardRequest(name=f"{batch.items[0].call}/scorecards/latest"), timeout=10
    )
    assert (card.context.agent, card.context.queue) == ("bo", "sales")
    assert dict(card.context.labels) == {"product": "loan"}
    assert card.context.start_time.ToJsonString() == "2026-03-02T09:30:00Z"


def test_scorecards_are_listed_by_every_condition(stack: Stack) -> None:
    first = stack.create_batch(b"one", b"two")
    sales = stack.call(b"three")
    sales.agent, sales.queue = "bo", "sales"
    second = stack.calls.CreateBatch(call_service_pb2.CreateBatchRequest(calls=[sales]), timeout=10)
    other_form = stack.create_batch(b"one", rubric="other-form")
    for batch in (first, second, other_form):
        stack.work(batch)
    assert sorted(listed(stack)) == ["one", "one", "three", "two"]
    assert sorted(listed(stack, parent="calls/-")) == ["one", "one", "three", "two"]
    assert listed(stack, parent=first.items[0].call) == ["one", "one"]
    assert listed(stack, agent="bo") == ["three"]
    assert listed(stack, queue="sales") == ["three"]
    assert sorted(listed(stack, batch=first.name)) == ["one", "two"]
    assert listed(stack, batch=other_form.name) == ["one"]
    assert listed(stack, batch=first.name, parent=first.items[1].call) == ["two"]
    assert len(listed(stack, outcome=scorecard_pb2.Outcome.RESOLVED)) == 4
    assert listed(stack, outcome=scorecard_pb2.Outcome.ESCALATED) == []
    assert len(listed(stack, flag="needs-review")) == 4
    assert listed(stack, flag="auto-fail") == []


def test_scorecards_are_listed_by_pages(stack: Stack) -> None:
    stack.work(stack.create_batch(b"1", b"2", b"3"))
    request = scorecard_service_pb2.ListScorecardsRequest(page_size=2)
    first = stack.scorecards.ListScorecards(request, timeout=10)
    request.page_token = first.next_page_token
    second = stack.scorecards.ListScorecards(request, timeout=10)
    assert len({card.scorecard for card in (*first.scorecards, *second.scorecards)}) == 3
    assert second.next_page_token == ""
    request.agent = "ada"
    with pytest.raises(grpc.RpcError) as refused:
        stack.scorecards.ListScorecards(request, timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("reference", ["", "service-quality", "rubrics/service-quality"])
def test_a_builtin_rubric_has_many_names(stack: Stack, reference: str) -> None:
    expected = revision_of("service-quality", "first edition")
    assert stack.create_batch(b"one", rubric=reference).rubric_revision == expected.name
    stored = stack.rubrics.GetRubricRevision(
        rubric_service_pb2.GetRubricRevisionRequest(name=expected.name), timeout=10
    )
    assert stored.HasField("create_time")
    stored.ClearField("create_time")
    assert stored == expected


def test_a_new_edition_of_a_builtin_rubric_becomes_current_and_the_old_one_stays(
    stack: Stack, fakes: FakeServices
) -> None:
    old = stack.create_batch(b"one").rubric_revision
    fakes.scoring.builtins["service-quality"] = "second edition"
    new = stack.create_batch(b"one").rubric_revision
    assert new != old
    assert stack.create_batch(b"one", rubric=old).rubric_revision == old
    current = stack.rubrics.GetRubricRevision(
        rubric_service_pb2.GetRubricRevisionRequest(name="rubrics/service-quality/revisions/current"),
        timeout=10,
    )
    assert current.name == new


def test_an_unknown_rubric_names_those_that_exist(stack: Stack) -> None:
    create_revision(stack, "rubric mine v1")
    for reference in ("nosuch", "rubrics/nosuch"):
        with pytest.raises(grpc.RpcError) as missing:
            stack.create_batch(b"one", rubric=reference)
        assert missing.value.code() == grpc.StatusCode.NOT_FOUND
        assert "mine, other-form, service-quality" in details_of(missing.value)
    with pytest.raises(grpc.RpcError) as refused:
        stack.create_batch(b"one", rubric="No Such!")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def create_revision(stack: Stack, *contents: str, validate_only: bool = False) -> rubric_pb2.RubricRevision:
    files = [
        rubric_pb2.RubricFile(file_name=f"{number}.yaml", content=content)
        for number, content in enumerate(contents)
    ]
    revision: rubric_pb2.RubricRevision = stack.rubrics.CreateRubricRevision(
        rubric_service_pb2.CreateRubricRevisionRequest(files=files, validate_only=validate_only), timeout=10
    )
    return revision


def test_a_users_rubric_is_stored_and_used(stack: Stack) -> None:
    first = create_revision(stack, "rubric mine v1", "a pack")
    assert create_revision(stack, "rubric mine v1", "a pack") == first
    second = create_revision(stack, "rubric mine v2")
    assert stack.create_batch(b"one", rubric="mine").rubric_revision == second.name
    assert stack.create_batch(b"one", rubric=first.name).rubric_revision == first.name
    listed_rubrics = stack.rubrics.ListRubrics(rubric_service_pb2.ListRubricsRequest(page_size=2), timeout=10)
    assert [rubric.name for rubric in listed_rubrics.rubrics] == ["rubrics/mine", "rubrics/other-form"]
    assert listed_rubrics.rubrics[0].current_revision == second.name
    rest = stack.rubrics.ListRubrics(
        rubric_service_pb2.ListRubricsRequest(page_size=2, page_token=listed_rubrics.next_page_token),
        timeout=10,
    )
    assert [rubric.name for rubric in rest.rubrics] == ["rubrics/service-quality"]
    assert rest.next_page_token == ""


def test_checking_stores_nothing(stack: Stack) -> None:
    assert create_revision(stack, "rubric mine v1", validate_only=True).name.startswith("rubrics/mine/")
    assert create_revision(stack, "a pack", validate_only=True) == rubric_pb2.RubricRevision()
    assert stack.count("rubrics") == 0


def test_mistakes_name_file_line_and_field(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        create_revision(stack, "rubric mine v1", "mistake")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(refused.value) == "1.yaml line 3: sections[0]: is wrong"
    for contents in ((), ("a pack",)):
        with pytest.raises(grpc.RpcError) as lacking:
            create_revision(stack, *contents)
        assert lacking.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def check_files(stack: Stack, *contents: str) -> rubric_service_pb2.CheckRubricFilesResponse:
    files = [
        rubric_pb2.RubricFile(file_name=f"{number}.yaml", content=content)
        for number, content in enumerate(contents)
    ]
    answer: rubric_service_pb2.CheckRubricFilesResponse = stack.rubrics.CheckRubricFiles(
        rubric_service_pb2.CheckRubricFilesRequest(files=files), timeout=10
    )
    return answer


def test_every_mistake_of_many_is_told(stack: Stack) -> None:
    answer = check_files(stack, *["mistake"] * 200)
    assert len(answer.problems) == 200
    assert not answer.HasField("rubric_revision")
    assert (answer.problems[0].file_name, answer.problems[0].line) == ("0.yaml", 3)
    assert check_files(stack, "rubric mine v1").rubric_revision.name.startswith("rubrics/mine/")
    assert check_files(stack, "a pack") == rubric_service_pb2.CheckRubricFilesResponse()
    [taken] = check_files(stack, "rubric service-quality of my own").problems
    assert "is built in" in taken.message
    with pytest.raises(grpc.RpcError) as refused:
        check_files(stack)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert stack.count("rubrics") == 0


def try_packs(stack: Stack, **fields: object) -> pack_pb2.PackTrial:
    request = rubric_service_pb2.TryStoredPacksRequest(**fields)  # type: ignore[arg-type]
    trial: pack_pb2.PackTrial = stack.rubrics.TryStoredPacks(request, timeout=10)
    return trial


def test_packs_are_tried_on_a_stored_call_and_on_a_text(stack: Stack) -> None:
    batch = stack.create_batch(b"one")
    call = batch.items[0].call
    pack = rubric_pb2.RubricFile(file_name="mine.yaml", content="a pack")
    with pytest.raises(grpc.RpcError) as early:
        try_packs(stack, files=[pack], call=call)
    assert early.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "has no transcript yet" in details_of(early.value)
    stack.work(batch)
    [mine, empathy] = try_packs(stack, files=[pack], builtin_packs=["empathy"], call=call).rules
    assert (mine.rule_id, empathy.rule_id) == ("mine.yaml", "empathy")
    assert mine.explanation.replace(" ", "").endswith("ofada")
    [rule] = try_packs(stack, files=[pack], text="Hello there").rules
    assert rule.explanation == "Hello there of nobody"


def test_what_packs_cannot_be_tried_on_is_refused(stack: Stack, fakes: FakeServices) -> None:
    pack = rubric_pb2.RubricFile(file_name="mine.yaml", content="a pack")
    for fields, code in (
        ({"files": [pack], "call": "calls/none"}, grpc.StatusCode.NOT_FOUND),
        ({"files": [pack], "text": "  "}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"files": [pack]}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"text": "Hello"}, grpc.StatusCode.INVALID_ARGUMENT),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            try_packs(stack, **fields)
        assert refused.value.code() == code
    fakes.scoring.broken = InvalidInputError("the call is in 'de'; calls in English ('en') can be scored")
    with pytest.raises(grpc.RpcError) as german:
        try_packs(stack, files=[pack], text="Guten Tag")
    assert german.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "calls in English" in details_of(german.value)
    fakes.scoring.broken = LimitExceededError("too many words")
    with pytest.raises(grpc.RpcError) as long:
        try_packs(stack, files=[pack], text="Hello")
    assert long.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_file_without_a_name_is_refused(stack: Stack) -> None:
    files = [rubric_pb2.RubricFile(content="rubric mine v1")]
    with pytest.raises(grpc.RpcError) as refused:
        stack.rubrics.CreateRubricRevision(
            rubric_service_pb2.CreateRubricRevisionRequest(files=files), timeout=10
        )
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(refused.value).startswith("files[0].file_name:")


def test_an_outcome_or_a_state_that_the_contract_does_not_have_is_refused(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as outcome:
        listed(stack, outcome=99)
    assert outcome.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(outcome.value).startswith("outcome: 99 is none of RESOLVED,")
    with pytest.raises(grpc.RpcError) as state:
        stack.calls.ListCalls(call_service_pb2.ListCallsRequest(state=99), timeout=10)  # type: ignore[arg-type]
    assert state.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(state.value).startswith("state: 99 is none of RECEIVED,")


def test_a_builtin_name_is_not_taken_over(stack: Stack) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        create_revision(stack, "rubric service-quality of my own")
    assert refused.value.code() == grpc.StatusCode.ALREADY_EXISTS


def test_without_scoring_a_batch_is_unavailable(stack: Stack, fakes: FakeServices) -> None:
    call = stack.call(b"one")
    fakes.close()
    # A channel that does not try again.
    with grpc.insecure_channel(stack.server.address) as channel, pytest.raises(grpc.RpcError) as away:
        call_service_pb2_grpc.CallServiceStub(channel).CreateBatch(
            call_service_pb2.CreateBatchRequest(calls=[call]), timeout=30
        )
    assert away.value.code() == grpc.StatusCode.UNAVAILABLE
    assert "scoring" in details_of(away.value)
