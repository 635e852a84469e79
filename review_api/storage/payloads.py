"""Keeps payloads of any size: in the document, or beside it where MongoDB's 16 MiB limit comes near.

A payload over `MAX_INLINE_BYTES` goes to a GridFS bucket under its SHA-256 before the document is written, so
a document never points to nothing. Every payload is checked against its SHA-256 when it is read.
"""

from __future__ import annotations

from typing import Final

from review_api.recordings.errors import OffsetError
from review_api.recordings.gridfs_store import GridFsRecordingStore
from review_api.storage import connection
from servicekit.errors import DataLossError
from servicekit.wire import sha256_hex

PAYLOAD_BUCKET: Final = "payloads"
MAX_INLINE_BYTES: Final = 8 * 1024 * 1024


def stored_inline(payload: bytes, *, max_inline_bytes: int = MAX_INLINE_BYTES) -> bytes | None:
    """Return the payload when the document may hold it; else store it beside and return None."""
    if len(payload) <= max_inline_bytes:
        return payload
    bucket = GridFsRecordingStore(connection.database(), bucket=PAYLOAD_BUCKET)
    sha256 = sha256_hex(payload)
    while sha256 not in bucket.committed_sizes([sha256]):
        offset_bytes = bucket.committed_bytes(sha256)
        try:
            bucket.append(sha256, offset_bytes, payload[offset_bytes:])
        except OffsetError:
            # Another worker stores the same bytes; between us they get there.
            continue
        bucket.commit(sha256, len(payload))
    return None


def read_payload(name: str, inline: bytes | None, sha256: str) -> bytes:
    """Return the payload of the resource `name`; DataLossError when it is not what was stored."""
    if inline is None:
        bucket = GridFsRecordingStore(connection.database(), bucket=PAYLOAD_BUCKET)
        payload = b"".join(bucket.iter_bytes(sha256))
    else:
        payload = bytes(inline)
    if sha256_hex(payload) != sha256:
        raise DataLossError(f"{name}: the stored bytes do not have their SHA-256 any more")
    return payload
