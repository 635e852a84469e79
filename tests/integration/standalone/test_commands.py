from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from review_client.errors import ClientError
from standalone.commands import app
from standalone.mongod import EmbeddedMongod
from standalone.pieces import MARK_VARIABLE
from standalone.ports import choose_port
from standalone.processes import is_running, spawn_detached
from standalone.stack_state import PieceRecord, StackState, write_state
from tests.integration.standalone.conftest import TINY_SERVER

if TYPE_CHECKING:
    from pathlib import Path

    from standalone.processes import ProcessIdentity


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path))
    monkeypatch.delenv("MONGODB_URI", raising=False)
    return tmp_path


def _worker(home: Path) -> ProcessIdentity:
    return spawn_detached(
        [sys.executable, str(TINY_SERVER)],
        environment={MARK_VARIABLE: str(home), "CALLQA_TINY_BEHAVIOUR": "hang"},
        log=home / "log",
    )


def test_without_a_stack_status_says_so_and_down_has_nothing_to_do(home: Path) -> None:
    result = CliRunner().invoke(app, ["status", "--json"])
    assert result.exit_code == 3
    pieces = json.loads(result.stdout)
    assert [piece["name"] for piece in pieces] == ["mongod", "transcription", "scoring", "review_api"]
    assert {piece["health"] for piece in pieces} == {"STOPPED"}
    assert "STOPPED" in CliRunner().invoke(app, ["status"]).stdout
    result = CliRunner().invoke(app, ["down"])
    assert (result.exit_code, result.stderr.strip()) == (0, "nothing runs")


def test_down_stops_what_is_recorded_and_what_a_killed_start_left_unrecorded(home: Path) -> None:
    recorded, stray = _worker(home), _worker(home)
    record = PieceRecord(process=recorded, fingerprint="ab", port=None)
    write_state(home / "state.json", StackState(pieces={"worker-1": record}))
    (home / "client.json").write_text('{"address": "127.0.0.1:1"}')
    pieces = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert (pieces[-1]["name"], pieces[-1]["pid"]) == ("worker-1", recorded.pid)

    result = CliRunner().invoke(app, ["down"])
    assert result.exit_code == 0
    assert f"worker-1       stopped (pid {recorded.pid})" in result.stderr
    assert not is_running(recorded)
    assert not is_running(stray)
    assert not (home / "client.json").exists()


def test_the_embedded_database_is_shown_and_stopped(home: Path) -> None:
    mongod = EmbeddedMongod(home / "mongodb", log=home / "mongod.log").ensure()
    try:
        shown = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)[0]
        assert {key: shown[key] for key in ("name", "health", "pid", "address")} == {
            "name": "mongod",
            "health": "SERVING",
            "pid": mongod.process.pid,
            "address": f"127.0.0.1:{mongod.port}",
        }
    finally:
        result = CliRunner().invoke(app, ["down"])
    assert f"mongod         stopped (pid {mongod.process.pid})" in result.stderr
    assert not is_running(mongod.process)


def test_a_database_that_does_not_answer_ends_up_before_anything_starts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", f"mongodb://u:pass-word@127.0.0.1:{choose_port()}/")
    with pytest.raises(ClientError, match="MONGODB_URI: nothing answers at") as caught:
        CliRunner().invoke(app, ["up", "--start-timeout-s", "1"], catch_exceptions=False)
    assert "pass-word" not in str(caught.value)
    assert not (home / "state.json").exists()


def test_two_servers_cannot_have_one_port(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = str(choose_port())
    for server in ("TRANSCRIPTION", "SCORING"):
        monkeypatch.setenv(f"CALLQA_{server}_PORT", port)
    with pytest.raises(ClientError, match=rf"CALLQA_SCORING_PORT: port {port} is another piece's"):
        CliRunner().invoke(app, ["up"], catch_exceptions=False)
    assert not (home / "state.json").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "closed").mkdir(mode=0o500)
    monkeypatch.setenv("CALLQA_HOME", str(home / "closed" / "callqa"))
    with pytest.raises(ClientError, match=r"closed/callqa: Permission denied"):
        CliRunner().invoke(app, ["up"], catch_exceptions=False)
