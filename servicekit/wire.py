"""Plain values to and from protobuf's well-known types, and the bytes that hashes are made of."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit.errors import InvalidInputError

if TYPE_CHECKING:
    from google.protobuf.message import Message

# The range that duration.proto documents: about 10,000 years either way.
_MAX_DURATION_S: Final = 315_576_000_000
_NANOS_PER_S: Final = 1_000_000_000
_MS: Final = Decimal("0.001")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def duration_from_s(seconds: float) -> Duration:
    """Return `seconds` as a Duration of whole milliseconds.

    Rounds what `repr(seconds)` shows, half to even, so 1.2345 is 1.234 s on every machine. Range
    ±315,576,000,000 s; anything else, NaN included, raises InvalidInputError.
    """
    exact = Decimal(repr(float(seconds)))
    if not exact.is_finite() or abs(exact) > _MAX_DURATION_S:
        raise InvalidInputError(f"a duration of {seconds} s is out of range")
    milliseconds = int(exact.quantize(_MS, rounding=ROUND_HALF_EVEN).scaleb(3))
    # Both parts carry the sign, as duration.proto asks for.
    whole_s, rest_ms = divmod(abs(milliseconds), 1000)
    sign = -1 if milliseconds < 0 else 1
    return Duration(seconds=sign * whole_s, nanos=sign * rest_ms * 1_000_000)


def s_from_duration(duration: Duration) -> float:
    """Return a Duration as seconds, rounded to a millisecond; the inverse of `duration_from_s`.

    Raises InvalidInputError beyond ±315,576,000,000 s and for nanoseconds of a second or more.
    """
    if abs(duration.seconds) > _MAX_DURATION_S or abs(duration.nanos) >= _NANOS_PER_S:
        raise InvalidInputError(f"a duration of {duration.seconds} s and {duration.nanos} ns is out of range")
    nanoseconds = Decimal(duration.seconds) * 1_000_000_000 + duration.nanos
    return float(nanoseconds.scaleb(-9).quantize(_MS, rounding=ROUND_HALF_EVEN))


def timestamp_from_datetime(moment: datetime) -> Timestamp:
    """Return an aware datetime as a Timestamp, exact to 1 µs; a naive one raises InvalidInputError."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InvalidInputError("a time needs its offset from UTC")
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    whole_s, rest_us = divmod(microseconds, 1_000_000)
    return Timestamp(seconds=whole_s, nanos=rest_us * 1000)


def datetime_from_timestamp(timestamp: Timestamp) -> datetime:
    """Return a Timestamp as an aware UTC datetime; nanoseconds below a microsecond are cut off.

    Raises InvalidInputError outside the years 1 to 9999, and for nanoseconds that are no part of a second.
    """
    if not 0 <= timestamp.nanos < _NANOS_PER_S:
        raise InvalidInputError(f"a time's {timestamp.nanos} nanoseconds are not within its second")
    try:
        return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)
    except OverflowError as error:
        raise InvalidInputError(f"a time {timestamp.seconds} s from 1970 is out of range") from error


def canonical_bytes(message: Message) -> bytes:
    """Return the message's deterministic serialization: equal messages of one schema give equal bytes.

    Protobuf promises this within one version of its library and of the schema only, so a stored hash goes
    with the engine version that made it.
    """
    return message.SerializeToString(deterministic=True)


def sha256_hex(payload: bytes) -> str:
    """Return the SHA-256 of `payload` as 64 lower-case hexadecimal characters."""
    return hashlib.sha256(payload).hexdigest()
