"""The id that ties together one request's log lines, answers and downstream calls."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

METADATA_KEY: Final = "x-request-id"

_USABLE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_current: ContextVar[str] = ContextVar("callqa_request_id", default="")


def current_request_id() -> str:
    """Return the id of the request this thread works on, or "" outside a request."""
    return _current.get()


def new_request_id() -> str:
    """Return a fresh id: 32 hexadecimal characters."""
    return uuid.uuid4().hex


def usable_or_new(candidate: str | bytes | None) -> str:
    """Return the caller's id when it is 1 to 128 characters of [A-Za-z0-9._-], otherwise a fresh one.

    An id is copied into logs and metadata, so anything else could forge a log field or break a header.
    """
    if isinstance(candidate, str) and _USABLE.fullmatch(candidate):
        return candidate
    return new_request_id()


@contextmanager
def request_id_scope(request_id: str | None = None) -> Iterator[str]:
    """Work under a request id: the given one, or a fresh one. Log lines and calls made inside carry it."""
    previous = _current.get()
    chosen = usable_or_new(request_id)
    _current.set(chosen)
    try:
        yield chosen
    finally:
        # Not reset(token): a response stream that is dropped may be closed in another context, where a
        # token is refused.
        _current.set(previous)
