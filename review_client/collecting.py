"""Reads from the server what became of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import batch_pb2, call_service_pb2, scorecard_pb2, scorecard_service_pb2

from review_client.connection import CALL_TIMEOUT_S
from review_client.lookup import all_pages
from review_client.results import Result, candidates, most_telling, results_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_client.connection import Server


def list_summaries(
    server: Server,
    query: scorecard_service_pb2.ListScorecardsRequest,
    *,
    limit: int = 0,
) -> tuple[Sequence[scorecard_service_pb2.ScorecardSummary], bool]:
    """Return up to `limit` (0: all) scorecards in short that match `query`, and whether there are more."""

    def fetch(page_size: int, token: str) -> tuple[Sequence[scorecard_service_pb2.ScorecardSummary], str]:
        request = scorecard_service_pb2.ListScorecardsRequest(page_size=page_size, page_token=token)
        request.MergeFrom(query)
        answer = server.scorecards.ListScorecards(request, timeout=CALL_TIMEOUT_S)
        return answer.scorecards, answer.next_page_token

    return all_pages(fetch, limit=limit)


def get_scorecard(server: Server, name: str) -> scorecard_pb2.Scorecard:
    """Return the scorecard with this name. Raises grpc.RpcError, NOT_FOUND when there is none."""
    request = scorecard_service_pb2.GetScorecardRequest(name=name)
    return server.scorecards.GetScorecard(request, timeout=CALL_TIMEOUT_S)


def batch_results(server: Server, batch: batch_pb2.Batch) -> Sequence[Result]:
    """Return what became of each call of the batch, in its order."""
    # A call may have been heard or corrected since: a batch shows what it made of it.
    query = scorecard_service_pb2.ListScorecardsRequest(batch=batch.name, show_superseded=True)
    summaries, _ = list_summaries(server, query)
    agent_of = {
        item.call: server.calls.GetCall(
            call_service_pb2.GetCallRequest(name=item.call), timeout=CALL_TIMEOUT_S
        ).agent
        for item in batch.items
        if item.state == batch_pb2.BatchItem.QUARANTINED
    }
    return results_of(batch, summaries, agent_of)


def explained_scorecard(server: Server, results: Sequence[Result]) -> scorecard_pb2.Scorecard | None:
    """Return the most telling scorecard of a batch, None when it has none."""
    return most_telling((result, get_scorecard(server, result.scorecard)) for result in candidates(results))
