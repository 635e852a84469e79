"""Hears calls in processes of their own, one call in each; see docs/adr/0010."""

from __future__ import annotations

import logging
import os
import queue
import threading
from typing import TYPE_CHECKING, Final, Self

from servicekit.errors import CallqaError, SettingsError, UnavailableError
from servicekit.logs import exception_places
from transcription.errors import EngineCrashedError
from transcription.processes.process import HearingProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from types import TracebackType

    from transcription.processes.metrics import HearingMetrics
    from transcription.processes.port import CallHearing
    from transcription.settings import TranscriptionSettings
    from transcription.transcribe import CallLeg, ChannelSegment, Progress
    from transcription.transcript import Transcript

_log = logging.getLogger(__name__)

_POLL_S: Final = 0.2
_MAX_RESTART_PAUSE_S: Final = 30.0
# There is a process for each core already; more threads in each would only wait for one another.
_ONE_THREAD_EACH: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class HearingPool:
    """Implements CallHearing with `settings.hearing_processes` processes; use it in a `with` block.

    It takes no more calls at once than it has processes: whoever calls it sees to that. A process that
    crashes costs its call alone; one that goes on although its call was stopped is killed after
    `settings.stop_grace_s`. Either is replaced, and the next call waits for that.
    """

    def __init__(self, settings: TranscriptionSettings, metrics: HearingMetrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._idle: queue.SimpleQueue[HearingProcess] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._processes: set[HearingProcess] = set()
        self._closing = threading.Event()
        self._loaded_count = 0
        self._start_fails = False
        self._load: Callable[[], CallHearing] | None = None
        self._model_version = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, load: Callable[[], CallHearing]) -> None:
        """Start the processes and return when all have loaded; each calls `load`, which is pickled.

        Raises what `load` raised, and SettingsError when a process died over it.
        """
        # Libraries read these when they are loaded, so the processes have to inherit them.
        os.environ.update(_ONE_THREAD_EACH)
        self._load = load
        processes = [self._spawn() for _ in range(self._settings.hearing_processes)]
        for process in processes:
            try:
                self._finish_start(process)
            except EngineCrashedError as error:
                raise SettingsError(
                    f"one of {len(processes)} hearing processes died while it loaded; check that cpu_isa"
                    f" suits this processor and that there is memory for all of them ({error.message})"
                ) from error

    def close(self) -> None:
        """Kill all processes; calls that are still heard end with an error."""
        with self._lock:
            self._closing.set()
            processes = list(self._processes)
        for process in processes:
            process.kill()

    @property
    def model_version(self) -> str:
        """The processes' model version; UnavailableError while none lives and none could be started."""
        self._require_hope()
        return self._model_version

    def transcribe(
        self, legs: Sequence[CallLeg], *, language: str, vocabulary: Sequence[str], check: Callable[[], None]
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        """Hear a call in a process; see CallHearing. Raises EngineCrashedError when the process dies."""
        process = self._take(check)
        try:
            with self._metrics.busy.track_inprogress():
                return (yield from process.hear(legs, language=language, vocabulary=vocabulary, check=check))
        finally:
            if process.stop(self._settings.stop_grace_s):
                self._idle.put(process)
            else:
                self._replace(process)

    def _take(self, check: Callable[[], None]) -> HearingProcess:
        while True:
            check()
            try:
                process = self._idle.get(timeout=_POLL_S)
            except queue.Empty:
                self._require_hope()
                continue
            if process.is_idle():
                return process
            self._replace(process)

    def _require_hope(self) -> None:
        if self._closing.is_set():
            raise UnavailableError("the server is stopping; send the call to another one")
        if self._start_fails and not self._loaded_count:
            raise UnavailableError("no hearing process could be started; the server's log says why")

    def _spawn(self) -> HearingProcess:
        assert self._load is not None  # noqa: S101 - set by start()
        with self._lock:
            if self._closing.is_set():
                raise UnavailableError("the server is stopping")
            process = HearingProcess(self._load, log_level=self._settings.log_level)
            self._processes.add(process)
        return process

    def _finish_start(self, process: HearingProcess) -> None:
        self._model_version = process.wait_until_ready(self._settings.load_timeout_s)
        self._count(+1)
        self._start_fails = False
        self._idle.put(process)

    def _replace(self, process: HearingProcess) -> None:
        """Kill the process if it still lives, and start another without waiting for it."""
        cause = "killed" if process.is_alive() else "crashed"
        self._discard(process)
        self._count(-1)
        if self._closing.is_set():
            return
        self._metrics.replaced.labels(cause=cause).inc()
        _log.warning("hearing process replaced", extra={"cause": cause})
        threading.Thread(target=self._start_another, name="start-hearing", daemon=True).start()

    def _start_another(self) -> None:
        pause_s = 1.0
        while not self._closing.is_set():
            process: HearingProcess | None = None
            try:
                process = self._spawn()
                self._finish_start(process)
            except Exception as error:  # noqa: BLE001 - tried again until it works
                if process is not None:
                    self._discard(process)
                self._start_fails = True
                _log.error(
                    "no hearing process could be started",
                    extra={
                        "problem": error.message if isinstance(error, CallqaError) else type(error).__name__,
                        "exception": exception_places(error),
                    },
                )
                self._closing.wait(pause_s)
                pause_s = min(2 * pause_s, _MAX_RESTART_PAUSE_S)
            else:
                return

    def _discard(self, process: HearingProcess) -> None:
        process.kill()
        with self._lock:
            self._processes.discard(process)

    def _count(self, change: int) -> None:
        with self._lock:
            self._loaded_count += change
            self._metrics.loaded.set(self._loaded_count)
