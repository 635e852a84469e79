"""Asks the scoring service about rubrics."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import grpc
from callqa.v1 import rubric_pb2, scoring_service_pb2, scoring_service_pb2_grpc

from review_api.domain.rubrics import CheckedRubric, Revision, RubricMistake
from review_api.servicers.resource_names import REVISION
from servicekit.errors import InvalidInputError, LimitExceededError, UnavailableError
from servicekit.wire import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callqa.v1 import pack_pb2, scorecard_pb2, transcript_pb2

    from review_api.domain.rubrics import RubricFile


class ScoringRubricChecker:
    """Implements RubricChecker with ScoringService; each question may take `timeout_s`."""

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

    def try_packs(
        self,
        files: Sequence[RubricFile],
        builtin_packs: Sequence[str],
        said: transcript_pb2.Transcript | str,
        context: scorecard_pb2.CallContext,
    ) -> pack_pb2.PackTrial:
        """See RubricChecker."""
        request = scoring_service_pb2.TryPacksRequest(
            files=[rubric_pb2.RubricFile(file_name=file.file_name, content=file.content) for file in files],
            builtin_packs=builtin_packs,
            context=context,
        )
        if isinstance(said, str):
            request.text = said
        else:
            request.transcript.CopyFrom(said)
        with _answers():
            trial: pack_pb2.PackTrial = self._scoring.TryPacks(request, timeout=self._timeout_s)
        return trial

    def _check(self, request: scoring_service_pb2.CheckRubricRequest) -> CheckedRubric:
        with _answers():
            answer = self._scoring.CheckRubric(request, timeout=self._timeout_s)
        return CheckedRubric(
            revision=_revision(answer.rubric_revision) if answer.HasField("rubric_revision") else None,
            mistakes=tuple(
                RubricMistake(
                    file_name=problem.file_name,
                    line=problem.line,
                    field=problem.field,
                    message=problem.message,
                )
                for problem in answer.problems
            ),
            builtin_rubrics=tuple(answer.builtin_rubrics),
        )


@contextmanager
def _answers() -> Iterator[None]:
    """Turn what scoring refuses, and its silence, into errors of ours."""
    try:
        yield
    except grpc.RpcError as error:
        if error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
            raise UnavailableError(
                "the scoring service, which knows the rubrics, does not answer; try again in a moment"
            ) from error
        if error.code() is grpc.StatusCode.INVALID_ARGUMENT:
            raise InvalidInputError(str(error.details())) from error
        if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
            raise LimitExceededError(str(error.details())) from error
        raise


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
