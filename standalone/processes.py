"""Processes that outlive their starter: start one, recognise it later, stop it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_IDENTITY_DIGITS = 2
_POLL_S = 0.02


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
        # Of a process with threads the first one may be gone while others still hold its ports.
        if process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1:
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

    It gets no other open file of ours and survives us. Raises OSError that names the program when it cannot
    be executed, the log when that cannot be written.
    """
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        pid = os.posix_spawn(
            argv[0],
            list(argv),
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, output, 2),
            ],
            setsid=True,
            # A starter may ignore or block signals; the piece must hear SIGTERM.
            setsigmask=(),
            setsigdef=(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE),
        )
    finally:
        os.close(output)
    identity = identify(pid)
    # It may be dead already: a pid that is its own identity says so to every later question.
    return identity or ProcessIdentity(pid=pid, started_s=0.0)


def exit_code(identity: ProcessIdentity) -> int | None:
    """Return how a child of ours ended (negative: the signal); None while it runs or is no child."""
    try:
        return psutil.Process(identity.pid).wait(timeout=0)
    except (psutil.TimeoutExpired, psutil.NoSuchProcess):
        return None


def terminate(identities: Iterable[ProcessIdentity], *, timeout_s: float) -> list[ProcessIdentity]:
    """Send SIGTERM to all, wait `timeout_s` for all together, then SIGKILL; return those that needed SIGKILL.

    What does not run any more is left alone, whoever has its pid now.
    """
    targets = list(identities)
    _send(targets, signal.SIGTERM)
    alive = _wait(targets, timeout_s=timeout_s)
    _send(alive, signal.SIGKILL)
    # The kernel ends what was killed as soon as its current system call allows.
    _wait(alive, timeout_s=timeout_s)
    for identity in targets:
        # A child of ours stays a zombie until somebody asks how it ended.
        exit_code(identity)
    return alive


def _send(identities: Sequence[ProcessIdentity], number: signal.Signals) -> None:
    for identity in identities:
        if is_running(identity):
            with suppress(ProcessLookupError):
                os.kill(identity.pid, number)


def _wait(identities: Sequence[ProcessIdentity], *, timeout_s: float) -> list[ProcessIdentity]:
    """Return those that still run after `timeout_s`.

    psutil's own wait also waits for the orphan's exit status to be fetched, for which a container's first
    process may take seconds.
    """
    ends_at_s = time.monotonic() + timeout_s
    alive = [identity for identity in identities if is_running(identity)]
    while alive and time.monotonic() < ends_at_s:
        time.sleep(_POLL_S)
        alive = [identity for identity in alive if is_running(identity)]
    return alive


def find_marked(variable: str, value: str) -> list[ProcessIdentity]:
    """Return our own detached processes that were started with this variable at this value.

    Only heads of a session: what a piece starts itself inherits its environment and is its own business.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == process.pid and process.environ().get(variable) == value:
                found.append(identify(process.pid))
        except (psutil.Error, ProcessLookupError, PermissionError):
            continue
    return [identity for identity in found if identity]
