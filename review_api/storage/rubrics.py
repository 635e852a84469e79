"""Rubrics and the engine register in MongoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from review_api.clock import now
from review_api.domain.quarantine import EngineVersions, Stage
from review_api.domain.rubrics import Revision, Rubric
from review_api.storage.documents import EngineDocument, RevisionDocument, RubricDocument
from review_api.storage.outages import storage_errors
from review_api.storage.writing import add_missing
from servicekit.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

_CURRENT = "current"


class MongoRubricRepository:
    """Implements RubricRepository."""

    @storage_errors()
    def add_current(self, revision: Revision) -> Revision:
        """See RubricRepository."""
        # The revision first, so that a rubric never points to nothing.
        add_missing(
            [
                RevisionDocument(
                    id=revision.key,
                    content_sha256=revision.content_sha256,
                    payload=revision.payload,
                    create_time=revision.create_time or now(),
                )
            ]
        )
        RubricDocument.objects(id=revision.rubric).update_one(
            set__current_revision=revision.revision, upsert=True
        )
        return self.get(revision.rubric, revision.revision)

    @storage_errors()
    def get(self, rubric: str, revision: str) -> Revision:
        """See RubricRepository."""
        if revision == _CURRENT:
            current = self.find_current(rubric)
            if current is None:
                raise NotFoundError(f"rubrics/{rubric} does not exist")
            return current
        document = RevisionDocument.objects.with_id(f"{rubric}/{revision}")
        if document is None:
            raise NotFoundError(f"rubrics/{rubric}/revisions/{revision} does not exist")
        return _revision_from(document)

    @storage_errors()
    def find_current(self, rubric: str) -> Revision | None:
        """See RubricRepository."""
        document = RubricDocument.objects.with_id(rubric)
        return None if document is None else self.get(rubric, document.current_revision)

    @storage_errors()
    def names(self) -> Sequence[str]:
        """See RubricRepository."""
        return [str(name) for name in RubricDocument.objects.order_by("id").scalar("id")]

    @storage_errors()
    def page(self, *, after: str, size: int) -> Sequence[Rubric]:
        """See RubricRepository."""
        return [
            Rubric(name=document.id, current_revision=document.current_revision)
            for document in RubricDocument.objects(id__gt=after).order_by("id").limit(size)
        ]


class MongoEngineRegister:
    """Implements EngineRegister."""

    @storage_errors()
    def seen(self, stage: Stage, version: str) -> None:
        """See EngineRegister."""
        EngineDocument.objects(id=stage.value).update_one(set__version=version, upsert=True)

    @storage_errors()
    def current(self) -> EngineVersions:
        """See EngineRegister."""
        versions = {document.id: document.version for document in EngineDocument.objects}
        return EngineVersions(
            model_version=versions.get(Stage.TRANSCRIPTION.value, ""),
            engine_version=versions.get(Stage.SCORING.value, ""),
        )


def _revision_from(document: Any) -> Revision:  # noqa: ANN401 - mongoengine is untyped
    rubric, revision = document.id.split("/")
    return Revision(
        rubric=rubric,
        revision=revision,
        content_sha256=document.content_sha256,
        payload=bytes(document.payload),
        create_time=document.create_time,
    )
