"""One real mongod of our own: a one-node replica set on loopback, in one folder.

The folder (mode 0700) holds the database, the key file, `mongod.json` (port, user and password, mode 0600),
the log and the lock. Whoever calls `ensure` first starts the server; everyone else gets the same one. It
outlives its starter and keeps its port, user and password; after kill -9 WiredTiger recovers what was
acknowledged.
"""

from __future__ import annotations

import base64
import os
import secrets
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout

from standalone.errors import MongodUnusableError, PieceFailedError
from standalone.log_files import last_event, rotate
from standalone.mongod_binary import explain_exit, find_mongod, probe_mongod
from standalone.ports import LOOPBACK, choose_port
from standalone.private_files import make_private_folder, read_json, write_private, write_private_json
from standalone.processes import ProcessIdentity, exit_code, identify, is_running, spawn_detached, terminate
from standalone.replica_set import REPLICA_SET, Credentials, ensure_primary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 60.0
_CACHE_GB = 0.25
_OPLOG_MB = 128
_USER = "callqa"
_PASSWORD_BYTES = 32
_KEY_BYTES = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningMongod:
    """A mongod that accepts majority writes. `uri` holds its password, so it never shows in a repr."""

    process: ProcessIdentity
    port: int
    uri: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a port that is none."""
        if not 0 < self.port < 65536:
            raise ValueError(f"port {self.port} is not between 1 and 65535")


class EmbeddedMongod:
    """The mongod of one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        log: Path | None = None,
        start_timeout_s: float = START_TIMEOUT_S,
        stop_timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        self._folder = folder.resolve()
        self._database = self._folder / "database"
        self._key = self._folder / "keyfile"
        self._state = self._folder / "mongod.json"
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._log_start_byte = 0
        self.log = log or self._folder / "mongod.log"

    def ensure(self) -> RunningMongod:
        """Start the server unless it runs, wait until it is primary; the same server for all who race.

        Raises MongodUnusableError when this machine cannot run it, PieceFailedError when it does not come up.
        """
        make_private_folder(self._folder)
        with self._locked():
            credentials = self._credentials()
            rotate(self.log)
            found = self._find() or self._start()
            deadline_s = time.monotonic() + self._start_timeout_s
            ensure_primary(
                port=found[1],
                credentials=credentials,
                deadline_s=deadline_s,
                check_alive=lambda: self._check(found[0]),
            )
            return self._running(*found)

    def find(self) -> RunningMongod | None:
        """Return the server of this folder if it runs, whether it answers yet or not."""
        found = self._find()
        return self._running(*found) if found else None

    def stop(self) -> int | None:
        """Stop the server with SIGTERM and return its pid; None when it did not run."""
        if not self._folder.is_dir():
            return None
        with self._locked():
            found = self._find()
            if found is None:
                return None
            # What was acknowledged is in the journal: even the kill after the time-out loses nothing.
            terminate([found[0]], timeout_s=self._stop_timeout_s)
            return found[0].pid

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other starters and stoppers out; the kernel drops the lock when its holder ends."""
        try:
            held = FileLock(self._folder / "lock", mode=0o600).acquire(
                timeout=self._start_timeout_s + self._stop_timeout_s
            )
        except Timeout as error:
            raise PieceFailedError(
                f"Another process has been starting or stopping the database in {self._folder} for too long; "
                "end it and try again."
            ) from error
        with held:
            yield

    def _credentials(self) -> Credentials:
        """User and password, made once: on disk before the server first sees them."""
        state = read_json(self._state)
        if not (state.get("user") and state.get("password")):
            state |= {"user": _USER, "password": secrets.token_urlsafe(_PASSWORD_BYTES)}
            write_private_json(self._state, state)
        if not self._key.is_file():
            write_private(self._key, base64.b64encode(secrets.token_bytes(_KEY_BYTES)))
        return Credentials(user=str(state["user"]), password=str(state["password"]))

    def _running(self, process: ProcessIdentity, port: int) -> RunningMongod:
        return RunningMongod(process=process, port=port, uri=self._credentials().uri(port))

    def _find(self) -> tuple[ProcessIdentity, int] | None:
        """Return the process that serves our folder and its port, as mongod's lock file and its argv tell.

        Nothing that we stored is believed: a starter may have been killed before it could store anything.
        """
        try:
            identity = identify(int((self._database / "mongod.lock").read_text()))
            if identity is None:
                return None
            argv = psutil.Process(identity.pid).cmdline()
            if argv[argv.index("--dbpath") + 1] != str(self._database):
                return None
            return identity, int(argv[argv.index("--port") + 1])
        except (FileNotFoundError, ValueError, IndexError, psutil.Error):
            return None

    def _start(self) -> tuple[ProcessIdentity, int]:
        binary = find_mongod()
        probe_mongod(binary)
        make_private_folder(self._database)
        state = read_json(self._state)
        port = choose_port(kept=state.get("port"))
        write_private_json(self._state, state | {"port": port})
        self._log_start_byte = self.log.stat().st_size if self.log.is_file() else 0
        return spawn_detached(self._argv(binary, port), environment=_environment(), log=self.log), port

    def _argv(self, binary: Path, port: int) -> list[str]:
        options: dict[str, object] = {
            "dbpath": self._database,
            "port": port,
            "bind_ip": LOOPBACK,
            "replSet": REPLICA_SET,
            "keyFile": self._key,
            "oplogSize": _OPLOG_MB,
            "wiredTigerCacheSizeGB": _CACHE_GB,
            # Journal files of 100 MB, laid out beforehand, are most of a fresh folder's size.
            "wiredTigerEngineConfigString": "log=(file_max=16MB,prealloc=false)",
            # CVE-2025-14847 is in the decompressor.
            "networkMessageCompressors": "disabled",
            "setParameter": "diagnosticDataCollectionEnabled=false",
        }
        return [
            str(binary),
            "--nounixsocket",
            *(part for key, value in options.items() for part in (f"--{key}", str(value))),
        ]

    def _check(self, process: ProcessIdentity) -> None:
        """Raise when the server that is awaited has ended."""
        if is_running(process):
            return
        code = exit_code(process)
        if code == -signal.SIGILL:
            raise MongodUnusableError(explain_exit(code, ""))
        event = last_event(self.log, from_byte=self._log_start_byte) or "nothing was logged"
        raise PieceFailedError(f"mongod ended while it started: {event} (log: {self.log}).")


def _environment() -> dict[str, str]:
    """Pass on what loader and locale need; mongod needs no setting of ours, least of all a password."""
    passed = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH"}
    return {name: value for name, value in os.environ.items() if name in passed}
