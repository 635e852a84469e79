"""One hearing process, as the server sees it."""

from __future__ import annotations

import multiprocessing
import signal
import time
from multiprocessing.reduction import send_handle
from typing import TYPE_CHECKING, Any, Final

from servicekit.errors import UnavailableError
from servicekit.request_id import current_request_id
from transcription.errors import EngineCrashedError
from transcription.processes.loop import run
from transcription.processes.messages import Failed, Hear, Heard, Load, Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.processes.port import CallHearing
    from transcription.transcribe import CallLeg, ChannelSegment, Progress
    from transcription.transcript import Transcript

# How long a caller who has gone may go unnoticed.
_POLL_S: Final = 0.2
# The pipe of a process that dies closes a moment before its exit status can be read.
_DYING_S: Final = 1.0


class HearingProcess:
    """Starts a process that loads what hears; hears one call at a time, for one thread at a time.

    Spawned rather than forked: the server has threads, and the engine's libraries don't survive a fork.
    """

    def __init__(self, load: Callable[[], CallHearing], *, log_level: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=run, args=(theirs,), name="hearing", daemon=True)
        self._in_call = False
        self._process.start()
        # Only the process may hold its end, or its death would not be seen here.
        theirs.close()
        self._send(Load(load=load, log_level=log_level))

    def wait_until_ready(self, timeout_s: float) -> str:
        """Return its model version once it has loaded.

        Raises what loading raised, EngineCrashedError when it died over it, UnavailableError after
        `timeout_s`.
        """
        if not self._connection.poll(timeout_s):
            raise UnavailableError(
                f"a hearing process has not loaded within {timeout_s:g} s (load_timeout_s)"
            )
        answer = self._receive()
        if isinstance(answer, Failed):
            raise answer.error or RuntimeError("a hearing process could not load; its log line says where")
        version: str = answer.model_version
        return version

    def hear(
        self, legs: Sequence[CallLeg], *, language: str, vocabulary: Sequence[str], check: Callable[[], None]
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        """Hear a call; see CallHearing. Call `stop` afterwards, however it ended.

        Raises EngineCrashedError when the process dies.
        """
        self._in_call = True
        self._send(
            Hear(
                request_id=current_request_id(),
                roles=tuple(leg.roles for leg in legs),
                language=language,
                vocabulary=tuple(vocabulary),
            )
        )
        for leg in legs:
            # What is still in this process's buffer is not in the file that the other one reads.
            leg.file.flush()
            self._send_file(leg.file.fileno())
        while True:
            check()
            if not self._connection.poll(_POLL_S):
                continue
            answer = self._receive()
            if isinstance(answer, Heard):
                return answer.transcript
            if isinstance(answer, Failed):
                raise answer.error or RuntimeError("a hearing process failed; its log line says where")
            yield answer

    def stop(self, grace_s: float) -> bool:
        """Stop the call that is heard, if one is, and return whether the process is free within `grace_s`."""
        ends_at_s = time.monotonic() + grace_s
        try:
            if self._in_call:
                self._send(Stop())
            while self._in_call:
                left_s = ends_at_s - time.monotonic()
                if left_s <= 0 or not self._connection.poll(left_s):
                    return False
                self._receive()
        except EngineCrashedError:
            return False
        return self.is_idle()

    def is_idle(self) -> bool:
        """Tell whether it lives and waits for a call; one that died says so by the end of its pipe."""
        return not self._in_call and self._process.is_alive() and not self._connection.poll()

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End it whatever it does; a thread that hears with it gets EngineCrashedError."""
        self._process.kill()
        self._process.join()

    def _send(self, message: Load | Hear | Stop) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise self._crashed() from error

    def _send_file(self, descriptor: int) -> None:
        try:
            send_handle(self._connection, descriptor, self._process.pid)
        except OSError as error:
            raise self._crashed() from error

    def _receive(self) -> Any:  # noqa: ANN401 - any message of hearing_messages, or a piece of what is heard
        try:
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise self._crashed() from error
        if isinstance(answer, Heard | Failed):
            self._in_call = False
        return answer

    def _crashed(self) -> EngineCrashedError:
        self._process.join(_DYING_S)
        code = self._process.exitcode
        if code is None:
            how = "has closed its pipe"
        elif code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit code {code}"
        return EngineCrashedError(f"the process that heard this call {how}; send the call again")
