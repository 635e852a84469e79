from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from standalone.errors import PieceFailedError
from standalone.piece_starts import PieceStarts
from standalone.pieces import MARK_VARIABLE, Piece
from standalone.ports import choose_port
from standalone.processes import find_marked, is_running
from standalone.stack_state import StackState
from tests.integration.standalone.conftest import TINY_SERVER, RecordedProgress

if TYPE_CHECKING:
    from pathlib import Path


class Starter:
    """`callqa up` again and again over the same state."""

    def __init__(self, logs: Path, progress: RecordedProgress) -> None:
        self.logs = logs
        self.progress = progress
        self.state = StackState()

    def up(self, *pieces: Piece, start_timeout_s: float = 60) -> None:
        starts = PieceStarts(
            logs=self.logs,
            state=self.state,
            save=self._save,
            start_timeout_s=start_timeout_s,
            stop_timeout_s=0.5,
        )
        starts.start(pieces)
        starts.keep_only(pieces)
        starts.wait(self.progress)

    def pid(self, name: str = "tiny") -> int:
        return self.state.pieces[name].process.pid

    def _save(self, state: StackState) -> None:
        self.state = state


@pytest.fixture
def starter(tmp_path: Path, progress: RecordedProgress) -> Starter:
    return Starter(tmp_path, progress)


@pytest.fixture
def piece(mark: str) -> Piece:
    port = choose_port()
    return Piece(
        name="tiny",
        argv=(sys.executable, str(TINY_SERVER)),
        packages=(),
        port=port,
        environment={MARK_VARIABLE: mark, "CALLQA_TINY_PORT": str(port)},
    )


def _behaving(piece: Piece, behaviour: str) -> Piece:
    return replace(piece, environment={**piece.environment, "CALLQA_TINY_BEHAVIOUR": behaviour})


def test_what_runs_is_left_alone_and_what_was_killed_comes_back(starter: Starter, piece: Piece) -> None:
    starter.up(piece)
    first = starter.pid()
    starter.up(piece)
    assert starter.pid() == first
    os.kill(first, signal.SIGKILL)
    starter.up(piece)
    assert starter.pid() != first
    assert starter.state.pieces["tiny"].port == piece.port
    how = [what.split(" (")[0] for _, what in starter.progress.lines]
    assert how == [
        f"serving at {piece.address}",
        f"already serving at {piece.address}",
        f"serving at {piece.address}",
    ]


def test_changed_settings_replace_the_process(starter: Starter, piece: Piece, mark: str) -> None:
    starter.up(piece)
    first = starter.state.pieces["tiny"].process
    starter.up(_behaving(piece, "deaf"))
    assert not is_running(first)
    # The next one does not hear SIGTERM and is replaced all the same.
    starter.up(piece)
    assert [process.pid for process in find_marked(MARK_VARIABLE, mark)] == [starter.pid()]


def test_a_piece_that_is_not_wanted_any_more_is_stopped(starter: Starter, piece: Piece) -> None:
    worker = replace(_behaving(piece, "hang"), name="worker-2", port=None)
    starter.up(piece, worker)
    process = starter.state.pieces["worker-2"].process
    assert is_running(process)
    starter.up(piece)
    assert not is_running(process)
    assert list(starter.state.pieces) == ["tiny"]


def test_a_piece_that_ends_is_named_with_its_last_error(
    starter: Starter, piece: Piece, tmp_path: Path
) -> None:
    (tmp_path / "tiny.log").write_text('{"event": "an older error", "level": "ERROR"}\n')
    with pytest.raises(PieceFailedError) as caught:
        starter.up(_behaving(piece, "fail"))
    log = tmp_path / "tiny.log"
    assert str(caught.value) == f"tiny ended while it started: the pack cannot be read (log: {log})."
    starter.up(piece)


def test_a_piece_that_hangs_is_named_and_the_next_start_replaces_it(starter: Starter, piece: Piece) -> None:
    hanging = _behaving(piece, "hang")
    with pytest.raises(PieceFailedError, match=r"tiny is not ready after 1 s: "):
        starter.up(hanging, start_timeout_s=1)
    first = starter.state.pieces["tiny"].process
    assert is_running(first)
    time.sleep(0.1)
    with pytest.raises(PieceFailedError, match="not ready"):
        starter.up(hanging, start_timeout_s=0.5)
    assert not is_running(first)
