"""Values for storage tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from review_api.domain.batches import Batch, BatchItem
from review_api.domain.calls import Call, CallSpec, Leg, SpeakerRole
from review_api.domain.results import ScorecardSummary, StoredScorecard, StoredTranscript

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def make_call(number: int = 0, *, agent: str = "ada", queue: str = "billing") -> Call:
    """Return the call that came `number` seconds after the first."""
    spec = CallSpec(
        legs=(
            Leg(
                recording_sha256=f"{number:064x}",
                channel_roles=(SpeakerRole.AGENT, SpeakerRole.CUSTOMER),
                file_name="call.wav",
            ),
        ),
        external_id=f"call {number}",
        agent=agent,
        queue=queue,
        start_time=MOMENT,
        labels=(("a.b", "c$d"), ("team", "blue")),
    )
    moment = MOMENT + timedelta(seconds=number)
    return Call(spec=spec, id=spec.call_id, create_time=moment, update_time=moment)


def make_batch(items: int = 3, *, shards: int = 1, identifier: str = "b1") -> tuple[Batch, list[BatchItem]]:
    """Return a batch of pending items that are dealt out to the shards in turn."""
    batch = Batch(
        id=identifier,
        rubric_revision="form/0123456789abcdef",
        item_count=items,
        shard_count=shards,
        create_time=MOMENT,
    )
    return batch, [
        BatchItem(
            batch_id=identifier,
            position=position,
            call_id=f"call{position}",
            external_id=str(position),
            shard=position % shards,
        )
        for position in range(items)
    ]


def make_transcript(
    payload: bytes = b"words", *, identifier: str = "t1", model_version: str = "m1"
) -> StoredTranscript:
    """Return a transcript with this payload."""
    return StoredTranscript(
        call_id="c1",
        id=identifier,
        model_version=model_version,
        duration_s=61.5,
        payload=payload,
        create_time=MOMENT,
    )


def make_scorecard(number: int = 0, **fields: object) -> StoredScorecard:
    """Return the scorecard that came `number` seconds after the first, with these fields of the summary."""
    summary = ScorecardSummary(
        call_id=f"c{number}",
        transcript_id="t1",
        rubric_revision="form/0123456789abcdef",
        engine_version="e1",
        external_id=f"call {number}",
        agent="ada",
        queue="billing",
        score=80.0,
        outcome="RESOLVED",
        flags=("needs-review",),
        create_time=MOMENT + timedelta(seconds=number),
    )
    return StoredScorecard(summary=replace(summary, **fields), payload=b"card")  # type: ignore[arg-type]
