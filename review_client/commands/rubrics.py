"""`callqa rubrics`: the scorecard forms, and checking and publishing one's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from callqa.v1 import rubric_pb2, rubric_service_pb2

from review_client import output
from review_client.connection import CALL_TIMEOUT_S, RUBRIC_TIMEOUT_S, connect
from review_client.lookup import all_pages
from review_client.options import Address, Json, Limit
from review_client.render.tables import criteria_table, rubrics_table
from review_client.rubric_files import check_rubric_files, read_rubric_files
from review_client.words import counted, number

app = typer.Typer(name="rubrics", help="Scorecard forms: see, check and publish them.", no_args_is_help=True)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="One rubric and its statement packs, as YAML.")
]


@app.command("list", epilog="Example: callqa rubrics list")
def list_rubrics(*, limit: Limit = 50, as_json: Json = False, address: Address = None) -> None:
    """List rubrics by name, the built-in ones too."""
    with connect(address) as server:

        def fetch(page_size: int, token: str) -> tuple[Sequence[rubric_pb2.Rubric], str]:
            request = rubric_service_pb2.ListRubricsRequest(page_size=page_size, page_token=token)
            answer = server.rubrics.ListRubrics(request, timeout=CALL_TIMEOUT_S)
            return answer.rubrics, answer.next_page_token

        rubrics, more = all_pages(fetch, limit=limit)
    output.show_list(rubrics, rubrics_table, as_json=as_json, more=more, empty="there are no rubrics yet")


@app.command("show", epilog="Example: callqa rubrics show service-quality")
def show_rubric(
    rubric: Annotated[str, typer.Argument(metavar="RUBRIC", help="Its name, or rubrics/NAME/revisions/ID.")],
    *,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Show a rubric's questions with their points. --json has its files too."""
    name = rubric if rubric.startswith("rubrics/") else f"rubrics/{rubric}"
    if "/revisions/" not in name:
        name += "/revisions/current"
    with connect(address) as server:
        request = rubric_service_pb2.GetRubricRevisionRequest(name=name)
        revision = server.rubrics.GetRubricRevision(request, timeout=CALL_TIMEOUT_S)
    if as_json:
        output.show_object(revision)
    else:
        output.show(f"{revision.title}  {revision.name}", "", criteria_table(revision))


@app.command("check", epilog="Example: callqa rubrics check billing.yaml billing-statements.yaml")
def check(files: Files, *, as_json: Json = False, address: Address = None) -> None:
    """Check a rubric and its packs, run their examples, and print every mistake. Nothing is stored.

    With --json: the rubric's revision, or {"problems": [...]} and exit code 2.
    """
    with connect(address) as server:
        revision = check_rubric_files(server, files, as_json=as_json)
    if as_json:
        output.show_object(revision)
    elif revision.criteria:
        output.show(f"no mistakes: {revision.title or revision.name} ({_content(revision)})")
    else:
        output.show("no mistakes")


@app.command("publish", epilog="Example: callqa rubrics publish billing.yaml billing-statements.yaml")
def publish(files: Files, *, as_json: Json = False, address: Address = None) -> None:
    """Check a rubric and its packs, and store them for `callqa upload --rubric NAME`.

    With --json: the rubric's revision, or {"problems": [...]} and exit code 2.
    """
    with connect(address) as server:
        # An error of the second call holds a few mistakes at most; this one lists them all.
        check_rubric_files(server, files, as_json=as_json)
        request = rubric_service_pb2.CreateRubricRevisionRequest(files=read_rubric_files(files))
        revision = server.rubrics.CreateRubricRevision(request, timeout=RUBRIC_TIMEOUT_S)
    if as_json:
        output.show_object(revision)
    else:
        output.show(f"published: {revision.name} ({_content(revision)})")


def _content(revision: rubric_pb2.RubricRevision) -> str:
    points = number(sum(criterion.points for criterion in revision.criteria))
    return f"{counted(len(revision.criteria), 'question')}, {points} points"
