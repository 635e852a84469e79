"""The collections as they are stored. Nothing outside `storage` sees a document.

Fields are named as in the domain; `strict: False` lets an old process read what a newer one wrote while a
deployment rolls. Times are UTC, exact to a millisecond.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from mongoengine import (
    BinaryField,
    BooleanField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    FloatField,
    IntField,
    ListField,
    StringField,
)


def _meta(collection: str, *indexes: dict[str, Any]) -> dict[str, Any]:
    return {
        "collection": collection,
        "auto_create_index": False,
        "index_cls": False,
        "strict": False,
        "indexes": list(indexes),
    }


def _newest(*fields: str) -> dict[str, Any]:
    """Return the index of a newest-first list that is narrowed by `fields`."""
    return {"fields": [*fields, "-create_time", "-id"]}


class QuarantineDocument(EmbeddedDocument):
    """domain.quarantine.Quarantine."""

    meta: ClassVar = {"strict": False}
    reason = StringField(required=True)
    message = StringField(required=True)
    quarantine_time = DateTimeField(required=True)
    stage = StringField(required=True)
    version = StringField()


class LegDocument(EmbeddedDocument):
    """domain.calls.Leg."""

    meta: ClassVar = {"strict": False}
    recording_sha256 = StringField(required=True)
    channel_roles = ListField(StringField())
    file_name = StringField()


class LabelDocument(EmbeddedDocument):
    """One label; a list of them, since a key may hold a dot, which a field's name may not."""

    meta: ClassVar = {"strict": False}
    key = StringField(required=True)
    value = StringField()


class CallDocument(Document):
    """domain.calls.Call."""

    meta = _meta(
        "calls",
        _newest(),
        _newest("state"),
        _newest("agent"),
        _newest("queue"),
        _newest("external_id"),
    )
    id = StringField(primary_key=True)
    external_id = StringField(default="")
    agent = StringField(default="")
    queue = StringField(default="")
    start_time = DateTimeField()
    language = StringField(default="")
    labels = EmbeddedDocumentListField(LabelDocument)
    legs = EmbeddedDocumentListField(LegDocument)
    state = StringField(required=True)
    quarantine = EmbeddedDocumentField(QuarantineDocument)
    duration_s = FloatField()
    transcript_id = StringField(default="")
    base_transcript_id = StringField(default="")
    scorecard_id = StringField(default="")
    create_time = DateTimeField(required=True)
    update_time = DateTimeField(required=True)
    version = IntField(required=True)


class BatchDocument(Document):
    """domain.batches.Batch."""

    meta = _meta("batches", _newest(), {"fields": ["state"]})
    id = StringField(primary_key=True)
    rubric_revision = StringField(required=True)
    item_count = IntField(required=True)
    shard_count = IntField(required=True)
    state = StringField(required=True)
    create_time = DateTimeField(required=True)
    complete_time = DateTimeField()
    version = IntField(required=True)


class BatchItemDocument(Document):
    """domain.batches.BatchItem. The id is `{batch}/{position:06d}`, so that a change names its batch."""

    meta = _meta(
        "batch_items",
        {"fields": ["batch_id", "position"], "unique": True},
        {"fields": ["batch_id", "state"]},
        {"fields": ["batch_id", "shard", "state"]},
        {"fields": ["call_id"]},
    )
    id = StringField(primary_key=True)
    batch_id = StringField(required=True)
    position = IntField(required=True)
    call_id = StringField(required=True)
    external_id = StringField(default="")
    shard = IntField(required=True)
    state = StringField(required=True)
    transcribed_fraction = FloatField(default=0.0)
    scorecard_id = StringField(default="")
    quarantine = EmbeddedDocumentField(QuarantineDocument)
    judge_only = BooleanField(default=False)
    attempts = IntField(default=0)
    lease = StringField(default="")
    version = IntField(required=True)


class ShardDocument(Document):
    """domain.batches.Shard with its lease. `open` until every item of it has ended."""

    meta = _meta("shards", {"fields": ["open", "create_time", "id"]}, {"fields": ["batch_id", "open"]})
    id = StringField(primary_key=True)
    batch_id = StringField(required=True)
    number = IntField(required=True)
    rubric_revision = StringField(required=True)
    open = BooleanField(required=True)
    lease = StringField(default="")
    lease_until = DateTimeField()
    create_time = DateTimeField(required=True)


class RequestDocument(Document):
    """A client's request id and the batch that it made. Kept for a week."""

    meta = _meta("requests", {"fields": ["create_time"], "expireAfterSeconds": 7 * 24 * 3600})
    id = StringField(primary_key=True)
    digest = StringField(required=True)
    batch_id = StringField(required=True)
    create_time = DateTimeField(required=True)


class TranscriptDocument(Document):
    """domain.results.StoredTranscript. The id is `{call}/{transcript}`; a spilled `payload` is None."""

    meta = _meta("transcripts")
    id = StringField(primary_key=True)
    call_id = StringField(required=True)
    model_version = StringField(required=True)
    base_id = StringField(default="")
    duration_s = FloatField(required=True)
    payload = BinaryField()
    payload_sha256 = StringField(required=True)
    create_time = DateTimeField(required=True)


class ScorecardDocument(Document):
    """domain.results.StoredScorecard. The id is `{call}/{scorecard}`; a spilled `payload` is None."""

    meta = _meta(
        "scorecards",
        {"fields": ["call_id", "transcript_id", "rubric_revision", "engine_version"], "unique": True},
        _newest(),
        _newest("call_id"),
        _newest("agent"),
        _newest("queue"),
        _newest("outcome"),
        _newest("flags"),
        _newest("rubric_revision"),
    )
    id = StringField(primary_key=True)
    call_id = StringField(required=True)
    transcript_id = StringField(required=True)
    rubric_revision = StringField(required=True)
    engine_version = StringField(required=True)
    external_id = StringField(default="")
    agent = StringField(default="")
    queue = StringField(default="")
    score = FloatField()
    outcome = StringField(default="")
    flags = ListField(StringField())
    superseded = BooleanField(default=False)
    payload = BinaryField()
    payload_sha256 = StringField(required=True)
    create_time = DateTimeField(required=True)


class RubricDocument(Document):
    """domain.rubrics.Rubric; the id is its name."""

    meta = _meta("rubrics")
    id = StringField(primary_key=True)
    current_revision = StringField(required=True)


class RevisionDocument(Document):
    """domain.rubrics.Revision. The id is `{rubric}/{revision}`."""

    meta = _meta("rubric_revisions")
    id = StringField(primary_key=True)
    content_sha256 = StringField(required=True)
    payload = BinaryField(required=True)
    create_time = DateTimeField(required=True)


class QueueProfileDocument(Document):
    """domain.queue_profiles.QueueProfile; the id is derived from the queue's name."""

    meta = _meta("queue_profiles")
    id = StringField(primary_key=True)
    queue = StringField(required=True)
    language = StringField(default="")
    vocabulary = ListField(StringField())
    channel_roles = ListField(StringField())
    create_time = DateTimeField(required=True)
    update_time = DateTimeField(required=True)
    version = IntField(required=True)


class EngineDocument(Document):
    """The version of a stage's engine that a worker met last; the id is the stage."""

    meta = _meta("engines")
    id = StringField(primary_key=True)
    version = StringField(required=True)


ALL: Final = (
    CallDocument,
    BatchDocument,
    BatchItemDocument,
    ShardDocument,
    RequestDocument,
    TranscriptDocument,
    ScorecardDocument,
    RubricDocument,
    RevisionDocument,
    QueueProfileDocument,
    EngineDocument,
)
