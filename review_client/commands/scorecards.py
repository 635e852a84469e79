"""`callqa scorecards` and `callqa scorecard`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, TypeVar

import grpc
import typer
from callqa.v1 import (
    call_service_pb2,
    rubric_pb2,
    rubric_service_pb2,
    scorecard_pb2,
    scorecard_service_pb2,
    transcript_pb2,
)

from review_client import output
from review_client.collecting import get_scorecard, list_summaries
from review_client.connection import CALL_TIMEOUT_S, Server, connect
from review_client.failures import code_of
from review_client.lookup import find_call, get_transcript, require_result
from review_client.options import Address, Agent, CallName, Json, Limit, Queue
from review_client.render.scorecard import scorecard_card
from review_client.render.tables import scorecards_table

Found = TypeVar("Found")
Full = Annotated[
    bool, typer.Option("--full", help="Every quote, and why a question had no occasion in the call.")
]

app = typer.Typer(name="scorecards", help="What was found in the calls.", no_args_is_help=True)


class OutcomeWord(StrEnum):
    """Outcome.Result as typed on the command line."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    ESCALATED = "escalated"
    FOLLOW_UP_PROMISED = "follow-up-promised"
    PARTLY_RESOLVED = "partly-resolved"
    UNDETERMINED = "undetermined"


@app.command("list", epilog="Example: callqa scorecards list --outcome unresolved --flag needs-review")
def list_scorecards(  # noqa: PLR0913 - each is an option of the command
    *,
    agent: Agent = "",
    queue: Queue = "",
    outcome: Annotated[
        OutcomeWord | None, typer.Option("--outcome", help="Only calls that ended so.")
    ] = None,
    flag: Annotated[str, typer.Option("--flag", metavar="WORD", help="Only cards with this flag.")] = "",
    batch: Annotated[str, typer.Option("--batch", metavar="BATCH", help="Only cards of this batch.")] = "",
    superseded: Annotated[
        bool, typer.Option("--superseded", help="Also cards whose place a later one of the call has taken.")
    ] = False,
    limit: Limit = 50,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """List scorecards, the newest first."""
    query = scorecard_service_pb2.ListScorecardsRequest(
        agent=agent,
        queue=queue,
        outcome=scorecard_pb2.Outcome.Result.Value(outcome.name)
        if outcome
        else scorecard_pb2.Outcome.RESULT_UNSPECIFIED,
        flag=flag,
        show_superseded=superseded,
        batch=f"batches/{batch.removeprefix('batches/')}" if batch else "",
    )
    with connect(address) as server:
        summaries, more = list_summaries(server, query, limit=limit)
    output.show_list(summaries, scorecards_table, as_json=as_json, more=more, empty="no scorecards match")


def scorecard(call: CallName, *, full: Full = False, as_json: Json = False, address: Address = None) -> None:
    """Show a call's scorecard: answers, points, quotes with times, and what was searched in vain."""
    with connect(address) as server:
        card = _find(server, call)
        if as_json:
            output.show_object(card)
        else:
            print_scorecard(server, card, full=full)


def print_scorecard(server: Server, card: scorecard_pb2.Scorecard, *, full: bool = False) -> None:
    """Print the scorecard with its call and the titles of its rubric."""
    name = "/".join(card.name.split("/")[:2])
    call = server.calls.GetCall(call_service_pb2.GetCallRequest(name=name), timeout=CALL_TIMEOUT_S)
    revision, transcript = _revision(server, card.rubric_revision), _transcript(server, card.transcript)
    output.show_prose(scorecard_card(card, call, revision, transcript, full=full))


def _find(server: Server, wanted: str) -> scorecard_pb2.Scorecard:
    if "/scorecards/" in wanted:
        return get_scorecard(server, wanted)
    call = find_call(server.calls, wanted)
    require_result(call, call.scorecard, what="scorecard")
    return get_scorecard(server, call.scorecard)


def _revision(server: Server, name: str) -> rubric_pb2.RubricRevision | None:
    """Return the rubric revision, None when the server has it no more: ids then stand for titles."""
    request = rubric_service_pb2.GetRubricRevisionRequest(name=name)
    return _if_there(lambda: server.rubrics.GetRubricRevision(request, timeout=CALL_TIMEOUT_S))


def _transcript(server: Server, name: str) -> transcript_pb2.Transcript | None:
    """Return the transcript that was judged, None when the server has it no more."""
    return _if_there(lambda: get_transcript(server.calls, name))


def _if_there(get: Callable[[], Found]) -> Found | None:
    try:
        return get()
    except grpc.RpcError as error:
        if code_of(error) is grpc.StatusCode.NOT_FOUND:
            return None
        raise
