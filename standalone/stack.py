"""The stack of one home folder: bring it up, take it down.

Every step can be repeated, and killed at any point: what runs is recognised by pid and start time (by a mark
in its environment when its record is lost), what is missing is started, what is out of date is replaced.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from filelock import FileLock, Timeout

from review_client.home import CLIENT_FILE_NAME, write_address
from servicekit.cores import usable_cores
from standalone.database import CONNECT_TIMEOUT_S, check_given, hosts_of
from standalone.errors import PieceFailedError
from standalone.mongod import EmbeddedMongod
from standalone.piece_starts import PieceStarts
from standalone.pieces import (
    MARK_VARIABLE,
    MONGOD,
    MONGODB_VARIABLE,
    REVIEW_API,
    SERVERS,
    address_of,
    engine_pieces,
    port_variable,
    store_pieces,
)
from standalone.ports import choose_port, is_free
from standalone.private_files import make_private_folder
from standalone.processes import ProcessIdentity, find_marked, is_running, terminate
from standalone.stack_state import StackState, read_state, write_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START_TIMEOUT_S: Final = 180.0
# Above the servers' grace for running calls (30 s).
STOP_TIMEOUT_S: Final = 45.0


class Progress(Protocol):
    """Whoever shows how far `up` and `down` are."""

    def waiting_for(self, pieces: list[str]) -> None:
        """Take note that these pieces are not ready yet."""

    def done(self, piece: str, what: str) -> None:
        """Take note that a piece is ready, or gone; `what` says how."""


class Stack:
    """The stack whose state, data and logs live in `home`; `environment` is the user's."""

    def __init__(
        self,
        home: Path,
        *,
        environment: Mapping[str, str],
        progress: Progress,
        start_timeout_s: float = START_TIMEOUT_S,
        stop_timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        self._home = home.resolve()
        self._environment = environment
        self._progress = progress
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._state_file = self._home / "state.json"

    def up(self, *, workers: int) -> str:
        """Start what does not run, replace what is out of date, wait for all; return the address to call.

        Raises PieceFailedError with one sentence about the piece that did not come up, MongodUnusableError
        when this machine cannot run the embedded database. What has come up keeps running.
        """
        make_private_folder(self._home)
        with self._locked():
            given_uri = self._environment.get(MONGODB_VARIABLE) or None
            if given_uri:
                check_given(given_uri, timeout_s=min(CONNECT_TIMEOUT_S, self._start_timeout_s))
            state = self._remembered()
            ports = self._ports(state)
            state = replace(state, ports=ports, mongodb_uri=given_uri)
            write_state(self._state_file, state)
            starts = PieceStarts(
                logs=make_private_folder(self._home / "logs"),
                state=state,
                save=lambda changed: write_state(self._state_file, changed),
                start_timeout_s=self._start_timeout_s,
                stop_timeout_s=self._stop_timeout_s,
            )
            home = str(self._home)
            engines = engine_pieces(
                ports=ports,
                environment=self._environment,
                home=home,
                # Processes beyond the workers would hold weights for nothing.
                hearing_processes=workers if workers < usable_cores() else None,
            )
            # Models load while the database starts.
            starts.start(engines)
            uri = given_uri or self._start_mongod()
            stores = store_pieces(
                ports=ports, environment=self._environment, home=home, mongodb_uri=uri, workers=workers
            )
            starts.start(stores)
            starts.keep_only([*engines, *stores])
            if given_uri:
                self._progress.done("MongoDB", f"yours at {hosts_of(given_uri)}")
                self._mongod().stop()
            starts.wait(self._progress)
            address = address_of(ports[REVIEW_API])
            write_address(self._home, address)
            return address

    def down(self) -> None:
        """Stop everything in the reverse order of its start; what is stopped already is no mistake."""
        if not self._home.is_dir():
            return
        with self._locked():
            (self._home / CLIENT_FILE_NAME).unlink(missing_ok=True)
            state = self._remembered()
            workers = {name for name in state.pieces if name not in SERVERS}
            for group in (workers, {REVIEW_API}, set(SERVERS) - {REVIEW_API}):
                self._stop(
                    {name: state.pieces[name].process for name in sorted(group) if name in state.pieces}
                )
                for name in group:
                    state = state.without_piece(name)
                write_state(self._state_file, state)
            self._progress.waiting_for([MONGOD])
            pid = self._mongod().stop()
            if pid is not None:
                self._progress.done(MONGOD, f"stopped (pid {pid})")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            held = FileLock(self._home / "lock", mode=0o600).acquire(
                timeout=self._start_timeout_s + self._stop_timeout_s
            )
        except Timeout as error:
            raise PieceFailedError(
                f"Another `callqa up` or `callqa down` is at work in {self._home} for too long; end it first."
            ) from error
        with held:
            yield

    def _mongod(self) -> EmbeddedMongod:
        return EmbeddedMongod(
            self._home / "mongodb",
            log=make_private_folder(self._home / "logs") / f"{MONGOD}.log",
            start_timeout_s=self._start_timeout_s,
            stop_timeout_s=self._stop_timeout_s,
        )

    def _start_mongod(self) -> str:
        self._progress.waiting_for([MONGOD])
        mongod = self._mongod()
        known = mongod.find()
        running = mongod.ensure()
        how = "already serving" if known and known.process == running.process else "serving"
        self._progress.done(MONGOD, f"{how} at {address_of(running.port)}")
        return running.uri

    def _remembered(self) -> StackState:
        """Return the state without the dead, after stopping pieces of ours that it does not know.

        Such a piece was started by a command that was killed before it could write its pid down.
        """
        state = read_state(self._state_file)
        for name, record in state.pieces.items():
            if not is_running(record.process):
                state = state.without_piece(name)
        known = {record.process for record in state.pieces.values()}
        strays = [process for process in find_marked(MARK_VARIABLE, str(self._home)) if process not in known]
        terminate(strays, timeout_s=self._stop_timeout_s)
        return state

    def _ports(self, state: StackState) -> dict[str, int]:
        """Return each server's port: the user's, else the kept one unless it was taken, else a new one."""
        ports: dict[str, int] = {}
        for name in SERVERS:
            record = state.pieces.get(name)
            held = record.port if record else None
            given = self._environment.get(port_variable(name), "")
            # What is no port at all, the server itself refuses.
            if given.isdecimal() and 0 < int(given) < 65536:
                if int(given) in ports.values():
                    raise PieceFailedError(
                        f"{port_variable(name)}: port {given} is another piece's; choose another, or none."
                    )
                if int(given) != held and not is_free(int(given)):
                    raise PieceFailedError(
                        f"{port_variable(name)}: another program holds port {given}; choose another, or none."
                    )
                ports[name] = int(given)
            elif held and held not in ports.values():
                ports[name] = held
            else:
                ports[name] = choose_port(kept=state.ports.get(name), taken=ports.values())
        return ports

    def _stop(self, processes: Mapping[str, ProcessIdentity]) -> None:
        if not processes:
            return
        self._progress.waiting_for(list(processes))
        killed = terminate(processes.values(), timeout_s=self._stop_timeout_s)
        for name, process in processes.items():
            how = f"killed after {self._stop_timeout_s:g} s" if process in killed else "stopped"
            self._progress.done(name, f"{how} (pid {process.pid})")
