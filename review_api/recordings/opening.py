"""Chooses the recording store that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from review_api.recordings.fsspec_store import FsspecRecordingStore
from review_api.recordings.gridfs_store import GridFsRecordingStore

if TYPE_CHECKING:
    from pymongo.database import Database

    from review_api.ports import RecordingStore

GRIDFS: Final = "gridfs"


def open_recording_store(recordings_url: str, database: Database[dict[str, Any]]) -> RecordingStore:
    """Return the store in the service's own database for "gridfs", else the one at this fsspec URL."""
    if recordings_url == GRIDFS:
        return GridFsRecordingStore(database)
    return FsspecRecordingStore(recordings_url)
