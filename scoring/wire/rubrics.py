"""Files, revisions and mistakes of rubrics and packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import rubric_pb2

from scoring.domain.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scoring.compiling import CompiledRubric
    from scoring.packs.problem import Problem


def files_from_wire(messages: Iterable[rubric_pb2.RubricFile]) -> list[SourceFile]:
    """Return the files of a request."""
    return [SourceFile(file_name=message.file_name, content=message.content) for message in messages]


def revision_to_wire(compiled: CompiledRubric) -> rubric_pb2.RubricRevision:
    """Return a compiled rubric as a revision."""
    return rubric_pb2.RubricRevision(
        name=compiled.revision,
        title=compiled.rubric.title,
        content_sha256=compiled.sha256,
        files=[
            rubric_pb2.RubricFile(file_name=file.file_name, content=file.content) for file in compiled.files
        ],
        criteria=[
            rubric_pb2.Criterion(
                id=criterion.id,
                title=criterion.title,
                section=criterion.section,
                points=criterion.points,
                auto_fail=criterion.auto_fail,
            )
            for criterion in compiled.rubric.criteria
        ],
    )


def problem_to_wire(problem: Problem) -> rubric_pb2.RubricProblem:
    """Return a problem."""
    return rubric_pb2.RubricProblem(
        file_name=problem.file_name, line=problem.line, field=problem.field, message=problem.message
    )
