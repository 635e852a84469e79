"""The process's one connection to MongoDB, with the guarantees that nothing here works without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import mongoengine
from mongoengine.connection import get_db
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure

from review_api.recordings.gridfs_store import GridFsRecordingStore
from review_api.storage import documents
from review_api.storage.outages import storage_errors
from review_api.storage.payloads import PAYLOAD_BUCKET
from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from pymongo.database import Database

# NamespaceNotFound and IndexNotFound.
_NO_SUCH_INDEX_CODES: Final = frozenset({26, 27})


def connect_storage(uri: str, database: str, *, server_selection_timeout_s: float) -> None:
    """Connect this process; nothing is sent before the first operation.

    Writes wait for a majority and the journal whatever the URI says: with w=1 a kill -9 loses acknowledged
    writes. Raises SettingsError for a URI that cannot be one.
    """
    # mongoengine takes anything else for a host's name.
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise _bad_uri()
    try:
        mongoengine.connect(
            db=database,
            host=uri,
            w="majority",
            journal=True,
            retryWrites=True,
            retryReads=True,
            serverSelectionTimeoutMS=round(server_selection_timeout_s * 1000),
            connectTimeoutMS=round(server_selection_timeout_s * 1000),
            tz_aware=True,
            uuidRepresentation="standard",
            appname="callqa",
        )
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise _bad_uri() from error


def disconnect_storage() -> None:
    """Close the connection."""
    mongoengine.disconnect()


def database() -> Database[dict[str, Any]]:
    """Return the connected database."""
    connected: Database[dict[str, Any]] = get_db()
    return connected


@storage_errors()
def check_server() -> None:
    """Raise SettingsError when the server can have neither transactions nor change streams."""
    hello = database().client.admin.command("hello")
    # A member that waits to be initiated, or a router of a sharded cluster, will do.
    if not ("setName" in hello or hello.get("isreplicaset") or hello.get("msg") == "isdbgrid"):
        raise SettingsError(
            "mongodb_uri: this MongoDB is no replica set, and callqa needs one (of one member will do);"
            " start mongod with --replSet rs0 and run rs.initiate() in mongosh"
        )


@storage_errors()
def ensure_indexes() -> None:
    """Make every index that does not exist; run once, when a process starts.

    The one that allowed a call one transcript by a model goes: what the model was told counts as well.
    """
    try:
        database()["transcripts"].drop_index("call_id_1_model_version_1")
    except OperationFailure as error:
        if error.code not in _NO_SUCH_INDEX_CODES:
            raise
    for document in documents.ALL:
        document.ensure_indexes()
    for bucket in ("recordings", PAYLOAD_BUCKET):
        GridFsRecordingStore(database(), bucket=bucket).ensure_indexes()


def _bad_uri() -> SettingsError:
    return SettingsError(
        "mongodb_uri: not a MongoDB URI; expected mongodb://user:password@host:port/?replicaSet=name"
    )
