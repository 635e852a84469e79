"""What can go wrong when the pieces of callqa run on one machine."""

from __future__ import annotations

from servicekit.errors import SettingsError, UnavailableError


class PieceFailedError(UnavailableError):
    """A piece of the stack did not start, or did not stop; the message names it and its log's last event."""

    reason = "PIECE_FAILED"


class MongodUnusableError(SettingsError):
    """The embedded MongoDB cannot run on this machine; the message says what is missing and how to get it."""

    reason = "MONGOD_UNUSABLE"
