"""Recordings under any URL that fsspec knows: file://, s3://, gs://, abfs://, memory:// in tests.

`{root}/{sha256}` is a checked recording. `{root}/uploads/{sha256}/{offset}` are the pieces of one under way,
each an object of its own, because object stores cannot append.
"""

from __future__ import annotations

import hashlib
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import fsspec.core

from review_api.recordings.errors import OffsetError, RecordingMismatchError
from servicekit.errors import NotFoundError, SettingsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_READ_BYTES: Final = 1024 * 1024
_OFFSET_DIGITS: Final = 20


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "the recording store does not answer; check its URL, credentials and free space"
        ) from error


class FsspecRecordingStore:
    """Implements RecordingStore below the URL `root`. SettingsError for a URL that fsspec cannot open.

    A committed recording appears by a rename (a server-side copy on object stores), never half written.
    What a piece of file:// survives is a crash of the process; a power loss may take the last ones.
    """

    def __init__(self, root: str) -> None:
        try:
            # Listings must be fresh: another replica may write the next piece.
            filesystem, path = fsspec.core.url_to_fs(root, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f"recordings_url: fsspec cannot open this kind of URL ({error}); use gridfs, file:///folder,"
                " or install the package for it"
            ) from error
        self._files: Any = filesystem
        self._root = path.rstrip("/")

    def committed_bytes(self, sha256: str) -> int:
        """See RecordingStore."""
        size_bytes = self.committed_sizes([sha256]).get(sha256)
        return size_bytes if size_bytes is not None else sum(size for _, size in self._pieces(sha256))

    def committed_sizes(self, sha256s: Collection[str]) -> Mapping[str, int]:
        """See RecordingStore."""
        sizes: dict[str, int] = {}
        with _store_errors():
            for sha256 in sha256s:
                try:
                    sizes[sha256] = int(self._files.info(self._final(sha256))["size"])
                except FileNotFoundError:
                    continue
        return sizes

    def append(self, sha256: str, offset_bytes: int, content: bytes) -> None:
        """See RecordingStore."""
        committed_bytes = self.committed_bytes(sha256)
        if offset_bytes != committed_bytes or self.committed_sizes([sha256]):
            raise OffsetError(sha256, offset_bytes=offset_bytes, committed_bytes=committed_bytes)
        with _store_errors():
            self._files.makedirs(self._uploads(sha256), exist_ok=True)
            self._files.pipe_file(f"{self._uploads(sha256)}/{offset_bytes:0{_OFFSET_DIGITS}d}", content)

    def commit(self, sha256: str, size_bytes: int) -> None:
        """See RecordingStore."""
        if not self._is_committed(sha256, size_bytes):
            joined = f"{self._root}/uploads/{sha256}.{uuid.uuid4().hex}"
            length_bytes, found_sha256 = self._join(sha256, joined)
            if (found_sha256, length_bytes) == (sha256, size_bytes):
                with _store_errors():
                    self._files.mv(joined, self._final(sha256))
            else:
                self._refuse(sha256, size_bytes, joined, length_bytes)
        self._remove_uploads(sha256)

    def iter_bytes(self, sha256: str) -> Iterator[bytes]:
        """See RecordingStore."""
        if not self.committed_sizes([sha256]):
            raise NotFoundError(f"recordings/{sha256} is not there or not complete")
        return self._read(self._final(sha256))

    def _is_committed(self, sha256: str, size_bytes: int) -> bool:
        stored_bytes = self.committed_sizes([sha256]).get(sha256)
        if stored_bytes is not None and stored_bytes != size_bytes:
            raise RecordingMismatchError(f"recordings/{sha256} has {stored_bytes} bytes, not {size_bytes}")
        return stored_bytes is not None

    def _join(self, sha256: str, target_path: str) -> tuple[int, str]:
        """Write the pieces into one object; return its size in bytes and its SHA-256."""
        digest, length_bytes = hashlib.sha256(), 0
        with _store_errors():
            self._files.makedirs(f"{self._root}/uploads", exist_ok=True)
            with self._files.open(target_path, "wb") as target:
                for path, _ in self._pieces(sha256):
                    for data in self._read(path):
                        digest.update(data)
                        length_bytes += len(data)
                        target.write(data)
        return length_bytes, digest.hexdigest()

    def _refuse(self, sha256: str, size_bytes: int, joined: str, length_bytes: int) -> None:
        with _store_errors():
            self._files.rm_file(joined)
        # Another upload of the file may have completed it, and taken the pieces away, while we read them.
        if not self._is_committed(sha256, size_bytes):
            self._remove_uploads(sha256)
            raise RecordingMismatchError(
                f"recordings/{sha256}: the {length_bytes} bytes received have another SHA-256 or size"
                f" ({size_bytes} bytes were named) and were removed; upload the file again"
            )

    def _pieces(self, sha256: str) -> list[tuple[str, int]]:
        """Return paths and sizes of the pieces that follow each other from the start of the file."""
        with _store_errors():
            try:
                listed = self._files.ls(self._uploads(sha256), detail=True)
            except FileNotFoundError:
                return []
        pieces: list[tuple[str, int]] = []
        end_bytes = 0
        for entry in sorted(listed, key=lambda entry: str(entry["name"])):
            if int(str(entry["name"]).rsplit("/", 1)[-1]) == end_bytes and entry["size"]:
                pieces.append((entry["name"], int(entry["size"])))
                end_bytes += int(entry["size"])
        return pieces

    def _read(self, path: str) -> Iterator[bytes]:
        with _store_errors(), self._files.open(path, "rb") as source:
            while data := source.read(_READ_BYTES):
                yield data

    def _remove_uploads(self, sha256: str) -> None:
        with _store_errors():
            try:
                self._files.rm(self._uploads(sha256), recursive=True)
            except FileNotFoundError:
                return

    def _final(self, sha256: str) -> str:
        return f"{self._root}/{sha256}"

    def _uploads(self, sha256: str) -> str:
        return f"{self._root}/uploads/{sha256}"
