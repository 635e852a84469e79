"""ScorecardService: shows what the machine found."""

# ruff: noqa: ARG002, N802 - the contract gives the methods their names and a context

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2, scorecard_service_pb2, scorecard_service_pb2_grpc

from review_api.ports import ScorecardQuery
from review_api.servicers.enum_words import enum_word
from review_api.servicers.paging import cursor_of, cut_page, page_size_of
from review_api.servicers.resource_names import (
    BATCH,
    CALL,
    LATEST,
    SCORECARD,
    revision_name,
    scorecard_name,
)
from servicekit.errors import NotFoundError
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    import grpc

    from review_api.domain.results import ScorecardSummary
    from review_api.ports import BatchRepository, CallRepository, ScorecardRepository

_ALL_CALLS = "-"


class ScorecardServicer(scorecard_service_pb2_grpc.ScorecardServiceServicer):
    """Implements callqa.v1.ScorecardService."""

    def __init__(
        self, calls: CallRepository, scorecards: ScorecardRepository, batches: BatchRepository
    ) -> None:
        self._calls = calls
        self._scorecards = scorecards
        self._batches = batches

    def GetScorecard(
        self, request: scorecard_service_pb2.GetScorecardRequest, context: grpc.ServicerContext
    ) -> scorecard_pb2.Scorecard:
        """Return one scorecard, byte for byte as it was made."""
        ids = SCORECARD.parse(request.name)
        call_id, scorecard_id = ids["call"], ids["scorecard"]
        if scorecard_id == LATEST:
            scorecard_id = self._calls.get(call_id).scorecard_id
        if not scorecard_id:
            raise NotFoundError(f"calls/{call_id} has no scorecard yet; it has one once it is scored")
        stored = self._scorecards.get(call_id, scorecard_id)
        return scorecard_pb2.Scorecard.FromString(stored.payload)

    def ListScorecards(
        self, request: scorecard_service_pb2.ListScorecardsRequest, context: grpc.ServicerContext
    ) -> scorecard_service_pb2.ListScorecardsResponse:
        """Return a page of scorecards in short, the newest first."""
        size = page_size_of(request)
        found = self._scorecards.page(
            self._query(request), after=cursor_of(request, request.page_token), size=size + 1
        )
        page, token = cut_page(
            request, found, size, lambda summary: (summary.create_time, f"{summary.call_id}/{summary.id}")
        )
        return scorecard_service_pb2.ListScorecardsResponse(
            scorecards=[_summary_to_wire(summary) for summary in page], next_page_token=token
        )

    def _query(self, request: scorecard_service_pb2.ListScorecardsRequest) -> ScorecardQuery:
        call_id = CALL.parse(request.parent, field="parent")["call"] if request.parent else _ALL_CALLS
        batch = None
        if request.batch:
            batch = self._batches.get(BATCH.parse(request.batch, field="batch")["batch"])
        return ScorecardQuery(
            call_id="" if call_id == _ALL_CALLS else call_id,
            agent=request.agent,
            queue=request.queue,
            outcome=enum_word(request, "outcome") if request.outcome else "",
            flag=request.flag,
            superseded_too=request.show_superseded,
            batch_id=batch.id if batch else "",
            rubric_revision=batch.rubric_revision if batch else "",
        )


def _summary_to_wire(summary: ScorecardSummary) -> scorecard_service_pb2.ScorecardSummary:
    return scorecard_service_pb2.ScorecardSummary(
        scorecard=scorecard_name(summary.call_id, summary.id),
        external_id=summary.external_id,
        agent=summary.agent,
        queue=summary.queue,
        score=summary.score,
        outcome=scorecard_pb2.Outcome.Result.Value(summary.outcome or "RESULT_UNSPECIFIED"),
        flags=summary.flags,
        rubric_revision=revision_name(summary.rubric_revision),
        create_time=timestamp_from_datetime(summary.create_time),
    )
