"""Recordings in MongoDB, written chunk by chunk in GridFS's documented format.

The driver's own GridFS writer starts a file over after a broken stream. This one writes the same documents
(`{files_id, n, data}` of one chunk size, then the file's document once it is checked): an upload resumes, and
any GridFS reader reads the result. https://github.com/mongodb/specifications/tree/master/source/gridfs
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bson import Binary
from pymongo.errors import DuplicateKeyError

from review_api.recordings.errors import OffsetError, RecordingMismatchError
from review_api.storage.outages import storage_errors
from servicekit.errors import DataLossError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pymongo.database import Database

# An upload that is under way when this changes starts over: its bytes fail their check at the commit.
CHUNK_BYTES: Final = 1024 * 1024


class GridFsRecordingStore:
    """Implements RecordingStore in the collections `{bucket}.files` and `{bucket}.chunks`.

    The file's `_id` and `filename` are the SHA-256. The database's write concern makes bytes durable.
    """

    def __init__(
        self,
        database: Database[dict[str, Any]],
        *,
        bucket: str = "recordings",
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        self._files = database[f"{bucket}.files"]
        self._chunks = database[f"{bucket}.chunks"]
        self._chunk_bytes = chunk_bytes

    @storage_errors()
    def ensure_indexes(self) -> None:
        """Make the indexes that the GridFS format asks for."""
        self._files.create_index([("filename", 1), ("uploadDate", 1)])
        self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)

    @storage_errors()
    def committed_bytes(self, sha256: str) -> int:
        """See RecordingStore."""
        file = self._files.find_one({"_id": sha256}, {"length": 1})
        if file is not None:
            return int(file["length"])
        last = self._last_chunk(sha256)
        # Chunks are written one after another, so the last one stands for all before it.
        return 0 if last is None else last["n"] * self._chunk_bytes + len(last["data"])

    @storage_errors()
    def committed_sizes(self, sha256s: Collection[str]) -> Mapping[str, int]:
        """See RecordingStore."""
        files = self._files.find({"_id": {"$in": list(sha256s)}}, {"length": 1})
        return {file["_id"]: int(file["length"]) for file in files}

    @storage_errors()
    def append(self, sha256: str, offset_bytes: int, content: bytes) -> None:
        """See RecordingStore."""
        committed_bytes = self.committed_bytes(sha256)
        if offset_bytes != committed_bytes or self.committed_sizes([sha256]):
            raise OffsetError(sha256, offset_bytes=offset_bytes, committed_bytes=committed_bytes)
        number, within_bytes = divmod(committed_bytes, self._chunk_bytes)
        rest = memoryview(content)
        if within_bytes:
            fill_bytes = self._chunk_bytes - within_bytes
            self._fill_last(sha256, number, within_bytes, rest[:fill_bytes])
            rest, number = rest[fill_bytes:], number + 1
        while rest:
            piece = Binary(bytes(rest[: self._chunk_bytes]))
            try:
                self._chunks.insert_one({"files_id": sha256, "n": number, "data": piece})
            except DuplicateKeyError as error:
                raise self._overtaken(sha256, offset_bytes) from error
            rest, number = rest[self._chunk_bytes :], number + 1

    @storage_errors()
    def commit(self, sha256: str, size_bytes: int) -> None:
        """See RecordingStore."""
        file = self._files.find_one({"_id": sha256}, {"length": 1})
        if file is not None:
            if file["length"] != size_bytes:
                raise RecordingMismatchError(
                    f"recordings/{sha256} has {file['length']} bytes, not {size_bytes}"
                )
            return
        digest, length_bytes = hashlib.sha256(), 0
        for data in self._chunk_data(sha256):
            digest.update(data)
            length_bytes += len(data)
        if digest.hexdigest() != sha256 or length_bytes != size_bytes:
            self._chunks.delete_many({"files_id": sha256})
            raise RecordingMismatchError(
                f"recordings/{sha256}: the {length_bytes} bytes received have another SHA-256 or size"
                f" ({size_bytes} bytes were named) and were removed; upload the file again"
            )
        document = {
            "_id": sha256,
            "length": length_bytes,
            "chunkSize": self._chunk_bytes,
            "uploadDate": datetime.now(UTC),
            "filename": sha256,
        }
        self._files.update_one({"_id": sha256}, {"$setOnInsert": document}, upsert=True)

    @storage_errors()
    def iter_bytes(self, sha256: str) -> Iterator[bytes]:
        """See RecordingStore; DataLossError when chunks are missing."""
        file = self._files.find_one({"_id": sha256}, {"length": 1})
        if file is None:
            raise NotFoundError(f"recordings/{sha256} is not there or not complete")
        return self._checked_pieces(sha256, int(file["length"]))

    def _checked_pieces(self, sha256: str, length_bytes: int) -> Iterator[bytes]:
        read_bytes = 0
        with storage_errors():
            for data in self._chunk_data(sha256):
                read_bytes += len(data)
                yield data
        if read_bytes != length_bytes:
            raise DataLossError(f"recordings/{sha256} has {read_bytes} of its {length_bytes} bytes")

    def _chunk_data(self, sha256: str) -> Iterator[bytes]:
        for chunk in self._chunks.find({"files_id": sha256}, {"data": 1}).sort("n", 1).batch_size(4):
            yield bytes(chunk["data"])

    def _last_chunk(self, sha256: str) -> dict[str, Any] | None:
        return self._chunks.find_one({"files_id": sha256}, sort=[("n", -1)])

    def _fill_last(self, sha256: str, number: int, within_bytes: int, piece: memoryview) -> None:
        offset_bytes = number * self._chunk_bytes + within_bytes
        last = self._chunks.find_one({"files_id": sha256, "n": number})
        data = b"" if last is None else bytes(last["data"])
        # Two uploads of one file may run at once; only one of them can extend what it has seen.
        if last is None or len(data) != within_bytes:
            raise self._overtaken(sha256, offset_bytes)
        updated = self._chunks.update_one(
            {"_id": last["_id"], "data": Binary(data)}, {"$set": {"data": Binary(data + bytes(piece))}}
        )
        if not updated.matched_count:
            raise self._overtaken(sha256, offset_bytes)

    def _overtaken(self, sha256: str, offset_bytes: int) -> OffsetError:
        return OffsetError(sha256, offset_bytes=offset_bytes, committed_bytes=self.committed_bytes(sha256))
