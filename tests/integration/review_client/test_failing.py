from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.review_client.fake_server import fake_server

if TYPE_CHECKING:
    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_no_server_is_one_sentence_and_exit_code_3(callqa: Callqa, folder: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    for command in (["calls", "list"], ["upload", folder]):
        ended = callqa(*command, "--address", address)
        assert ended.exit_code == 3
        assert ended.stdout == ""
        assert ended.stderr == (
            f"error: no callqa server answers at {address}: start one with `callqa up`, "
            "or give --address HOST:PORT\n"
        )


def test_no_stack_is_one_sentence(callqa: Callqa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CALLQA_ADDRESS")
    monkeypatch.setenv("CALLQA_HOME", str(tmp_path / "home"))
    ended = callqa("calls", "list")
    assert ended.exit_code == 3
    assert f"no callqa server is known in {tmp_path / 'home'}: start one with `callqa up`" in ended.stderr


def test_a_server_that_fails_gives_its_request_id_and_no_more(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    store.crash = True
    ended = callqa("upload", folder)
    assert ended.exit_code == 4
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("error: the server failed (internal error; ")
    assert "its log says why under request id " in last
    assert "private" not in last


def test_an_error_of_our_own_is_one_sentence_unless_asked_for(
    callqa: Callqa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("review_client.commands.calls.find_call", broken)
    ended = callqa("calls", "show", "x")
    assert ended.exit_code == 4
    assert ended.stderr == (
        "error: callqa met an error of its own (ZeroDivisionError); "
        "run it with CALLQA_DEBUG=1 to see where, and report it\n"
    )
    monkeypatch.setenv("CALLQA_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        callqa("calls", "show", "x")


# A job in the background, as CI may be, hands down that SIGINT is ignored; a terminal does not.
_PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from review_client.main import main
sys.exit(main())
"""


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="a full disk is played by /dev/full")
@pytest.mark.usefixtures("callqa")
def test_an_answer_that_cannot_be_written_is_one_sentence() -> None:
    with FULL.open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", _PROGRAM, "calls", "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    assert ended.returncode == 4
    assert ended.stderr == (
        "error: the output: can't be written (No space left on device); make room for it\n"
    )


def start_upload(folder: Path) -> subprocess.Popen[str]:
    """Start `callqa upload --watch` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "upload", str(folder), "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def wait_until_watched(store: Store, process: subprocess.Popen[str]) -> None:
    while not store.resume_tokens and process.poll() is None:
        time.sleep(0.02)


def test_ctrl_c_leaves_the_batch_to_the_server(callqa: Callqa, store: Store, folder: Path) -> None:
    store.hold_watch = threading.Event()
    process = start_upload(folder)
    try:
        wait_until_watched(store, process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        store.hold_watch.set()
        process.kill()
        process.communicate()
    (name,) = store.batches
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1] == (
        f"error: stopped watching; the batch goes on on the server: callqa batches watch {name}"
    )


def test_ctrl_c_before_the_batch_says_how_to_go_on(
    callqa: Callqa, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_path: Path) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("review_client.submitting.sha256_of_file", interrupted)
    ended = callqa("upload", folder)
    assert ended.exit_code == 130
    assert ended.stderr == (
        "error: stopped before the batch was made; the same command goes on where it ended\n"
    )


def test_watching_goes_on_when_the_server_comes_back(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.hold_watch = threading.Event()
    with fake_server(store) as address:
        monkeypatch.setenv("CALLQA_ADDRESS", address)
        process = start_upload(folder)
        wait_until_watched(store, process)
    store.hold_watch.set()
    store.hold_watch = None
    try:
        with fake_server(store, port=int(address.rpartition(":")[2])):
            stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "good  -        100  resolved" in stdout
    assert process.returncode == 1, stderr
    assert store.resume_tokens[0] == ""
    assert store.resume_tokens[-1] in {"", "1"}


def test_version(callqa: Callqa) -> None:
    ended = callqa("--version")
    assert ended.exit_code == 0
    assert ended.stdout.startswith("callqa ")


@pytest.mark.parametrize(
    "command",
    [
        ["upload"],
        ["calls", "list"],
        ["calls", "show"],
        ["transcript"],
        ["scorecards", "list"],
        ["scorecard"],
        ["batches", "list"],
        ["batches", "show"],
        ["batches", "watch"],
        ["rubrics", "list"],
        ["rubrics", "show"],
        ["rubrics", "check"],
        ["rubrics", "publish"],
        ["packs", "check"],
        ["packs", "try"],
    ],
)
def test_every_command_has_help_with_an_example_and_json(callqa: Callqa, command: list[str]) -> None:
    ended = callqa(*command, "--help")
    assert ended.exit_code == 0
    assert f"Example: callqa {' '.join(command)} " in ended.stdout
    assert "--json" in ended.stdout
    assert "--address" in ended.stdout
