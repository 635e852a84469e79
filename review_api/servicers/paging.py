"""Page tokens of newest-first lists, bound to the request that they continue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from review_api.ports import Cursor
from servicekit.pages import clamp_page_size, decode_token, encode_token
from servicekit.wire import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from google.protobuf.message import Message

DEFAULT_PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 1000

Listed = TypeVar("Listed")


class PagedRequest(Protocol):
    """A list request of the contract."""

    page_size: int
    page_token: str


def page_size_of(request: PagedRequest) -> int:
    """Return how many results to give."""
    return clamp_page_size(request.page_size, default=DEFAULT_PAGE_SIZE, maximum=MAX_PAGE_SIZE)


def query_key(request: Message) -> bytes:
    """Return what picks the results of a list request: all of it but its page."""
    key = type(request)()
    key.CopyFrom(request)
    for field in ("page_size", "page_token"):
        key.ClearField(field)
    return request.DESCRIPTOR.full_name.encode() + b"\0" + canonical_bytes(key)


def cursor_of(request: Message, token: str) -> Cursor | None:
    """Return where the page before ended; InvalidInputError for a token of another query."""
    decoded = decode_token(token, query_key(request))
    if not isinstance(decoded, list):
        return None
    create_time_ms, identifier = decoded
    return Cursor(create_time_ms=int(str(create_time_ms)), id=str(identifier))


def cut_page(
    request: Message, found: Sequence[Listed], size: int, place: Callable[[Listed], tuple[datetime, str]]
) -> tuple[Sequence[Listed], str]:
    """Return the page and the token of the next, from `size` + 1 results that were asked for.

    `place` gives a result's create time and id.
    """
    if len(found) <= size:
        return found, ""
    create_time, identifier = place(found[size - 1])
    return found[:size], encode_token(query_key(request), [round(create_time.timestamp() * 1000), identifier])
