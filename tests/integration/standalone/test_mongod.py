from __future__ import annotations

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from standalone.database import answers, check_given
from standalone.errors import PieceFailedError
from standalone.log_files import last_event
from standalone.mongod import EmbeddedMongod
from standalone.ports import LOOPBACK
from standalone.private_files import read_json, write_private_json
from standalone.processes import is_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENSURE = """
import sys
from pathlib import Path
from standalone.mongod import EmbeddedMongod
print(EmbeddedMongod(Path(sys.argv[1])).ensure().uri)
"""


class _HangUp(socketserver.TCPServer):
    """Another program: it takes connections and closes them."""

    allow_reuse_address = True


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[EmbeddedMongod]:
    server = EmbeddedMongod(tmp_path / "mongodb")
    try:
        yield server
    finally:
        server.stop()


def _kill(mongod: EmbeddedMongod) -> None:
    running = mongod.find()
    assert running
    os.kill(running.process.pid, signal.SIGKILL)
    while is_running(running.process):
        time.sleep(0.01)


def _ids(uri: str) -> list[int]:
    with MongoClient[dict[str, Any]](uri) as client:
        return [document["_id"] for document in client.kept.numbers.find(sort=[("_id", 1)])]


def test_acknowledged_writes_survive_kill_and_stop(mongod: EmbeddedMongod) -> None:
    first = mongod.ensure()
    acknowledged: list[int] = []
    with MongoClient[dict[str, Any]](first.uri) as client:
        for number in range(200):
            assert client.kept.numbers.insert_one({"_id": number}).acknowledged
            acknowledged.append(number)
        _kill(mongod)
    assert mongod.find() is None
    assert not answers(first.uri, timeout_s=0.2)

    second = mongod.ensure()
    assert second.uri == first.uri
    assert second.process != first.process
    assert _ids(second.uri) == acknowledged
    assert mongod.ensure() == second

    assert mongod.stop() == second.process.pid
    assert not is_running(second.process)
    assert mongod.stop() is None
    assert _ids(mongod.ensure().uri) == acknowledged


def test_racing_starters_share_one_server(mongod: EmbeddedMongod, tmp_path: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", _ENSURE, str(tmp_path / "mongodb")], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    uris = {starter.communicate()[0].strip() for starter in starters}
    running = mongod.find()
    assert running
    assert uris == {running.uri}


def test_another_program_on_its_port_makes_it_move_with_its_data(mongod: EmbeddedMongod) -> None:
    before = mongod.ensure()
    with MongoClient[dict[str, Any]](before.uri) as client:
        client.kept.numbers.insert_one({"_id": 7})
    mongod.stop()
    with _HangUp((LOOPBACK, before.port), socketserver.BaseRequestHandler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        moved = mongod.ensure()
        other.shutdown()
    assert moved.port != before.port
    assert _ids(moved.uri) == [7]
    mongod.stop()
    assert mongod.ensure().uri == moved.uri


def test_only_its_user_gets_in_and_only_its_owner_reads_the_folder(
    mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    running = mongod.ensure()
    stranger = f"mongodb://{LOOPBACK}:{running.port}/?directConnection=true"
    with (
        MongoClient[dict[str, Any]](stranger) as client,
        pytest.raises(OperationFailure, match="requires auth"),
    ):
        client.kept.numbers.find_one()
    with pytest.raises(PieceFailedError, match="refuses this user"):
        check_given(
            f"mongodb://callqa:wrong@{LOOPBACK}:{running.port}/?directConnection=true&authSource=admin",
            timeout_s=5,
        )
    folder = tmp_path / "mongodb"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()} == {0o600}
    password = str(read_json(folder / "mongod.json")["password"])
    assert password not in mongod.log.read_text()
    assert password not in repr(running)


def test_a_lost_password_is_said_plainly(mongod: EmbeddedMongod, tmp_path: Path) -> None:
    mongod.ensure()
    state = tmp_path / "mongodb" / "mongod.json"
    kept = read_json(state)
    write_private_json(state, kept | {"password": "another"})
    with pytest.raises(PieceFailedError, match=r"another password than its mongod\.json"):
        mongod.ensure()


def test_a_server_that_cannot_start_says_its_last_word(mongod: EmbeddedMongod, tmp_path: Path) -> None:
    mongod.ensure()
    mongod.stop()
    (tmp_path / "mongodb" / "database" / "storage.bson").write_bytes(b"no storage metadata")
    with pytest.raises(PieceFailedError, match="mongod ended while it started: ") as caught:
        mongod.ensure()
    assert last_event(mongod.log) in str(caught.value)
