"""JSON logs on stderr, one object a line: ts, level, logger, event, service, request_id and the event's own.

An event is a short fixed sentence; what varies goes into `extra=`. Exceptions are logged by type and place:
their messages may quote a transcript, and a transcript never enters a log.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from pythonjsonlogger.json import JsonFormatter

from servicekit.request_id import current_request_id

if TYPE_CHECKING:
    from types import TracebackType

_MAX_FRAMES: Final = 20


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send every logger's lines of `level` (DEBUG, INFO, WARNING, ERROR) and above to stderr as JSON.

    Replaces whatever handlers the root logger had; call it once, at process start.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(EventFormatter(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)


class EventFormatter(JsonFormatter):
    """Formats a record as one JSON object with the fields of the module docstring."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Put the event first, under its name here."""
        return {"event": log_data.pop("message", ""), **log_data}

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Add the fields every line has."""
        super().add_fields(log_data, record, message_dict)
        log_data["message"] = record.getMessage()
        log_data["ts"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["service"] = self._service
        log_data.setdefault("request_id", current_request_id())
        if record.exc_info and record.exc_info[1] is not None:
            log_data.pop("exc_info", None)
            log_data["exception"] = exception_places(record.exc_info[1])

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's own name and type
        """Give the exception's types and places, never its message."""
        return "; ".join(exception_places(ei[1])) if ei and ei[1] is not None else ""


def exception_places(error: BaseException) -> list[str]:
    """Return the exception and what caused it, one `type: file:line function < caller ...` each, no messages.

    The innermost frame comes first; at most 20 frames for each exception. Files are named with their folder
    only.
    """
    places: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        places.append(f"{type(current).__qualname__}: {_frames(current.__traceback__)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return places


def _frames(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-_MAX_FRAMES:]
    return " < ".join(
        f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in reversed(frames)
    )
