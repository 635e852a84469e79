"""Tells a database that is away for a moment from a mistake of ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from servicekit.errors import CallqaError, SettingsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shutting down, stepping down and interrupted: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
_PASSING_CODES = frozenset({11600, 11602, 91, 189, 10107, 13435, 13436, 112})


# Unauthorized, AuthenticationFailed, and the latter from a proxy of a hosted MongoDB.
_REFUSED_CODES = frozenset({13, 18, 8000})


class DatabaseUnavailableError(UnavailableError):
    """MongoDB does not answer, or not with a majority."""

    reason = "DATABASE_UNAVAILABLE"


class DatabaseRefusesError(SettingsError):
    """MongoDB does not let this user do what a process of ours does."""

    reason = "DATABASE_REFUSES"


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise DatabaseUnavailableError for what waiting can heal, DatabaseRefusesError for a refused user.

    Other errors pass. Also a decorator.
    """
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout, WTimeoutError) as error:
        raise _unavailable() from error
    except CallqaError:
        raise
    except Exception as error:
        # mongoengine raises its own OperationError while it handles the driver's.
        for one in (error, error.__cause__ or error.__context__):
            if is_passing(one):
                raise _unavailable() from error
            if isinstance(one, OperationFailure) and one.code in _REFUSED_CODES:
                raise DatabaseRefusesError(
                    "mongodb_uri: the database refuses this user; check user, password and authSource, and"
                    " give it the roles readWrite and dbAdmin"
                ) from error
        raise


def is_passing(error: BaseException | None) -> bool:
    """Tell whether waiting can heal the driver's error."""
    if isinstance(error, ConnectionFailure):
        return True
    if isinstance(error, OperationFailure) and error.code in _PASSING_CODES:
        return True
    labels = ("RetryableWriteError", "TransientTransactionError")
    return isinstance(error, PyMongoError) and any(error.has_error_label(label) for label in labels)


def _unavailable() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("the database does not answer; try again in a moment")
