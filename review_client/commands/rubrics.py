"""`callqa rubrics`: the scorecard forms, and checking and publishing one's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import grpc
import typer
from callqa.v1 import rubric_pb2, rubric_service_pb2

from review_client import output
from review_client.connection import CALL_TIMEOUT_S, RUBRIC_TIMEOUT_S, connect
from review_client.errors import ExitCode, WrongInputError
from review_client.failures import code_of, problem_place, violations_of
from review_client.intake import file_problem
from review_client.lookup import all_pages
from review_client.options import Address, Json, Limit
from review_client.render.tables import criteria_table, rubrics_table
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
    """Check a rubric and its packs, run their examples, and print the mistakes. Nothing is stored.

    With --json: the rubric's revision, or {"problems": [...]} and exit code 2.
    """
    _create(files, validate_only=True, as_json=as_json, address=address)


@app.command("publish", epilog="Example: callqa rubrics publish billing.yaml billing-statements.yaml")
def publish(files: Files, *, as_json: Json = False, address: Address = None) -> None:
    """Check a rubric and its packs, and store them for `callqa upload --rubric NAME`.

    With --json: the rubric's revision, or {"problems": [...]} and exit code 2.
    """
    _create(files, validate_only=False, as_json=as_json, address=address)


def _create(files: list[Path], *, validate_only: bool, as_json: bool, address: str | None) -> None:
    request = rubric_service_pb2.CreateRubricRevisionRequest(files=_read(files), validate_only=validate_only)
    with connect(address) as server:
        try:
            revision = server.rubrics.CreateRubricRevision(request, timeout=RUBRIC_TIMEOUT_S)
        except grpc.RpcError as error:
            _print_problems(error, files, as_json=as_json)
            raise typer.Exit(ExitCode.WRONG_INPUT) from None
    if as_json:
        output.show_object(revision)
        return
    points = number(sum(criterion.points for criterion in revision.criteria))
    content = f"{counted(len(revision.criteria), 'question')}, {points} points"
    if not validate_only:
        output.show(f"published: {revision.name} ({content})")
    elif revision.criteria:
        output.show(f"no mistakes: {revision.title or revision.name} ({content})")
    else:
        output.show("no mistakes")


def _read(files: list[Path]) -> list[rubric_pb2.RubricFile]:
    # The name is part of the content's hash: the same files are the same revision from every folder.
    names = [file.name for file in files]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise WrongInputError(f"two files are called {doubled[0]}; rename one of them")
    read = []
    for file in files:
        problem = file_problem(file)
        if problem is not None:
            raise WrongInputError(f"{file}: {problem}")
        try:
            read.append(rubric_pb2.RubricFile(file_name=file.name, content=file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            raise WrongInputError(f"{file}: is not UTF-8; save it as UTF-8 text") from None
    return read


def _print_problems(error: grpc.RpcError, files: list[Path], *, as_json: bool) -> None:
    """Print `file:line: field: sentence` per mistake, with the paths as the user gave them."""
    violations = violations_of(error)
    if code_of(error) is not grpc.StatusCode.INVALID_ARGUMENT or not violations:
        raise error
    path_of = {file.name: str(file) for file in files}
    problems: list[dict[str, Any]] = []
    for violation in violations:
        file_name, line, field = problem_place(violation.field) or ("", 0, violation.field)
        path = path_of.get(file_name, file_name)
        problems.append(
            {"file": path, "line": line or None, "field": field, "message": violation.description}
        )
        place = f"{path}:{line}" if line else path
        output.complain(": ".join(filter(None, (place, field, violation.description))))
    if as_json:
        output.show_object({"problems": problems})
