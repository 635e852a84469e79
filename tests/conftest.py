"""What tests of several packages share: a real MongoDB."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from standalone.mongod import EmbeddedMongod

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only as the parent of a folder that tempfile makes
_NEEDED_BYTES = 1024**3


def _parent_folder() -> Path | None:
    """Memory when the machine has enough of it: tests write much and keep nothing."""
    if _SHARED_MEMORY.is_dir() and shutil.disk_usage(_SHARED_MEMORY).free >= _NEEDED_BYTES:
        return _SHARED_MEMORY
    return None


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """A real MongoDB for the session: TEST_MONGODB_URI, else a fresh embedded mongod."""
    if given := os.environ.get("TEST_MONGODB_URI"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="callqa-test-", dir=_parent_folder()) as folder:
        mongod = EmbeddedMongod(Path(folder))
        try:
            yield mongod.ensure().uri
        finally:
            mongod.stop()


@pytest.fixture
def mongodb_database(mongodb_uri: str) -> Iterator[str]:
    """A database name that no other test uses; the database is dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield name
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        client.drop_database(name)
