"""How the text of one manifest cell is read. Every function takes the cell without spaces around it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from callqa.v1.transcript_pb2 import AGENT, CUSTOMER, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callqa.v1.transcript_pb2 import SpeakerRole

# Call.labels in the contract.
MAX_LABELS: Final = 64

_ROLES: Final[Mapping[str, SpeakerRole.ValueType]] = {
    "agent": AGENT,
    "customer": CUSTOMER,
    "unknown": UNKNOWN,
}
_RFC_3339: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class CellError(ValueError):
    """The cell can't be read; the message says what to write."""


def started_at(cell: str) -> datetime | None:
    """Return an RFC 3339 time in UTC; None for an empty cell."""
    if not cell:
        return None
    advice = f"{cell!r} is no time; write RFC 3339 with its offset, as 2026-05-02T09:12:00+01:00"
    if not _RFC_3339.fullmatch(cell):
        raise CellError(advice)
    try:
        return datetime.fromisoformat(cell.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        # The form is right and the day does not exist.
        raise CellError(advice) from None


def language(cell: str) -> str:
    """Return a BCP-47 language tag; empty for an empty cell."""
    if cell and not _LANGUAGE.fullmatch(cell):
        raise CellError(f"{cell!r} is no language; write a BCP-47 tag, as en or en-GB")
    return cell


def roles(cell: str) -> tuple[SpeakerRole.ValueType, ...]:
    """Return one role per channel from `agent;customer`; empty for an empty cell."""
    if not cell:
        return ()
    found = []
    for word in cell.split(";"):
        try:
            found.append(role(word))
        except CellError as error:
            raise CellError(f"{error} in channel order, as agent;customer") from None
    return tuple(found)


def role(word: str) -> SpeakerRole.ValueType:
    """Return the role of a word: agent, customer or unknown."""
    found = _ROLES.get(word.strip().lower())
    if found is None:
        raise CellError(f"{word.strip()!r} is no role; write {', '.join(_ROLES)}")
    return found


def text_labels(cell: str) -> Mapping[str, str]:
    """Return labels from `key=value;key=value`, at most 64; empty for an empty cell."""
    labels: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in cell.split(";"))):
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key:
            raise CellError(f"{pair!r} is no label; write key=value;key=value")
        if key in labels:
            raise CellError(f"the label {key!r} stands there twice; keep one")
        labels[key] = value
    if len(labels) > MAX_LABELS:
        raise CellError(f"has {len(labels)} labels; keep at most {MAX_LABELS}")
    return labels
