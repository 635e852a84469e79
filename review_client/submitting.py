"""Brings calls to the server: their files first, then one batch. What fails alone is left out alone."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from callqa.v1 import batch_pb2, call_service_pb2, rubric_service_pb2

from review_client.connection import CALL_TIMEOUT_S
from review_client.errors import WrongInputError
from review_client.failures import code_of, sentence_of, violations_of
from review_client.intake import CallSpec, Place, Problem
from review_client.uploading import sha256_of_file, upload_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from review_client.connection import Server

# A batch of thousands of calls is checked and stored before the server answers.
_CREATE_TIMEOUT_S: Final = 120.0
_CALL_FIELD: Final = re.compile(r"calls\[(\d+)\](?:\.(.*))?")
# The server refuses this one file, not the whole upload.
_FILE_REFUSED: Final = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.FAILED_PRECONDITION,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The calls whose files are all on the server, the files' hashes, and what was left out."""

    calls: tuple[CallSpec, ...]
    sha256_of: dict[Path, str]
    problems: tuple[Problem, ...]


def files_of(calls: Sequence[CallSpec]) -> Sequence[Path]:
    """Return every file of the calls once, in their order."""
    return list(dict.fromkeys(leg.path for call in calls for leg in call.legs))


def rubric_name(server: Server, given: str | None) -> str:
    """Return the rubric's resource name after a look whether it is there; "" for the built-in one.

    Raises WrongInputError for an unknown one, before anything is uploaded.
    """
    if not given:
        return ""
    name = given if given.startswith("rubrics/") else f"rubrics/{given}"
    revision = name if "/revisions/" in name else f"{name}/revisions/current"
    try:
        request = rubric_service_pb2.GetRubricRevisionRequest(name=revision)
        server.rubrics.GetRubricRevision(request, timeout=CALL_TIMEOUT_S)
    except grpc.RpcError as error:
        if code_of(error) not in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT}:
            raise
        raise WrongInputError(f"--rubric {given}: {sentence_of(error)}") from None
    return name


def deliver(
    server: Server,
    calls: Sequence[CallSpec],
    *,
    on_sent: Callable[[Path, int], None],
) -> Delivered:
    """Upload every file of the calls that is not there yet.

    `on_sent` is told how many bytes of a file are on their way. A file that can't be read or that the server
    refuses leaves its call out; the same recording under the same external id is taken once.
    """
    sha256_of: dict[Path, str] = {}
    refused: dict[Path, str] = {}
    for path in files_of(calls):
        try:
            sha256_of[path] = sha256_of_file(path)
            upload_file(
                server.calls,
                path,
                sha256=sha256_of[path],
                on_sent=lambda sent_bytes, path=path: on_sent(path, sent_bytes),  # type: ignore[misc]
            )
        except OSError as error:
            refused[path] = f"{path}: can't be read ({error.strerror or 'unknown cause'})"
        except grpc.RpcError as error:
            if code_of(error) not in _FILE_REFUSED:
                raise
            refused[path] = f"{path}: the server refuses it: {sentence_of(error)}"
    delivered: dict[tuple[str, ...], CallSpec] = {}
    problems: list[Problem] = []
    for call in calls:
        reasons = [refused[leg.path] for leg in call.legs if leg.path in refused]
        problems += [_problem(call.place, reason) for reason in reasons]
        if not reasons:
            same = (call.external_id, *(sha256_of[leg.path] for leg in call.legs))
            delivered.setdefault(same, call)
    return Delivered(calls=tuple(delivered.values()), sha256_of=sha256_of, problems=tuple(problems))


def create_batch(
    server: Server,
    delivered: Delivered,
    *,
    rubric: str,
) -> tuple[batch_pb2.Batch | None, Sequence[Problem]]:
    """Make one batch of the calls. A call that the server refuses by its index is left out; the rest go on.

    Returns no batch when every call is refused.
    """
    calls = list(delivered.calls)
    problems: list[Problem] = []
    while calls:
        request = call_service_pb2.CreateBatchRequest(
            rubric=rubric,
            calls=[call.as_call(delivered.sha256_of) for call in calls],
            request_id=str(uuid.uuid4()),
        )
        try:
            return server.calls.CreateBatch(request, timeout=_CREATE_TIMEOUT_S), problems
        except grpc.RpcError as error:
            refused = _refused_calls(error, calls)
            if not refused:
                raise
            problems += refused.values()
            calls = [call for index, call in enumerate(calls) if index not in refused]
    return None, problems


def _refused_calls(error: grpc.RpcError, calls: Sequence[CallSpec]) -> dict[int, Problem]:
    if code_of(error) is not grpc.StatusCode.INVALID_ARGUMENT:
        return {}
    refused: dict[int, Problem] = {}
    for violation in violations_of(error):
        if not violation.field:
            # The server names no more than fit into its answer; the rest comes with the next attempt.
            continue
        match = _CALL_FIELD.match(violation.field)
        if match is None or not 0 <= int(match[1]) < len(calls):
            # Something else is wrong as well: then the request as a whole is.
            return {}
        place = calls[int(match[1])].place
        place = Place(file=place.file, line=place.line, column=match[2] or None)
        refused.setdefault(int(match[1]), Problem(place=place, message=violation.description))
    return refused


def _problem(place: Place, reason: str) -> Problem:
    # A call that is its file needs no second mention of it.
    return Problem(place=place, message=reason.removeprefix(f"{place.file}: "))
