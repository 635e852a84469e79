"""Ids that are derived from content, so that the same input is the same resource."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from servicekit.wire import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from review_api.domain.calls import CallSpec, SpeakerRole

_ID: Final = re.compile(r"[a-z0-9_-]{1,64}")


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


def transcript_id_of(model_version: str, asked: Sequence[object] = ()) -> str:
    """Return the id that a call's transcript by this model has: 16 hexadecimal digits.

    `asked` is what the model was told beyond the call's own metadata, () for nothing.
    """
    if not asked:
        return sha256_hex(model_version.encode())[:16]
    return _digest([model_version, *asked])[:16]


def corrected_transcript_id_of(base_transcript_id: str, roles: Iterable[SpeakerRole]) -> str:
    """Return the id of the transcript that has the base's words and these roles by speaker."""
    return _digest(["roles", base_transcript_id, *roles])[:16]


def queue_profile_id_of(queue: str) -> str:
    """Return the id that a queue's profile always has: its name where that can be an id."""
    return queue if _ID.fullmatch(queue) else sha256_hex(queue.encode())[:32]


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
