"""Calls in MongoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review_api.clock import now
from review_api.storage.documents import CallDocument
from review_api.storage.mapping import call_document, call_from
from review_api.storage.outages import storage_errors
from review_api.storage.writing import add_missing, after_condition, compare_and_set
from servicekit.errors import NotFoundError, StaleError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from review_api.domain.calls import Call
    from review_api.ports import CallQuery, Cursor


class MongoCallRepository:
    """Implements CallRepository."""

    @storage_errors()
    def add_all(self, calls: Sequence[Call]) -> None:
        """See CallRepository."""
        add_missing([call_document(call) for call in calls])

    @storage_errors()
    def get(self, call_id: str) -> Call:
        """See CallRepository."""
        document = CallDocument.objects.with_id(call_id)
        if document is None:
            raise NotFoundError(f"calls/{call_id} does not exist")
        return call_from(document)

    @storage_errors()
    def get_all(self, call_ids: Collection[str]) -> Mapping[str, Call]:
        """See CallRepository."""
        return {document.id: call_from(document) for document in CallDocument.objects(id__in=list(call_ids))}

    @storage_errors()
    def replace(self, seen: Call, changed: Call) -> Call:
        """See CallRepository."""
        written = replace(changed, update_time=now(), version=seen.version + 1)
        if not compare_and_set(call_document(written), seen.version):
            raise StaleError(f"calls/{seen.id} has changed since it was read; read it again")
        return written

    @storage_errors()
    def page(self, query: CallQuery, *, after: Cursor | None, size: int) -> Sequence[Call]:
        """See CallRepository."""
        found = CallDocument.objects(__raw__=call_conditions(query, after))
        return [call_from(document) for document in found.order_by("-create_time", "-id").limit(size)]


def call_conditions(query: CallQuery, after: Cursor | None) -> dict[str, Any]:
    """Return the query as MongoDB takes it."""
    conditions: dict[str, Any] = {
        field: value for field in ("agent", "queue", "external_id") if (value := getattr(query, field))
    }
    if query.state is not None:
        conditions["state"] = query.state.value
    return conditions | after_condition(after)
