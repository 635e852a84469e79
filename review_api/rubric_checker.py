"""Asks the scoring service about rubrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from callqa.v1 import rubric_pb2, scoring_service_pb2, scoring_service_pb2_grpc

from review_api.domain.rubrics import CheckedRubric, Revision
from review_api.servicers.resource_names import REVISION
from servicekit.errors import FieldViolation, UnavailableError
from servicekit.wire import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.rubrics import RubricFile


class ScoringRubricChecker:
    """Implements RubricChecker with ScoringService.CheckRubric; each question may take `timeout_s`."""

    def __init__(self, channel: grpc.Channel, *, timeout_s: float) -> None:
        self._scoring = scoring_service_pb2_grpc.ScoringServiceStub(channel)
        self._timeout_s = timeout_s

    def check_builtin(self, name: str) -> CheckedRubric:
        """See RubricChecker."""
        return self._check(scoring_service_pb2.CheckRubricRequest(builtin=name))

    def check_files(self, files: Sequence[RubricFile]) -> CheckedRubric:
        """See RubricChecker."""
        source = scoring_service_pb2.RubricSource(
            files=[rubric_pb2.RubricFile(file_name=file.file_name, content=file.content) for file in files]
        )
        return self._check(scoring_service_pb2.CheckRubricRequest(source_files=source))

    def _check(self, request: scoring_service_pb2.CheckRubricRequest) -> CheckedRubric:
        try:
            answer = self._scoring.CheckRubric(request, timeout=self._timeout_s)
        except grpc.RpcError as error:
            if error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
                raise UnavailableError(
                    "the scoring service, which knows the rubrics, does not answer; try again in a moment"
                ) from error
            raise
        return CheckedRubric(
            revision=_revision(answer.rubric_revision) if answer.HasField("rubric_revision") else None,
            problems=tuple(_violation(problem) for problem in answer.problems),
            builtin_rubrics=tuple(answer.builtin_rubrics),
        )


def _revision(wire: rubric_pb2.RubricRevision) -> Revision:
    ids = REVISION.parse(wire.name)
    content = rubric_pb2.RubricRevision()
    content.CopyFrom(wire)
    content.ClearField("create_time")
    return Revision(
        rubric=ids["rubric"],
        revision=ids["revision"],
        content_sha256=wire.content_sha256,
        payload=canonical_bytes(content),
    )


def _violation(problem: rubric_pb2.RubricProblem) -> FieldViolation:
    line = f" line {problem.line}" if problem.line else ""
    place = f": {problem.field}" if problem.field else ""
    return FieldViolation(f"{problem.file_name}{line}{place}", problem.message)
