"""Scorecards in MongoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from review_api.domain.hashing import scorecard_id_of
from review_api.domain.results import StoredScorecard
from review_api.storage.documents import BatchItemDocument, ScorecardDocument
from review_api.storage.mapping import summary_from
from review_api.storage.outages import storage_errors
from review_api.storage.payloads import read_payload, stored_inline
from review_api.storage.writing import add_missing, after_condition
from servicekit.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from review_api.domain.results import ScorecardSummary
    from review_api.ports import Cursor, ScorecardQuery


class MongoScorecardRepository:
    """Implements ScorecardRepository."""

    @storage_errors()
    def put(self, scorecard: StoredScorecard) -> StoredScorecard:
        """See ScorecardRepository."""
        summary = scorecard.summary
        key = f"{summary.call_id}/{summary.id}"
        if ScorecardDocument.objects(id=key).only("id").first() is None:
            add_missing(
                [
                    ScorecardDocument(
                        id=key,
                        call_id=summary.call_id,
                        transcript_id=summary.transcript_id,
                        rubric_revision=summary.rubric_revision,
                        engine_version=summary.engine_version,
                        external_id=summary.external_id,
                        agent=summary.agent,
                        queue=summary.queue,
                        score=summary.score,
                        outcome=summary.outcome,
                        flags=list(summary.flags),
                        payload=stored_inline(scorecard.payload),
                        payload_sha256=scorecard.payload_sha256,
                        create_time=summary.create_time,
                    )
                ]
            )
        return self.get(summary.call_id, summary.id)

    @storage_errors()
    def put_in_force(self, call_id: str, scorecard_id: str, *, rubric_revision: str) -> None:
        """See ScorecardRepository."""
        key = f"{call_id}/{scorecard_id}"
        ScorecardDocument.objects(id=key).update(set__superseded=False)
        others = ScorecardDocument.objects(call_id=call_id, rubric_revision=rubric_revision, id__ne=key)
        others.update(set__superseded=True)

    @storage_errors()
    def find_ids(
        self, transcript_ids: Mapping[str, str], *, rubric_revision: str, engine_version: str
    ) -> Mapping[str, str]:
        """See ScorecardRepository."""
        keys = [
            f"{call_id}/{scorecard_id_of(transcript_id, rubric_revision, engine_version)}"
            for call_id, transcript_id in transcript_ids.items()
        ]
        found = ScorecardDocument.objects(id__in=keys)
        return {document.call_id: document.id.rsplit("/", 1)[-1] for document in found.only("id", "call_id")}

    @storage_errors()
    def get(self, call_id: str, scorecard_id: str) -> StoredScorecard:
        """See ScorecardRepository."""
        found = ScorecardDocument.objects.with_id(f"{call_id}/{scorecard_id}")
        if found is None:
            raise NotFoundError(
                f"calls/{call_id}/scorecards/{scorecard_id} does not exist; an unscored call has none"
            )
        payload = read_payload(f"scorecard {found.id}", found.payload, found.payload_sha256)
        return StoredScorecard(summary=summary_from(found), payload=payload)

    @storage_errors()
    def page(self, query: ScorecardQuery, *, after: Cursor | None, size: int) -> Sequence[ScorecardSummary]:
        """See ScorecardRepository."""
        found = ScorecardDocument.objects(__raw__=scorecard_conditions(query, after)).exclude("payload")
        return [summary_from(document) for document in found.order_by("-create_time", "-id").limit(size)]


def scorecard_conditions(query: ScorecardQuery, after: Cursor | None) -> dict[str, Any]:
    """Return the query as MongoDB takes it."""
    fields = {"call_id": "call_id", "agent": "agent", "queue": "queue", "outcome": "outcome", "flag": "flags"}
    conditions: dict[str, Any] = {
        stored: value for field, stored in fields.items() if (value := getattr(query, field))
    }
    if not query.superseded_too:
        conditions["superseded"] = {"$ne": True}
    if query.rubric_revision:
        conditions["rubric_revision"] = query.rubric_revision
    if query.batch_id:
        calls = BatchItemDocument.objects(batch_id=query.batch_id).scalar("call_id")
        # Beside a condition on the call, not instead of it.
        conditions["$and"] = [{"call_id": {"$in": list(calls)}}]
    return conditions | after_condition(after)
