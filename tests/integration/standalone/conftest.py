from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from standalone.pieces import MARK_VARIABLE
from standalone.processes import find_marked, terminate

if TYPE_CHECKING:
    from collections.abc import Iterator

TINY_SERVER = Path(__file__).with_name("tiny_server.py")


@dataclass
class RecordedProgress:
    """What `up` and `down` reported, in order."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def waiting_for(self, pieces: list[str]) -> None:
        assert pieces

    def done(self, piece: str, what: str) -> None:
        self.lines.append((piece, what))


@pytest.fixture
def progress() -> RecordedProgress:
    return RecordedProgress()


@pytest.fixture
def mark() -> Iterator[str]:
    """Return a mark for the processes of one test; whatever still bears it afterwards is ended."""
    value = f"/test/{uuid.uuid4().hex}"
    yield value
    terminate(find_marked(MARK_VARIABLE, value), timeout_s=0.5)
