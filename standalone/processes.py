"""Processes that outlive their starter: start one, recognise it later, stop it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_IDENTITY_DIGITS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """One process, told apart from a later one with the same pid.

    `started_s` counts seconds from the machine's boot (10 ms steps), because wall-clock start times move when
    the clock is set.
    """

    pid: int
    started_s: float

    def __post_init__(self) -> None:
        """Refuse what no process can have."""
        if self.pid <= 0 or self.started_s < 0:
            raise ValueError(f"pid {self.pid} started at {self.started_s} s is no process")


def identify(pid: int) -> ProcessIdentity | None:
    """Return the identity of a running process; None when there is none or only its exit status is left."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        started_s = round(process.create_time() - psutil.boot_time(), _IDENTITY_DIGITS)
    except (psutil.NoSuchProcess, ValueError):
        return None
    return ProcessIdentity(pid=pid, started_s=max(started_s, 0.0))


def is_running(identity: ProcessIdentity) -> bool:
    """Whether exactly this process still runs."""
    return identify(identity.pid) == identity


def uptime_s(identity: ProcessIdentity) -> float:
    """Return the seconds since the process started."""
    return max(time.time() - psutil.boot_time() - identity.started_s, 0.0)


def spawn_detached(argv: Sequence[str], *, environment: Mapping[str, str], log: Path) -> ProcessIdentity:
    """Start a process in a session of its own, its output appended to `log` (mode 0600).

    It gets no other open file of ours and survives us. Raises OSError when the program cannot be executed.
    """
    pid = os.posix_spawn(
        argv[0],
        list(argv),
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        # A starter may ignore or block signals; the piece must hear SIGTERM.
        setsigmask=(),
        setsigdef=(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE),
    )
    identity = identify(pid)
    # It may be dead already: a pid that is its own identity says so to every later question.
    return identity or ProcessIdentity(pid=pid, started_s=0.0)


def exit_code(identity: ProcessIdentity) -> int | None:
    """Return how a child of ours ended (negative: the signal); None while it runs or is no child."""
    try:
        return psutil.Process(identity.pid).wait(timeout=0)
    except (psutil.TimeoutExpired, psutil.NoSuchProcess):
        return None


def terminate(identity: ProcessIdentity, *, timeout_s: float) -> bool:
    """Send SIGTERM, wait `timeout_s`, then SIGKILL. True when SIGKILL was not needed."""
    if not is_running(identity):
        return True
    process = psutil.Process(identity.pid)
    try:
        process.terminate()
        process.wait(timeout=timeout_s)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(timeout=timeout_s)
        return False
    return True
