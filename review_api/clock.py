"""The time of day, in the resolution that MongoDB stores."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC, cut to a millisecond, so that a stored value equals the one in memory."""
    return to_ms(datetime.now(UTC))


def to_ms(moment: datetime) -> datetime:
    """Return the time cut to a millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
