"""What runs inside a hearing process: loads the engine once, then hears one call after another."""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from contextlib import ExitStack, closing
from multiprocessing.reduction import recv_handle
from typing import TYPE_CHECKING, Any, BinaryIO

from servicekit.errors import CallqaError, CancelledError
from servicekit.logs import configure_logs, exception_places
from servicekit.request_id import request_id_scope
from transcription.processes.messages import Failed, Hear, Heard, Load, Ready, Stop
from transcription.speech.allocator import keep_freed_memory
from transcription.transcribe import CallLeg

if TYPE_CHECKING:
    from collections.abc import Generator
    from multiprocessing.connection import Connection

    from transcription.processes.port import CallHearing
    from transcription.transcript import Transcript

_log = logging.getLogger(__name__)


def run(connection: Connection[Any, Any]) -> None:
    """Serve the process at the other end of `connection` until that is gone."""
    # Before any other thread has memory of its own.
    keep_freed_memory()
    # A signal for the whole group must leave running calls to the server, which drains and then ends us.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    _HearingLoop(connection).run()


class _HearingLoop:
    """The main thread hears; another listens, so that a stop, or the server's death, is noticed meanwhile."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._calls: queue.SimpleQueue[tuple[Hear, list[BinaryIO]]] = queue.SimpleQueue()
        self._stopped = threading.Event()

    def run(self) -> None:
        first: Load = self._connection.recv()
        configure_logs("transcription", first.log_level)
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        try:
            hearing = first.load()
        except Exception as error:  # noqa: BLE001 - the server decides what it means
            self._send(_failure(error))
            return
        self._send(Ready(model_version=hearing.model_version))
        while True:
            call, files = self._calls.get()
            with request_id_scope(call.request_id):
                self._send(self._answer(hearing, call, files))

    def _listen(self) -> None:
        try:
            while True:
                message: Hear | Stop = self._connection.recv()
                if isinstance(message, Stop):
                    self._stopped.set()
                    continue
                files: list[BinaryIO] = [
                    os.fdopen(recv_handle(self._connection), "rb") for _ in message.roles
                ]
                # Messages keep their order, so a stop that came too late for its call ends here.
                self._stopped.clear()
                self._calls.put((message, files))
        except (EOFError, OSError):
            _end()

    def _answer(self, hearing: CallHearing, call: Hear, files: list[BinaryIO]) -> Heard | Failed:
        with ExitStack() as opened:
            legs = [
                CallLeg(file=opened.enter_context(file), roles=roles)
                for file, roles in zip(files, call.roles, strict=True)
            ]
            try:
                pieces = hearing.transcribe(
                    legs, language=call.language, vocabulary=call.vocabulary, check=self._check
                )
                with closing(pieces):
                    return Heard(transcript=self._send_all(pieces))
            except Exception as error:  # noqa: BLE001 - one call must not end the process
                return _failure(error)

    def _send_all(self, pieces: Generator[Any, None, Transcript]) -> Transcript:
        while True:
            try:
                piece = next(pieces)
            except StopIteration as end:
                transcript: Transcript = end.value
                return transcript
            self._send(piece)

    def _send(self, message: object) -> None:
        try:
            self._connection.send(message)
        except OSError:
            _end()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise CancelledError("nobody waits for this call any more")


def _failure(error: Exception) -> Failed:
    if isinstance(error, CallqaError):
        return Failed(error=error)
    _log.error("unexpected exception", extra={"exception": exception_places(error)})
    return Failed(error=None)


def _end() -> None:
    # The server is gone. Not sys.exit: the other thread may be deep inside the engine.
    os._exit(0)
