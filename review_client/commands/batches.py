"""`callqa batches`: what was uploaded together, and how far it is."""

from collections.abc import Sequence
from typing import Annotated

import typer
from callqa.v1 import batch_pb2, call_service_pb2

from review_client import output
from review_client.collecting import batch_results
from review_client.connection import CALL_TIMEOUT_S, Server, connect
from review_client.errors import StoppedError
from review_client.lookup import all_pages
from review_client.options import Address, Json, Limit
from review_client.progress import StageProgress
from review_client.render.tables import batches_table, results_table
from review_client.results import Result, exit_code_of
from review_client.watching import watch_batch

app = typer.Typer(name="batches", help="What was uploaded together, and how far it is.", no_args_is_help=True)

BatchName = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's name, as batches/…, or its id.")]


@app.command("list", epilog="Example: callqa batches list --limit 5")
def list_batches(*, limit: Limit = 50, as_json: Json = False, address: Address = None) -> None:
    """List batches, the newest first."""
    with connect(address) as server:

        def fetch(page_size: int, token: str) -> tuple[Sequence[batch_pb2.Batch], str]:
            request = call_service_pb2.ListBatchesRequest(page_size=page_size, page_token=token)
            answer = server.calls.ListBatches(request, timeout=CALL_TIMEOUT_S)
            return answer.batches, answer.next_page_token

        batches, more = all_pages(fetch, limit=limit)
    output.show_list(batches, batches_table, as_json=as_json, more=more, empty="there are no batches yet")


@app.command("show", epilog="Example: callqa batches show batches/5d41402abc4b2a76")
def show_batch(batch: BatchName, *, as_json: Json = False, address: Address = None) -> None:
    """Show one batch with what became of each call so far."""
    with connect(address) as server:
        found = _get(server, batch)
        if as_json:
            output.show_object(found)
            return
        output.show(batches_table([found]))
        output.show("")
        print_results(batch_results(server, found))


@app.command(
    "watch", epilog="Example: callqa batches watch batches/5d41402abc4b2a76\n\nExit codes: as callqa upload."
)
def watch(batch: BatchName, *, as_json: Json = False, address: Address = None) -> None:
    """Wait until every call of a batch is scored or quarantined, and print one line per call."""
    with connect(address) as server:
        with StageProgress(output.stderr()) as progress:
            found = follow(server, _get(server, batch), progress)
        results = batch_results(server, found)
    if as_json:
        output.show_object(
            {"batch": output.as_json(found), "results": [result.as_json() for result in results]}
        )
    else:
        print_results(results)
    raise typer.Exit(exit_code_of(results, problem_count=0))


def follow(server: Server, batch: batch_pb2.Batch, progress: StageProgress) -> batch_pb2.Batch:
    """Show the batch's progress until it is complete and return it; Ctrl-C leaves it to the server."""
    try:
        for seen in watch_batch(server.calls, batch):
            batch = seen
            progress.batch_changed(batch)
    except KeyboardInterrupt:
        raise StoppedError(
            f"stopped watching; the batch goes on on the server: callqa batches watch {batch.name}"
        ) from None
    return batch


def print_results(results: Sequence[Result]) -> None:
    """Print one line per call."""
    output.show(results_table(results))


def _get(server: Server, name: str) -> batch_pb2.Batch:
    full_name = name if name.startswith("batches/") else f"batches/{name}"
    return server.calls.GetBatch(call_service_pb2.GetBatchRequest(name=full_name), timeout=CALL_TIMEOUT_S)
