"""Loopback ports that stay the same from one start to the next."""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING

from standalone.errors import PieceFailedError

if TYPE_CHECKING:
    from collections.abc import Collection

LOOPBACK = "127.0.0.1"
# Below Linux' ephemeral range (32768-60999): there, an outgoing connection may sit on a port that was kept,
# and a client that retries a closed port may even connect to itself.
_FIRST_PORT = 20000
_LAST_PORT = 32767
_ATTEMPTS = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now; connections that linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            # Binding beside another socket that is bound and not listening yet succeeds; listening does not.
            probe.listen(1)
        except OSError:
            return False
    return True


def choose_port(*, kept: int | None = None, taken: Collection[int] = ()) -> int:
    """Return the kept port when nobody else holds it, else a free one that is not among `taken`."""
    if kept is not None and kept not in taken and is_free(kept):
        return kept
    for _ in range(_ATTEMPTS):
        port = _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT + 1)
        if port not in taken and is_free(port):
            return port
    raise PieceFailedError(
        f"No free port between {_FIRST_PORT} and {_LAST_PORT} on {LOOPBACK}; end a program that holds some."
    )
