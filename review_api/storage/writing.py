"""How documents are written (insert unless there, compare and set), and where a page begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import InsertOne, ReplaceOne, UpdateOne

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymongo.client_session import ClientSession
    from pymongo.collection import Collection

    from review_api.ports import Cursor


def collection_of(document: Any) -> Collection[dict[str, Any]]:  # noqa: ANN401 - mongoengine is untyped
    """Return the driver's collection of a document class."""
    collection: Collection[dict[str, Any]] = document._get_collection()  # noqa: SLF001 - mongoengine's own way
    return collection


def document_of(document: Any, fields: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the fields that the driver has read as a document of the class."""
    return document._from_son(fields)  # noqa: SLF001 - mongoengine's own way


def add_missing(documents: Sequence[Any]) -> None:
    """Insert those documents, all of one class, whose ids are not there; the others stay as they are."""
    if not documents:
        return
    writes = []
    for document in documents:
        fields = stored_fields(document)
        writes.append(UpdateOne({"_id": fields.pop("_id")}, {"$setOnInsert": fields}, upsert=True))
    collection_of(type(documents[0])).bulk_write(writes, ordered=False)


def insert_all(documents: Sequence[Any], session: ClientSession) -> None:
    """Insert documents, all of one class and at least one, within a transaction."""
    writes = [InsertOne(stored_fields(document)) for document in documents]
    collection_of(type(documents[0])).bulk_write(writes, session=session)


def replace_all(documents: Sequence[tuple[Any, int]], session: ClientSession) -> None:
    """Replace each document that still has the version beside it, all of one class, within a transaction."""
    writes = [
        ReplaceOne({"_id": document.id, "version": seen_version}, _next_version(document, seen_version))
        for document, seen_version in documents
    ]
    collection_of(type(documents[0][0])).bulk_write(writes, session=session)


def compare_and_set(document: Any, seen_version: int) -> bool:  # noqa: ANN401
    """Replace the stored document, if it still has `seen_version`, by this one with the next version.

    True as well when exactly that was written before: a write whose answer was lost may be repeated.
    """
    fields = _next_version(document, seen_version)
    collection = collection_of(type(document))
    key = fields["_id"]
    if collection.replace_one({"_id": key, "version": seen_version}, fields).matched_count:
        return True
    return collection.count_documents({"_id": key} | fields, limit=1) == 1


def _next_version(document: Any, seen_version: int) -> dict[str, Any]:  # noqa: ANN401
    return stored_fields(document) | {"version": seen_version + 1}


def stored_fields(document: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the document's checked fields as the driver writes them."""
    document.validate()
    fields: dict[str, Any] = document.to_mongo().to_dict()
    return fields


def after_condition(cursor: Cursor | None) -> dict[str, Any]:
    """Return the condition for what follows the cursor in a newest-first list."""
    if cursor is None:
        return {}
    moment = datetime.fromtimestamp(cursor.create_time_ms / 1000, UTC)
    return {
        "create_time": {"$lte": moment},
        "$or": [{"create_time": {"$lt": moment}}, {"_id": {"$lt": cursor.id}}],
    }
