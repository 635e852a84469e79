"""How values of the contract are written for people: short, and the same everywhere."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from google.protobuf.duration_pb2 import Duration
    from google.protobuf.timestamp_pb2 import Timestamp


class _EnumType(Protocol):
    def Name(self, number: Any) -> str: ...  # noqa: ANN401, N802 - protobuf's own signature


def word_of(enum: _EnumType, number: int) -> str:
    """Return the contract's word ("FOLLOW_UP_PROMISED"); a number of a newer contract stays a number."""
    try:
        return enum.Name(number)
    except ValueError:
        return str(number)


def slug(word: str) -> str:
    """Return the contract's word as people read and type it: "follow-up-promised"; "" when it isn't set."""
    return "" if word.endswith("UNSPECIFIED") else word.lower().replace("_", "-")


def clock(duration: Duration) -> str:
    """Return an offset or a length as m:ss, or h:mm:ss from an hour on; parts of a second are cut off."""
    minutes, seconds = divmod(duration.seconds, 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def percent(share: float) -> str:
    """Return a share of 0 to 1 as "97 %"; only nothing is 0 % and only all is 100 %."""
    whole = round(100 * share)
    return f"{min(max(whole, 1 if share > 0 else 0), 99 if share < 1 else 100)} %"


def number(value: float) -> str:
    """Return points or a score with at most one decimal: "7", "83.3"."""
    return f"{round(value, 1):g}"


def moment(timestamp: Timestamp) -> str:
    """Return a time in UTC to the minute; "" for a time that isn't set."""
    if not timestamp.seconds:
        return ""
    return timestamp.ToDatetime(tzinfo=UTC).strftime("%Y-%m-%d %H:%M")


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """Return "1 call", "12 calls"."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
