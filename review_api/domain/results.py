"""What the stages produce: stored as the bytes they were made of, beside the few fields that lists need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_api.domain.hashing import scorecard_id_of
from servicekit.wire import sha256_hex

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTranscript:
    """A call's transcript by one model version. `payload` is the canonical `callqa.v1.Transcript`.

    `id` is derived from the model version and what it was told, or from `base_id` and the roles somebody set;
    `base_id` is "" for what was heard.
    """

    call_id: str
    id: str
    model_version: str
    duration_s: float
    payload: bytes
    create_time: datetime
    base_id: str = ""

    @property
    def payload_sha256(self) -> str:
        """What the payload is checked against when it is read."""
        return sha256_hex(self.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardSummary:
    """A scorecard in short with what a list shows of its call; `rubric_revision` is `{rubric}/{revision}`."""

    call_id: str
    transcript_id: str
    rubric_revision: str
    engine_version: str
    external_id: str
    agent: str
    queue: str
    score: float | None
    outcome: str
    flags: tuple[str, ...]
    create_time: datetime

    @property
    def id(self) -> str:
        """Derived from transcript, revision and engine."""
        return scorecard_id_of(self.transcript_id, self.rubric_revision, self.engine_version)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScorecard:
    """A scorecard: its summary and its canonical `callqa.v1.Scorecard` bytes."""

    summary: ScorecardSummary
    payload: bytes

    @property
    def payload_sha256(self) -> str:
        """What the payload is checked against when it is read."""
        return sha256_hex(self.payload)
