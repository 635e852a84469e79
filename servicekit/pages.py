"""AIP-158 page tokens: opaque, and bound to the query they continue."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING, Final

from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from pydantic import JsonValue

_VERSION: Final = b"\x01"
_DIGEST_BYTES: Final = 16


def encode_token(query_key: bytes | str, cursor: JsonValue) -> str:
    """Return the token for the page that starts after `cursor` in the query that `query_key` stands for.

    `query_key` is everything that picks and orders the results (parent, filter, order), as text or as the
    request's canonical bytes without page_size and page_token. `cursor` is any JSON value, best a short one.
    The digest keeps a token to its query and catches damage; it is no signature, so a cursor must grant
    nothing that the query would not.
    """
    payload = json.dumps(cursor, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    return base64.urlsafe_b64encode(_VERSION + _digest(query_key, payload) + payload).decode().rstrip("=")


def decode_token(token: str, query_key: bytes | str) -> JsonValue:
    """Return the cursor in `token`, or None for the empty token, which asks for the first page.

    Raises InvalidInputError on `page_token` for a damaged token and for one from another query.
    """
    if not token:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refuse("the page token is damaged") from error
    digest, payload = raw[1 : 1 + _DIGEST_BYTES], raw[1 + _DIGEST_BYTES :]
    if raw[:1] != _VERSION or digest != _digest(query_key, payload):
        raise _refuse("the page token is damaged or belongs to another query; ask for the first page again")
    cursor: JsonValue = json.loads(payload)
    return cursor


def clamp_page_size(page_size: int, *, default: int, maximum: int) -> int:
    """Return how many results to give: `default` when 0 was asked for, never more than `maximum`.

    A negative size raises InvalidInputError on `page_size`, as AIP-158 has it.
    """
    if page_size < 0:
        description = "page_size is 0 or more"
        raise InvalidInputError(description, violations=[FieldViolation("page_size", description)])
    return min(page_size or default, maximum)


def _digest(query_key: bytes | str, payload: bytes) -> bytes:
    key = query_key.encode() if isinstance(query_key, str) else query_key
    # The key is hashed on its own first, so that no key and payload can trade bytes with each other.
    return hashlib.sha256(hashlib.sha256(key).digest() + payload).digest()[:_DIGEST_BYTES]


def _refuse(description: str) -> InvalidInputError:
    return InvalidInputError(description, violations=[FieldViolation("page_token", description)])
