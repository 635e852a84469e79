"""The resource names of the contract."""

from __future__ import annotations

from typing import Final

from servicekit.names import ResourceName

RECORDING: Final = ResourceName("recordings/{recording}")
CALL: Final = ResourceName("calls/{call}")
TRANSCRIPT: Final = ResourceName("calls/{call}/transcripts/{transcript}")
SCORECARD: Final = ResourceName("calls/{call}/scorecards/{scorecard}")
BATCH: Final = ResourceName("batches/{batch}")
RUBRIC: Final = ResourceName("rubrics/{rubric}")
REVISION: Final = ResourceName("rubrics/{rubric}/revisions/{revision}")
QUEUE_PROFILE: Final = ResourceName("queueProfiles/{queue_profile}")

LATEST: Final = "latest"
"""Stands for the id of the transcript or scorecard that its call names."""


def revision_name(key: str) -> str:
    """Return the resource name of a revision's key `{rubric}/{revision}`."""
    rubric, revision = key.split("/")
    return REVISION.format(rubric=rubric, revision=revision)


def transcript_name(call_id: str, transcript_id: str) -> str:
    """Return the transcript's name, or "" for no transcript."""
    return TRANSCRIPT.format(call=call_id, transcript=transcript_id) if transcript_id else ""


def scorecard_name(call_id: str, scorecard_id: str) -> str:
    """Return the scorecard's name, or "" for no scorecard."""
    return SCORECARD.format(call=call_id, scorecard=scorecard_id) if scorecard_id else ""
