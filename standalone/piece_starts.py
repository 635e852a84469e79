"""Start pieces that do not run as they should, and wait until all of them are ready."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from servicekit.channel import is_serving
from standalone.errors import PieceFailedError
from standalone.fingerprints import fingerprint
from standalone.log_files import last_event, rotate
from standalone.processes import is_running, spawn_detached, terminate, uptime_s
from standalone.stack_state import PieceRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from standalone.pieces import Piece
    from standalone.stack import Progress
    from standalone.stack_state import StackState

_POLL_S: Final = 0.1
# A worker answers nobody; wrong settings or a broken installation end it within this time.
_SETTLING_S: Final = 3.0


class PieceStarts:
    """One run of `callqa up` over its pieces. `save` is called with every changed state."""

    def __init__(
        self,
        *,
        logs: Path,
        state: StackState,
        save: Callable[[StackState], None],
        start_timeout_s: float,
        stop_timeout_s: float,
    ) -> None:
        self._logs = logs
        self._state = state
        self._save = save
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._began_s = time.monotonic()
        self._waiting: dict[str, Piece] = {}
        # Where each log ended when its piece was started here; earlier lines tell of earlier lives.
        self._log_start_bytes: dict[str, int] = {}

    def start(self, pieces: Sequence[Piece]) -> None:
        """Leave alone what runs as it would be started now; stop and start the rest, all at once."""
        wanted = {piece.name: (piece, fingerprint(piece)) for piece in pieces}
        fresh = {
            name
            for name, (piece, print_now) in wanted.items()
            if (record := self._state.pieces.get(name)) and self._is_current(piece, record, print_now)
        }
        self._stop([name for name in wanted if name not in fresh])
        for name, (piece, print_now) in wanted.items():
            if name not in fresh:
                self._spawn(piece, print_now)
            self._waiting[name] = piece

    def keep_only(self, pieces: Sequence[Piece]) -> None:
        """Stop recorded pieces that are not among these, such as workers beyond a lowered number."""
        names = {piece.name for piece in pieces}
        self._stop([name for name in self._state.pieces if name not in names])

    def wait(self, progress: Progress) -> None:
        """Return when every piece is ready; PieceFailedError names the first that ends or takes too long."""
        while self._waiting:
            progress.waiting_for(list(self._waiting))
            for name, piece in list(self._waiting.items()):
                record = self._state.pieces[name]
                if not is_running(record.process):
                    if name in self._log_start_bytes:
                        raise PieceFailedError(f"{name} ended while it started: {self._last_words(name)}.")
                    # It was found running and has ended since: killed a moment ago, say.
                    self._spawn(piece, record.fingerprint)
                elif _has_settled(piece, record) and is_ready(piece.address):
                    del self._waiting[name]
                    progress.done(name, self._how(name, piece))
            if self._waiting and time.monotonic() - self._began_s > self._start_timeout_s:
                name = next(iter(self._waiting))
                raise PieceFailedError(
                    f"{name} is not ready after {self._start_timeout_s:g} s: {self._last_words(name)}."
                )
            if self._waiting:
                time.sleep(_POLL_S)

    def _is_current(self, piece: Piece, record: PieceRecord, print_now: str) -> bool:
        if record.fingerprint != print_now or not is_running(record.process):
            return False
        # One that has had its time and still does not answer hangs; one that is younger may be loading.
        return uptime_s(record.process) < self._start_timeout_s or is_ready(piece.address)

    def _stop(self, names: Sequence[str]) -> None:
        processes = [self._state.pieces[name].process for name in names if name in self._state.pieces]
        terminate(processes, timeout_s=self._stop_timeout_s)
        for name in names:
            self._state = self._state.without_piece(name)
        self._save(self._state)

    def _spawn(self, piece: Piece, print_now: str) -> None:
        log = self.log_of(piece.name)
        rotate(log)
        self._log_start_bytes[piece.name] = log.stat().st_size if log.is_file() else 0
        process = spawn_detached(piece.argv, environment=piece.environment, log=log)
        self._state = self._state.with_piece(
            piece.name, PieceRecord(process=process, fingerprint=print_now, port=piece.port)
        )
        self._save(self._state)

    def log_of(self, name: str) -> Path:
        """Return the log file of a piece."""
        return self._logs / f"{name}.log"

    def _last_words(self, name: str) -> str:
        log = self.log_of(name)
        event = last_event(log, from_byte=self._log_start_bytes.get(name, 0)) or "it logged nothing"
        return f"{event.rstrip('.')} (log: {log})"

    def _how(self, name: str, piece: Piece) -> str:
        where = f" at {piece.address}" if piece.address else ""
        if name not in self._log_start_bytes:
            return f"already serving{where}" if where else "already running"
        took = f"{time.monotonic() - self._began_s:.1f} s"
        return f"serving{where} ({took})" if where else f"running ({took})"


def _has_settled(piece: Piece, record: PieceRecord) -> bool:
    return piece.address is not None or uptime_s(record.process) >= _SETTLING_S


def is_ready(address: str | None) -> bool:
    """Return whether the piece at `address` is SERVING; one without an address is ready while it runs."""
    return address is None or is_serving(address)
