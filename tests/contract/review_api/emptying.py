"""One indexed database for many tests: making its indexes anew for each would take longer than the tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pymongo import MongoClient

from review_api.storage.connection import connect_storage, database, disconnect_storage, ensure_indexes

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER_SELECTION_TIMEOUT_S = 5.0


@contextmanager
def indexed_database(mongodb_uri: str) -> Iterator[str]:
    """Make a database of a random name with all indexes, and drop it afterwards."""
    name = f"test_{uuid4().hex}"
    connect_storage(mongodb_uri, name, server_selection_timeout_s=SERVER_SELECTION_TIMEOUT_S)
    ensure_indexes()
    disconnect_storage()
    yield name
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        client.drop_database(name)


@contextmanager
def connected(mongodb_uri: str, name: str) -> Iterator[None]:
    """Connect this process to the database and empty it."""
    connect_storage(mongodb_uri, name, server_selection_timeout_s=SERVER_SELECTION_TIMEOUT_S)
    for collection in database().list_collection_names():
        database()[collection].delete_many({})
    yield
    disconnect_storage()
