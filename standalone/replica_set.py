"""Make one mongod a replica set of one, with one user, and wait until it takes writes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from standalone.errors import PieceFailedError
from standalone.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable

REPLICA_SET = "rs0"
# What the application needs, and what a changed port needs (a new replica set configuration).
_ROLES = ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterAdmin"]
_ANSWER_TIMEOUT_MS = 2000
_FIRST_POLL_S = 0.05
_LAST_POLL_S = 0.5
_AUTHENTICATION_FAILED = 18
_UNAUTHORIZED = 13
_ALREADY_INITIALIZED = 23
_NOT_YET_INITIALIZED = 94


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The one user of an embedded mongod; both parts need no escaping in a URI."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what would leave the server open."""
        if not (self.user and self.password):
            raise ValueError("user and password are both needed")

    def uri(self, port: int) -> str:
        """Return the URI for applications. w=1 loses acknowledged writes on kill -9, hence w=majority."""
        return (
            f"mongodb://{self.user}:{self.password}@{LOOPBACK}:{port}/"
            f"?replicaSet={REPLICA_SET}&authSource=admin&w=majority"
        )


def ensure_primary(
    *, port: int, credentials: Credentials, deadline_s: float, check_alive: Callable[[], None]
) -> None:
    """Bring the server on `port` from whatever state it is in to where it takes majority writes.

    Every step may have been done before, or be half done by a starter that was killed. `deadline_s` is a
    `time.monotonic()` value, `check_alive` raises when the server has ended.
    """
    poll_s = _FIRST_POLL_S
    while True:
        check_alive()
        try:
            if _step(port, credentials):
                return
        except ConnectionFailure:
            # It does not listen yet, or closed our connection as it changed state.
            pass
        if time.monotonic() > deadline_s:
            raise PieceFailedError(
                f"mongod on {LOOPBACK}:{port} runs but does not become primary in time; "
                "`callqa down`, then `callqa up`."
            )
        time.sleep(poll_s)
        # Recovery after a crash may take long, and every question is a few lines in mongod's log.
        poll_s = min(poll_s * 1.2, _LAST_POLL_S)


def _step(port: int, credentials: Credentials) -> bool:
    """Move the server one step on; True when it is primary and knows our user."""
    address = f"{LOOPBACK}:{port}"
    options: dict[str, Any] = {
        "directConnection": True,
        "serverSelectionTimeoutMS": _ANSWER_TIMEOUT_MS,
        "connectTimeoutMS": _ANSWER_TIMEOUT_MS,
    }
    try:
        with MongoClient[dict[str, Any]](
            address, username=credentials.user, password=credentials.password, authSource="admin", **options
        ) as client:
            members = client.admin.command("replSetGetConfig")["config"]["members"]
            if members[0]["host"] != address:
                _readdress(client, address)
                return False
            return bool(client.admin.command("hello")["isWritablePrimary"])
    except OperationFailure as error:
        if error.code == _NOT_YET_INITIALIZED:
            # It knows our user, so it was initiated before and is reading its configuration.
            return False
        if error.code != _AUTHENTICATION_FAILED:
            raise
    # No such user: a fresh server. Until it has one, it trusts whoever connects from this machine.
    with MongoClient[dict[str, Any]](address, **options) as client:
        _initiate(client, address)
        if client.admin.command("hello")["isWritablePrimary"]:
            _create_user(client, credentials)
    return False


def _initiate(client: MongoClient[dict[str, Any]], address: str) -> None:
    try:
        client.admin.command(
            "replSetInitiate", {"_id": REPLICA_SET, "members": [{"_id": 0, "host": address}]}
        )
    except OperationFailure as error:
        if error.code not in {_ALREADY_INITIALIZED, _UNAUTHORIZED}:
            raise


def _create_user(client: MongoClient[dict[str, Any]], credentials: Credentials) -> None:
    try:
        client.admin.command("createUser", credentials.user, pwd=credentials.password, roles=_ROLES)
    except OperationFailure as error:
        if error.code == _UNAUTHORIZED:
            raise PieceFailedError(
                "The embedded database has another password than its mongod.json; restore that file, "
                "or move the data folder away to begin anew."
            ) from error
        raise


def _readdress(client: MongoClient[dict[str, Any]], address: str) -> None:
    """Tell the replica set that its only member moved to another port.

    mongod first asks the old address whether it is itself: up to 30 s when the program there never answers.
    """
    config = client.admin.command("replSetGetConfig")["config"]
    config["members"][0]["host"] = address
    config["version"] += 1
    client.admin.command("replSetReconfig", config, force=True)
