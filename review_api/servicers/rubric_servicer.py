"""RubricService: keeps the scorecard forms."""

# ruff: noqa: ARG002, N802 - the contract gives the methods their names and a context

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import rubric_pb2, rubric_service_pb2, rubric_service_pb2_grpc

from review_api.domain.rubrics import RubricFile
from review_api.servicers.paging import page_size_of, query_key
from review_api.servicers.resource_names import REVISION, RUBRIC
from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.pages import decode_token, encode_token
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    import grpc

    from review_api.domain.rubrics import Revision
    from review_api.use_cases.rubric_catalogue import RubricCatalogue


class RubricServicer(rubric_service_pb2_grpc.RubricServiceServicer):
    """Implements callqa.v1.RubricService."""

    def __init__(self, catalogue: RubricCatalogue) -> None:
        self._catalogue = catalogue

    def CreateRubricRevision(
        self, request: rubric_service_pb2.CreateRubricRevisionRequest, context: grpc.ServicerContext
    ) -> rubric_pb2.RubricRevision:
        """Check the files and store them as the rubric's current revision."""
        if not request.files:
            description = "give one rubric and its packs"
            raise InvalidInputError(
                f"files: {description}", violations=[FieldViolation("files", description)]
            )
        for position, file in enumerate(request.files):
            if not file.file_name:
                field, description = f"files[{position}].file_name", "give the file a name, for messages"
                raise InvalidInputError(
                    f"{field}: {description}", violations=[FieldViolation(field, description)]
                )
        files = [RubricFile(file_name=file.file_name, content=file.content) for file in request.files]
        revision = self._catalogue.create(files, validate_only=request.validate_only)
        return rubric_pb2.RubricRevision() if revision is None else revision_to_wire(revision)

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


def revision_to_wire(revision: Revision) -> rubric_pb2.RubricRevision:
    """Return the revision as it was checked, with the time of its storing."""
    wire = rubric_pb2.RubricRevision.FromString(revision.payload)
    if revision.create_time is not None:
        wire.create_time.CopyFrom(timestamp_from_datetime(revision.create_time))
    return wire
