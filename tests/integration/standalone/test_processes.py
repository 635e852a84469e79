from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from standalone.pieces import MARK_VARIABLE
from standalone.processes import (
    ProcessIdentity,
    exit_code,
    find_marked,
    identify,
    is_running,
    spawn_detached,
    terminate,
    uptime_s,
)

if TYPE_CHECKING:
    from pathlib import Path

_DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"


def _spawn(program: str, *, mark: str, log: Path) -> ProcessIdentity:
    return spawn_detached(
        [sys.executable, "-c", program], environment={MARK_VARIABLE: mark, "A": "b"}, log=log
    )


@pytest.fixture
def sleeper(mark: str, tmp_path: Path) -> ProcessIdentity:
    return _spawn("import time; time.sleep(600)", mark=mark, log=tmp_path / "log")


def _wait_for_text(log: Path, text: str) -> None:
    while text not in log.read_text():
        time.sleep(0.01)


def test_a_process_is_recognised_and_a_successor_with_its_pid_is_not(sleeper: ProcessIdentity) -> None:
    successor = replace(sleeper, started_s=sleeper.started_s - 5)
    assert identify(sleeper.pid) == sleeper
    assert is_running(sleeper)
    assert not is_running(successor)
    assert uptime_s(sleeper) < 60
    assert terminate([successor], timeout_s=5) == []
    assert is_running(sleeper)


def test_it_has_a_session_of_its_own_and_its_output_goes_to_its_owners_log(mark: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    process = _spawn(
        "import os, sys; print(os.environ['A']); print('bad', file=sys.stderr)", mark=mark, log=log
    )
    psutil.Process(process.pid).wait(timeout=30)
    assert sorted(log.read_text().split()) == ["b", "bad", "before"]
    running = _spawn("import time; time.sleep(600)", mark=mark, log=tmp_path / "new")
    assert os.getsid(running.pid) == running.pid
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_what_kept_it_from_starting_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(FileNotFoundError, match="no-program"):
        spawn_detached([str(tmp_path / "no-program")], environment={}, log=log)
    log.unlink()
    log.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        spawn_detached([sys.executable, "-c", ""], environment={}, log=log)
    assert str(caught.value.filename) == str(log)


def test_sigterm_reaches_a_process_whose_starter_blocks_it(mark: str, tmp_path: Path) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        process = _spawn("import time; time.sleep(600)", mark=mark, log=tmp_path / "log")
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    assert terminate([process], timeout_s=30) == []
    assert not is_running(process)


def test_what_does_not_hear_sigterm_is_killed_and_named(
    mark: str, tmp_path: Path, sleeper: ProcessIdentity
) -> None:
    deaf = _spawn(_DEAF, mark=mark, log=tmp_path / "deaf.log")
    _wait_for_text(tmp_path / "deaf.log", "deaf")
    assert terminate([deaf, sleeper], timeout_s=0.3) == [deaf]
    assert not is_running(deaf)
    assert not is_running(sleeper)


# The first thread ends and leaves the process to another one, as a server does that is being torn down.
_HEADLESS = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_runs_as_long_as_any_of_its_threads(mark: str, tmp_path: Path) -> None:
    headless = _spawn(_HEADLESS, mark=mark, log=tmp_path / "log")
    while psutil.Process(headless.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.02)
    assert is_running(headless)
    os.kill(headless.pid, signal.SIGKILL)
    while is_running(headless):
        time.sleep(0.02)


def test_how_a_child_ended_is_told_once_it_has(mark: str, tmp_path: Path, sleeper: ProcessIdentity) -> None:
    assert exit_code(sleeper) is None
    os.kill(sleeper.pid, signal.SIGKILL)
    while is_running(sleeper):
        time.sleep(0.01)
    assert exit_code(sleeper) == -signal.SIGKILL


def test_heads_of_sessions_are_found_by_their_mark_and_their_children_are_not(
    mark: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    program = (
        "import subprocess, sys, time;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print('both', flush=True); time.sleep(600)"
    )
    parent = _spawn(program, mark=mark, log=log)
    _wait_for_text(log, "both")
    children = psutil.Process(parent.pid).children()
    assert len(children) == 1
    assert find_marked(MARK_VARIABLE, mark) == [parent]
    assert find_marked(MARK_VARIABLE, f"{mark}x") == []
    children[0].kill()
