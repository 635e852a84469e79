"""`callqa packs`: statement packs checked, and tried on a call or a sentence."""

from pathlib import Path
from typing import Annotated

import typer
from callqa.v1 import pack_pb2, rubric_service_pb2, transcript_pb2

from review_client import output
from review_client.connection import RUBRIC_TIMEOUT_S, connect
from review_client.errors import WrongInputError
from review_client.lookup import find_call, get_transcript, require_result
from review_client.options import Address, Json
from review_client.render.packs import trial_table
from review_client.rubric_files import check_rubric_files, read_rubric_files, refuse_mistakes
from review_client.words import counted

app = typer.Typer(
    name="packs",
    help="Statement packs: check them, and see what they find in a call or a sentence.",
    no_args_is_help=True,
)


@app.command("check", epilog="Example: callqa packs check billing-statements.yaml")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Statement packs, as YAML.")],
    *,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Check statement packs, run their examples, and print every mistake. Nothing is stored.

    With --json: {"problems": [...]}; exit code 2 when there is one.
    """
    with connect(address) as server:
        check_rubric_files(server, files, as_json=as_json)
    if as_json:
        output.show_object({"problems": []})
    else:
        output.show("no mistakes")


@app.command(
    "try", epilog='Example: callqa packs try billing-statements.yaml --text "This call is recorded."'
)
def try_packs(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Statement packs, as YAML.")
    ] = None,
    *,
    call: Annotated[
        str | None, typer.Option("--call", metavar="CALL", help="Try them on this call's transcript.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="Try them on what one speaker says.")
    ] = None,
    builtin: Annotated[
        list[str] | None,
        typer.Option(
            "--builtin", metavar="NAME", help="Try a built-in pack too; may be given several times."
        ),
    ] = None,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Show which rules of packs fire on a call or a text, on which words, and why the others don't.

    With --text every rule is tried, whoever it asks for; windows, orders and conditions are not looked at.
    Exit code 0 whatever fires; 2 for mistakes in the files.
    """
    if (call is None) == (text is None):
        raise WrongInputError("say what to try the packs on: either --call CALL or --text TEXT")
    paths = files or []
    if not paths and not builtin:
        raise WrongInputError("name the packs to try: files, or --builtin NAME")
    request = rubric_service_pb2.TryStoredPacksRequest(
        files=read_rubric_files(paths), builtin_packs=builtin or []
    )
    with connect(address) as server:
        if call is not None:
            found = find_call(server.calls, call)
            require_result(found, found.transcript, what="transcript")
            request.call = found.name
            transcript = get_transcript(server.calls, found.transcript)
        else:
            request.text = text or ""
            transcript = None
        trial = server.rubrics.TryStoredPacks(request, timeout=RUBRIC_TIMEOUT_S)
    refuse_mistakes(trial.problems, paths, as_json=as_json)
    if as_json:
        output.show_object(trial)
    else:
        _show(trial, transcript, text or "")


def _show(trial: pack_pb2.PackTrial, transcript: transcript_pb2.Transcript | None, text: str) -> None:
    fired = sum(rule.fired for rule in trial.rules)
    output.show(
        trial_table(
            trial, _one_turn(text) if transcript is None else transcript, timed=transcript is not None
        ),
        "",
        f"{fired} of {counted(len(trial.rules), 'rule')} fire",
    )


def _one_turn(text: str) -> transcript_pb2.Transcript:
    """Return the text as the server has read it, to show quotes within their sentences."""
    words = [transcript_pb2.Word(text=word) for word in text.split()]
    return transcript_pb2.Transcript(turns=[transcript_pb2.Turn(text=" ".join(text.split()), words=words)])
