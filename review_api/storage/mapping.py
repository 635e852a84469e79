"""Documents to domain values and back."""

from __future__ import annotations

from typing import Any

from review_api.domain.batches import Batch, BatchItem, BatchState, ItemState, Shard
from review_api.domain.calls import Call, CallSpec, CallState, Leg, SpeakerRole
from review_api.domain.quarantine import Quarantine, Stage
from review_api.domain.results import ScorecardSummary
from review_api.storage.documents import (
    BatchDocument,
    BatchItemDocument,
    CallDocument,
    LabelDocument,
    LegDocument,
    QuarantineDocument,
)


def call_document(call: Call) -> CallDocument:
    """Return the call as it is stored."""
    spec = call.spec
    return CallDocument(
        id=call.id,
        external_id=spec.external_id,
        agent=spec.agent,
        queue=spec.queue,
        start_time=spec.start_time,
        language=spec.language,
        labels=[LabelDocument(key=key, value=value) for key, value in spec.labels],
        legs=[
            LegDocument(
                recording_sha256=leg.recording_sha256,
                channel_roles=[role.value for role in leg.channel_roles],
                file_name=leg.file_name,
            )
            for leg in spec.legs
        ],
        state=call.state.value,
        quarantine=quarantine_document(call.quarantine),
        duration_s=call.duration_s,
        transcript_id=call.transcript_id,
        base_transcript_id=call.base_transcript_id,
        scorecard_id=call.scorecard_id,
        create_time=call.create_time,
        update_time=call.update_time,
        version=call.version,
    )


def call_from(document: Any) -> Call:  # noqa: ANN401 - mongoengine is untyped
    """Return the stored call."""
    return Call(
        spec=CallSpec(
            legs=tuple(
                Leg(
                    recording_sha256=leg.recording_sha256,
                    channel_roles=tuple(SpeakerRole(role) for role in leg.channel_roles),
                    file_name=leg.file_name or "",
                )
                for leg in document.legs
            ),
            external_id=document.external_id,
            agent=document.agent,
            queue=document.queue,
            start_time=document.start_time,
            language=document.language,
            labels=tuple((label.key, label.value or "") for label in document.labels),
        ),
        id=document.id,
        state=CallState(document.state),
        quarantine=quarantine_from(document.quarantine),
        duration_s=document.duration_s,
        transcript_id=document.transcript_id,
        base_transcript_id=document.base_transcript_id,
        scorecard_id=document.scorecard_id,
        create_time=document.create_time,
        update_time=document.update_time,
        version=document.version,
    )


def quarantine_document(quarantine: Quarantine | None) -> QuarantineDocument | None:
    """Return the quarantine as it is stored."""
    if quarantine is None:
        return None
    return QuarantineDocument(
        reason=quarantine.reason,
        message=quarantine.message,
        quarantine_time=quarantine.quarantine_time,
        stage=quarantine.stage.value,
        version=quarantine.version,
    )


def quarantine_from(document: Any) -> Quarantine | None:  # noqa: ANN401
    """Return the stored quarantine."""
    if document is None:
        return None
    return Quarantine(
        reason=document.reason,
        message=document.message,
        quarantine_time=document.quarantine_time,
        stage=Stage(document.stage),
        version=document.version or "",
    )


def batch_document(batch: Batch) -> BatchDocument:
    """Return the batch as it is stored."""
    return BatchDocument(
        id=batch.id,
        rubric_revision=batch.rubric_revision,
        item_count=batch.item_count,
        shard_count=batch.shard_count,
        state=batch.state.value,
        create_time=batch.create_time,
        complete_time=batch.complete_time,
        version=batch.version,
    )


def batch_from(document: Any) -> Batch:  # noqa: ANN401
    """Return the stored batch."""
    return Batch(
        id=document.id,
        rubric_revision=document.rubric_revision,
        item_count=document.item_count,
        shard_count=document.shard_count,
        state=BatchState(document.state),
        create_time=document.create_time,
        complete_time=document.complete_time,
        version=document.version,
    )


def item_key(batch_id: str, position: int) -> str:
    """Return the id of an item's document."""
    return f"{batch_id}/{position:06d}"


def shard_key(batch_id: str, number: int) -> str:
    """Return the id of a shard's document."""
    return f"{batch_id}/{number:06d}"


def item_document(item: BatchItem) -> BatchItemDocument:
    """Return the item as it is stored."""
    return BatchItemDocument(
        id=item_key(item.batch_id, item.position),
        batch_id=item.batch_id,
        position=item.position,
        call_id=item.call_id,
        external_id=item.external_id,
        shard=item.shard,
        state=item.state.value,
        transcribed_fraction=item.transcribed_fraction,
        scorecard_id=item.scorecard_id,
        quarantine=quarantine_document(item.quarantine),
        judge_only=item.judge_only,
        attempts=item.attempts,
        lease=item.lease,
        version=item.version,
    )


def item_from(document: Any) -> BatchItem:  # noqa: ANN401
    """Return the stored item."""
    return BatchItem(
        batch_id=document.batch_id,
        position=document.position,
        call_id=document.call_id,
        external_id=document.external_id,
        shard=document.shard,
        state=ItemState(document.state),
        transcribed_fraction=document.transcribed_fraction,
        scorecard_id=document.scorecard_id,
        quarantine=quarantine_from(document.quarantine),
        judge_only=document.judge_only,
        attempts=document.attempts,
        lease=document.lease,
        version=document.version,
    )


def shard_from(stored: dict[str, Any]) -> Shard:
    """Return the stored shard, as the driver returns it."""
    return Shard(
        batch_id=stored["batch_id"],
        number=stored["number"],
        rubric_revision=stored["rubric_revision"],
        lease=stored["lease"],
    )


def summary_from(document: Any) -> ScorecardSummary:  # noqa: ANN401
    """Return the stored scorecard in short."""
    return ScorecardSummary(
        call_id=document.call_id,
        transcript_id=document.transcript_id,
        rubric_revision=document.rubric_revision,
        engine_version=document.engine_version,
        external_id=document.external_id,
        agent=document.agent,
        queue=document.queue,
        score=document.score,
        outcome=document.outcome,
        flags=tuple(document.flags),
        create_time=document.create_time,
    )
