"""The database of a stack: the user's own (MONGODB_URI), else the embedded mongod."""

from __future__ import annotations

from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from standalone.errors import PieceFailedError
from standalone.pieces import MONGODB_VARIABLE

CONNECT_TIMEOUT_S = 10.0
_SRV = "mongodb+srv://"


def check_given(uri: str, *, timeout_s: float) -> None:
    """Raise PieceFailedError when the user's own MongoDB cannot be used; never repeats the password."""
    try:
        hosts = hosts_of(uri)
        _ping(uri, timeout_s=timeout_s)
    except OSError as error:
        raise PieceFailedError(
            f"{MONGODB_VARIABLE} names {error.filename}, which cannot be read: {error.strerror}."
        ) from error
    except (InvalidURI, ConfigurationError, ValueError) as error:
        if uri.startswith(_SRV):
            raise PieceFailedError(
                f"{MONGODB_VARIABLE}: no MongoDB is known by the name {hosts_of(uri)}, or an option "
                "is wrong; correct the URI."
            ) from error
        raise PieceFailedError(
            f"{MONGODB_VARIABLE} is no MongoDB URI that can be used; "
            "write mongodb://USER:PASSWORD@HOST:PORT/ with %-escapes in user and password."
        ) from error
    except OperationFailure as error:
        raise PieceFailedError(
            f"{MONGODB_VARIABLE}: {hosts} refuses this user; check user, password and authSource."
        ) from error
    except PyMongoError as error:
        raise PieceFailedError(
            f"{MONGODB_VARIABLE}: nothing answers at {hosts} in {timeout_s:g} s; start it or correct the URI."
        ) from error


def answers(uri: str, *, timeout_s: float = 2.0) -> bool:
    """Return whether the database takes commands from us now."""
    try:
        _ping(uri, timeout_s=timeout_s)
    except (PyMongoError, ValueError):
        return False
    return True


def hosts_of(uri: str) -> str:
    """Return the hosts of a MongoDB URI as `host:port, host:port`, without user and password.

    A `mongodb+srv` name is returned as it stands: nothing is looked up for a text.
    """
    if uri.startswith(_SRV):
        return uri.removeprefix(_SRV).rpartition("@")[2].partition("/")[0].partition("?")[0]
    return ", ".join(f"{host}:{port}" if port else str(host) for host, port in parse_uri(uri)["nodelist"])


def _ping(uri: str, *, timeout_s: float) -> None:
    limit_ms = round(timeout_s * 1000)
    with MongoClient[dict[str, Any]](
        uri, serverSelectionTimeoutMS=limit_ms, connectTimeoutMS=limit_ms, socketTimeoutMS=limit_ms
    ) as client:
        client.admin.command("ping")
