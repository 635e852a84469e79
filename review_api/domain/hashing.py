"""Ids that are derived from content, so that the same input is the same resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from servicekit.wire import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from review_api.domain.calls import CallSpec


def call_id_of(spec: CallSpec) -> str:
    """Return 32 hexadecimal digits of the hash over recordings, channel roles and metadata.

    File names do not count: the same bytes uploaded under another name are the same call.
    """
    return _digest(
        {
            "legs": [[leg.recording_sha256, *leg.channel_roles] for leg in spec.legs],
            "external_id": spec.external_id,
            "agent": spec.agent,
            "queue": spec.queue,
            "start_time_ms": None if spec.start_time is None else round(spec.start_time.timestamp() * 1000),
            "language": spec.language,
            "labels": dict(spec.labels),
        }
    )[:32]


def batch_id_of(call_ids: Iterable[str], rubric_revision: str) -> str:
    """Return 32 hexadecimal digits for these calls, in any order, under this revision."""
    return _digest({"calls": sorted(call_ids), "rubric_revision": rubric_revision})[:32]


def transcript_id_of(model_version: str) -> str:
    """Return the id that a call's transcript by this model has: 16 hexadecimal digits."""
    return sha256_hex(model_version.encode())[:16]


def scorecard_id_of(transcript_id: str, rubric_revision: str, engine_version: str) -> str:
    """Return the id that a call's scorecard of this key has: 16 hexadecimal digits.

    `rubric_revision` is `{rubric}/{revision}`.
    """
    return _digest([transcript_id, rubric_revision, engine_version])[:16]


def request_digest(rubric: str, specs: Iterable[CallSpec]) -> str:
    """Return the hash that tells whether two CreateBatch requests ask for the same."""
    return _digest([rubric, [call_id_of(spec) for spec in specs]])


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256_hex(text.encode())
