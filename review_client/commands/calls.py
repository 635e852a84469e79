"""`callqa calls` and `callqa transcript`."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from callqa.v1 import call_pb2, call_service_pb2

from review_client import output
from review_client.commands.correcting import rehear, set_roles
from review_client.connection import CALL_TIMEOUT_S, connect
from review_client.lookup import all_pages, find_call, get_transcript, require_result
from review_client.options import Address, Agent, CallName, Json, Limit, Queue
from review_client.render.call import call_facts
from review_client.render.tables import calls_table
from review_client.render.transcript import transcript_text

app = typer.Typer(name="calls", help="The calls that were uploaded.", no_args_is_help=True)


class State(StrEnum):
    """Call.State as typed on the command line."""

    RECEIVED = "received"
    TRANSCRIBED = "transcribed"
    SCORED = "scored"
    QUARANTINED = "quarantined"


@app.command("list", epilog="Example: callqa calls list --agent ana --state quarantined")
def list_calls(
    *,
    state: Annotated[State | None, typer.Option("--state", help="Only calls in this state.")] = None,
    agent: Agent = "",
    queue: Queue = "",
    external_id: Annotated[
        str,
        typer.Option("--external-id", metavar="ID", help="Only calls with this id of your telephony system."),
    ] = "",
    limit: Limit = 50,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """List calls, the newest first."""
    with connect(address) as server:

        def fetch(page_size: int, token: str) -> tuple[Sequence[call_pb2.Call], str]:
            request = call_service_pb2.ListCallsRequest(
                page_size=page_size,
                page_token=token,
                state=call_pb2.Call.State.Value(state.name) if state else call_pb2.Call.STATE_UNSPECIFIED,
                agent=agent,
                queue=queue,
                external_id=external_id,
            )
            answer = server.calls.ListCalls(request, timeout=CALL_TIMEOUT_S)
            return answer.calls, answer.next_page_token

        calls, more = all_pages(fetch, limit=limit)
    output.show_list(calls, calls_table, as_json=as_json, more=more, empty="no calls match")


@app.command("show", epilog="Example: callqa calls show 2026-05-02-0917")
def show_call(call: CallName, *, as_json: Json = False, address: Address = None) -> None:
    """Show one call with everything that is known of it."""
    with connect(address) as server:
        found = find_call(server.calls, call)
        words = None
        if found.transcript and not as_json:
            words = get_transcript(server.calls, found.transcript)
    if as_json:
        output.show_object(found)
    else:
        output.show(call_facts(found, words))


app.command(
    "set-roles",
    epilog="Examples: callqa calls set-roles 2026-05-02-0917 --swap; "
    "callqa calls set-roles 2026-05-02-0917 --speaker 0=agent --speaker 1=customer",
)(set_roles)
app.command("rehear", epilog="Example: callqa calls rehear 2026-05-02-0917 2026-05-02-0933")(rehear)


def transcript(call: CallName, *, as_json: Json = False, address: Address = None) -> None:
    """Show what was said in a call: one turn after another, with times and speakers."""
    with connect(address) as server:
        found = find_call(server.calls, call)
        require_result(found, found.transcript, what="transcript")
        words = get_transcript(server.calls, found.transcript)
    if as_json:
        output.show_object(words)
    else:
        output.show_prose(transcript_text(words, found))
