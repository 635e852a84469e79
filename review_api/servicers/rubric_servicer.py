"""RubricService: keeps the scorecard forms."""

# ruff: noqa: ARG002, N802 - the contract gives the methods their names and a context

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import rubric_pb2, rubric_service_pb2, rubric_service_pb2_grpc

from review_api.domain.rubrics import RubricFile
from review_api.servicers.paging import page_size_of, query_key
from review_api.servicers.resource_names import CALL, REVISION, RUBRIC
from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.pages import decode_token, encode_token
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    import grpc
    from callqa.v1 import pack_pb2

    from review_api.domain.rubrics import Revision
    from review_api.use_cases.rubric_catalogue import RubricCatalogue
    from review_api.use_cases.try_packs import TryPacks


class RubricServicer(rubric_service_pb2_grpc.RubricServiceServicer):
    """Implements callqa.v1.RubricService."""

    def __init__(self, catalogue: RubricCatalogue, try_packs: TryPacks) -> None:
        self._catalogue = catalogue
        self._try_packs = try_packs

    def CreateRubricRevision(
        self, request: rubric_service_pb2.CreateRubricRevisionRequest, context: grpc.ServicerContext
    ) -> rubric_pb2.RubricRevision:
        """Check the files and store them as the rubric's current revision."""
        files = _files(request.files)
        _require(files)
        revision = self._catalogue.create(files, validate_only=request.validate_only)
        return rubric_pb2.RubricRevision() if revision is None else revision_to_wire(revision)

    def CheckRubricFiles(
        self, request: rubric_service_pb2.CheckRubricFilesRequest, context: grpc.ServicerContext
    ) -> rubric_service_pb2.CheckRubricFilesResponse:
        """Check the files and list every mistake."""
        files = _files(request.files)
        _require(files)
        checked = self._catalogue.check(files)
        return rubric_service_pb2.CheckRubricFilesResponse(
            rubric_revision=None if checked.revision is None else revision_to_wire(checked.revision),
            problems=[
                rubric_pb2.RubricProblem(
                    file_name=mistake.file_name,
                    line=mistake.line,
                    field=mistake.field,
                    message=mistake.message,
                )
                for mistake in checked.mistakes
            ],
        )

    def TryStoredPacks(
        self, request: rubric_service_pb2.TryStoredPacksRequest, context: grpc.ServicerContext
    ) -> pack_pb2.PackTrial:
        """Show what packs find in a stored call or in a text."""
        files = _files(request.files)
        if not request.builtin_packs:
            _require(files)
        if request.WhichOneof("source") == "call":
            call_id = CALL.parse(request.call)["call"]
            return self._try_packs.on_call(files, request.builtin_packs, call_id)
        return self._try_packs.on_text(files, request.builtin_packs, request.text)

    def GetRubricRevision(
        self, request: rubric_service_pb2.GetRubricRevisionRequest, context: grpc.ServicerContext
    ) -> rubric_pb2.RubricRevision:
        """Return one revision with its files."""
        REVISION.parse(request.name)
        return revision_to_wire(self._catalogue.resolve(request.name))

    def ListRubrics(
        self, request: rubric_service_pb2.ListRubricsRequest, context: grpc.ServicerContext
    ) -> rubric_service_pb2.ListRubricsResponse:
        """Return a page of rubrics by name, built-in ones too."""
        size, key = page_size_of(request), query_key(request)
        found = self._catalogue.page(after=str(decode_token(request.page_token, key) or ""), size=size + 1)
        page = found[:size]
        return rubric_service_pb2.ListRubricsResponse(
            rubrics=[
                rubric_pb2.Rubric(
                    name=RUBRIC.format(rubric=rubric.name),
                    current_revision=REVISION.format(rubric=rubric.name, revision=rubric.current_revision),
                )
                for rubric in page
            ],
            next_page_token=encode_token(key, page[-1].name) if len(found) > size else "",
        )


def _files(messages: Sequence[rubric_pb2.RubricFile]) -> list[RubricFile]:
    for position, file in enumerate(messages):
        if not file.file_name:
            field, description = f"files[{position}].file_name", "give the file a name, for messages"
            raise InvalidInputError(
                f"{field}: {description}", violations=[FieldViolation(field, description)]
            )
    return [RubricFile(file_name=file.file_name, content=file.content) for file in messages]


def _require(files: Sequence[RubricFile]) -> None:
    if not files:
        description = "give one rubric and its packs"
        raise InvalidInputError(f"files: {description}", violations=[FieldViolation("files", description)])


def revision_to_wire(revision: Revision) -> rubric_pb2.RubricRevision:
    """Return the revision as it was checked, with the time of its storing."""
    wire = rubric_pb2.RubricRevision.FromString(revision.payload)
    if revision.create_time is not None:
        wire.create_time.CopyFrom(timestamp_from_datetime(revision.create_time))
    return wire
