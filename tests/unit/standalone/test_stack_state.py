from __future__ import annotations

from typing import TYPE_CHECKING

from standalone.processes import ProcessIdentity
from standalone.stack_state import PieceRecord, StackState, read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path

_STATE = StackState(
    pieces={
        "scoring": PieceRecord(process=ProcessIdentity(pid=12, started_s=3.25), fingerprint="ab", port=20001),
        "worker-1": PieceRecord(process=ProcessIdentity(pid=13, started_s=4.0), fingerprint="cd", port=None),
    },
    ports={"scoring": 20001},
    mongodb_uri="mongodb://u:pass-word@host/",
)


def test_a_state_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_state(path, _STATE)
    assert read_state(path) == _STATE
    assert path.stat().st_mode & 0o777 == 0o600
    assert "pass-word" not in repr(_STATE)


def test_a_damaged_record_is_forgotten_and_the_others_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_state(path, _STATE)
    path.write_text(path.read_text().replace('"pid": 12', '"pid": "twelve"'))
    assert list(read_state(path).pieces) == ["worker-1"]
    path.write_text('{"pieces": [], "ports": {"scoring": "x"}, "mongodb_uri": 1}')
    assert read_state(path) == StackState()


def test_a_stopped_piece_keeps_its_port() -> None:
    state = _STATE.without_piece("scoring")
    assert list(state.pieces) == ["worker-1"]
    assert state.ports == {"scoring": 20001}
