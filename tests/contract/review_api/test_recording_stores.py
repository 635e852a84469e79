"""What every recording store promises, on a real MongoDB, on files and in memory."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import gridfs
import pytest

from review_api.recordings.errors import OffsetError, RecordingMismatchError
from review_api.recordings.fsspec_store import FsspecRecordingStore
from review_api.recordings.gridfs_store import GridFsRecordingStore
from review_api.recordings.opening import open_recording_store
from review_api.storage.connection import database
from servicekit.errors import NotFoundError, SettingsError, UnavailableError
from servicekit.wire import sha256_hex

if TYPE_CHECKING:
    from pathlib import Path

    from review_api.ports import RecordingStore

CHUNK_BYTES = 10
CONTENT = bytes(range(35))
SHA256 = sha256_hex(CONTENT)


@pytest.fixture(params=["gridfs", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordingStore:
    if request.param == "gridfs":
        request.getfixturevalue("storage")
        return GridFsRecordingStore(database(), chunk_bytes=CHUNK_BYTES)
    if request.param == "file":
        return FsspecRecordingStore(f"file://{tmp_path}/recordings")
    return FsspecRecordingStore(f"memory://{uuid4().hex}")


def read(store: RecordingStore) -> bytes:
    return b"".join(store.iter_bytes(SHA256))


def upload_whatever_happens(store: RecordingStore) -> None:
    """Upload as a client does that asks again after an error."""
    while True:
        try:
            while (offset_bytes := store.committed_bytes(SHA256)) < len(CONTENT):
                store.append(SHA256, offset_bytes, CONTENT[offset_bytes : offset_bytes + 7])
            store.commit(SHA256, len(CONTENT))
        except (OffsetError, UnavailableError):
            continue
        return


def test_what_is_not_there_has_no_bytes(store: RecordingStore) -> None:
    assert store.committed_bytes(SHA256) == 0
    assert store.committed_sizes([SHA256]) == {}
    with pytest.raises(NotFoundError):
        store.iter_bytes(SHA256)


@pytest.mark.parametrize(
    "cuts", [(0, 35), (0, 10, 20, 35), (0, 3, 7, 10, 11, 29, 35), (0, 9, 31, 35), tuple(range(36))]
)
def test_bytes_come_back_however_they_were_cut(store: RecordingStore, cuts: tuple[int, ...]) -> None:
    for start_bytes, end_bytes in pairwise(cuts):
        store.append(SHA256, start_bytes, CONTENT[start_bytes:end_bytes])
        assert store.committed_bytes(SHA256) == end_bytes
        assert store.committed_sizes([SHA256]) == {}
    store.commit(SHA256, len(CONTENT))
    assert read(store) == CONTENT
    assert store.committed_bytes(SHA256) == len(CONTENT)
    assert store.committed_sizes([SHA256, "0" * 64]) == {SHA256: len(CONTENT)}


def test_an_incomplete_recording_cannot_be_read(store: RecordingStore) -> None:
    store.append(SHA256, 0, CONTENT[:20])
    with pytest.raises(NotFoundError):
        store.iter_bytes(SHA256)


@pytest.mark.parametrize("offset_bytes", [0, 11, 13, 40])
def test_a_chunk_elsewhere_is_refused_and_told_where(store: RecordingStore, offset_bytes: int) -> None:
    store.append(SHA256, 0, CONTENT[:12])
    with pytest.raises(OffsetError) as refused:
        store.append(SHA256, offset_bytes, b"xyz")
    assert refused.value.metadata == {"committed_bytes": "12"}
    store.append(SHA256, 12, CONTENT[12:])
    store.commit(SHA256, len(CONTENT))
    assert read(store) == CONTENT


def test_other_bytes_are_removed_and_refused(store: RecordingStore) -> None:
    store.append(SHA256, 0, CONTENT[:-1] + b"!")
    with pytest.raises(RecordingMismatchError, match="upload the file again"):
        store.commit(SHA256, len(CONTENT))
    assert store.committed_bytes(SHA256) == 0
    assert store.committed_sizes([SHA256]) == {}
    store.append(SHA256, 0, CONTENT)
    store.commit(SHA256, len(CONTENT))
    assert read(store) == CONTENT


def test_another_size_is_refused(store: RecordingStore) -> None:
    store.append(SHA256, 0, CONTENT)
    with pytest.raises(RecordingMismatchError):
        store.commit(SHA256, len(CONTENT) + 1)
    assert store.committed_bytes(SHA256) == 0


def test_a_commit_may_be_repeated(store: RecordingStore) -> None:
    store.append(SHA256, 0, CONTENT)
    store.commit(SHA256, len(CONTENT))
    store.commit(SHA256, len(CONTENT))
    with pytest.raises(RecordingMismatchError):
        store.commit(SHA256, 1)
    assert read(store) == CONTENT


def test_a_complete_recording_takes_no_more_bytes(store: RecordingStore) -> None:
    store.append(SHA256, 0, CONTENT)
    store.commit(SHA256, len(CONTENT))
    with pytest.raises(OffsetError):
        store.append(SHA256, len(CONTENT), b"more")
    assert read(store) == CONTENT


def test_two_uploads_of_one_file_end_in_one_recording(store: RecordingStore) -> None:
    barrier = threading.Barrier(2)
    problems: list[Exception] = []

    def upload() -> None:
        barrier.wait()
        try:
            upload_whatever_happens(store)
        except Exception as error:  # noqa: BLE001 - the test shows it
            problems.append(error)

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert read(store) == CONTENT


def test_any_gridfs_reader_reads_it(storage: str) -> None:
    store = GridFsRecordingStore(database(), chunk_bytes=CHUNK_BYTES)
    store.append(SHA256, 0, CONTENT[:13])
    store.append(SHA256, 13, CONTENT[13:])
    store.commit(SHA256, len(CONTENT))
    file = gridfs.GridFS(database(), collection="recordings").get(SHA256)
    assert file.read() == CONTENT
    assert (file.length, file.chunk_size, file.filename) == (35, CHUNK_BYTES, SHA256)


def test_chunks_are_unique_by_index(storage: str) -> None:
    indexes: dict[str, Any] = dict(database()["recordings.chunks"].index_information())
    assert any(index["key"] == [("files_id", 1), ("n", 1)] and index["unique"] for index in indexes.values())


def test_the_settings_choose_the_store(storage: str, tmp_path: Path) -> None:
    assert isinstance(open_recording_store("gridfs", database()), GridFsRecordingStore)
    assert isinstance(open_recording_store(f"file://{tmp_path}", database()), FsspecRecordingStore)
    with pytest.raises(SettingsError, match="recordings_url"):
        open_recording_store("nosuch://bucket", database())
