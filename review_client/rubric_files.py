"""The YAML files of rubrics and packs: read, checked by the server, their mistakes printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from callqa.v1 import rubric_pb2, rubric_service_pb2

from review_client import output
from review_client.connection import RUBRIC_TIMEOUT_S
from review_client.errors import ExitCode, WrongInputError
from review_client.intake import file_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from review_client.connection import Server


def read_rubric_files(files: Sequence[Path]) -> list[rubric_pb2.RubricFile]:
    """Return the files as the contract carries them. Raises WrongInputError for one that can't be sent."""
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


def check_rubric_files(server: Server, files: Sequence[Path], *, as_json: bool) -> rubric_pb2.RubricRevision:
    """Return the revision that the files would be, empty for packs alone.

    Prints every mistake and exits with WRONG_INPUT when there is one.
    """
    request = rubric_service_pb2.CheckRubricFilesRequest(files=read_rubric_files(files))
    answer = server.rubrics.CheckRubricFiles(request, timeout=RUBRIC_TIMEOUT_S)
    refuse_mistakes(answer.problems, files, as_json=as_json)
    return answer.rubric_revision


def refuse_mistakes(
    problems: Iterable[rubric_pb2.RubricProblem], files: Sequence[Path], *, as_json: bool
) -> None:
    """Print `file:line: field: sentence` per mistake, with the paths as the user gave them, and exit."""
    path_of = {file.name: str(file) for file in files}
    told: list[dict[str, Any]] = []
    for problem in problems:
        path = path_of.get(problem.file_name, problem.file_name)
        told.append(
            {"file": path, "line": problem.line or None, "field": problem.field, "message": problem.message}
        )
        place = f"{path}:{problem.line}" if problem.line else path
        output.complain(": ".join(filter(None, (place, problem.field, problem.message))))
    if told:
        if as_json:
            output.show_object({"problems": told})
        raise typer.Exit(ExitCode.WRONG_INPUT)
