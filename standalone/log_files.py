"""The log file of a piece: bounded, and asked for its last word when the piece dies."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_LOG_BYTES = 16 * 1024 * 1024
_TAIL_BYTES = 64 * 1024
_MAX_EVENT_CHARACTERS = 300
# servicekit's logs, mongod's log.
_EVENT_KEYS = ("event", "message", "msg")
_SEVERITY_KEYS = ("level", "levelname", "severity", "s")
_SEVERE = {"ERROR", "CRITICAL", "FATAL", "E", "F"}


def rotate(log: Path, *, max_log_bytes: int = MAX_LOG_BYTES) -> None:
    """Move the content of a log beyond `max_log_bytes` to `<log>.1`, also while its process writes.

    The process keeps its file (opened for appending), so the content is copied and then cut.
    """
    if log.is_file() and log.stat().st_size > max_log_bytes:
        old = log.with_name(f"{log.name}.1")
        shutil.copyfile(log, old)
        old.chmod(0o600)
        with log.open("r+b") as file:
            file.truncate(0)


def last_event(log: Path, *, from_byte: int = 0) -> str:
    """Return the event of the last error logged after `from_byte`, else of the last line, cut short.

    Empty when nothing was logged.
    """
    try:
        with log.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(from_byte, end - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    events = [_event(line) for line in lines if line.strip()]
    severe = [event for event, is_severe in events if is_severe]
    return (severe or [event for event, _ in events] or [""])[-1]


def _event(line: str) -> tuple[str, bool]:
    try:
        record = json.loads(line)
    except ValueError:
        return line.strip()[:_MAX_EVENT_CHARACTERS], False
    if not isinstance(record, dict):
        return line.strip()[:_MAX_EVENT_CHARACTERS], False
    event = next((str(record[key]) for key in _EVENT_KEYS if record.get(key)), line.strip())
    attributes = record.get("attr")
    if isinstance(attributes, dict) and attributes.get("error"):
        event = f"{event}: {attributes['error']}"
    is_severe = any(str(record.get(key, "")).upper() in _SEVERE for key in _SEVERITY_KEYS)
    return " ".join(event.split())[:_MAX_EVENT_CHARACTERS], is_severe
