"""A server after its start: it loads, serves, drains and stops."""

from __future__ import annotations

import json
import logging
import os
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from servicekit.errors import SettingsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    import grpc

    from servicekit.listening import ProbeServicer
    from servicekit.settings import ServerSettings

_log = logging.getLogger(__name__)


class RunningServer:
    """A started server. `address` is what a client on this machine dials; usable in a `with` block."""

    def __init__(
        self,
        *,
        server: grpc.Server,
        address: str,
        probes: ProbeServicer,
        services: Sequence[str],
        settings: ServerSettings,
        opened: threading.Event,
    ) -> None:
        self.address = address
        self.health_address: str | None = None
        self.metrics_port: int | None = None
        self.cleanup = ExitStack()
        self._server = server
        self._probes = probes
        self._services = services
        self._settings = settings
        self._opened = opened
        self._loaded = threading.Event()
        self._load_failure: BaseException | None = None
        self._state_lock = threading.Lock()
        self._stopping = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def load(self, load: Callable[[], None] | None) -> None:
        """Run `load`, then let calls in; a failure is kept for `wait_until_loaded`."""
        try:
            if load is not None:
                load()
            self._open()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._load_failure = error
        finally:
            self._loaded.set()

    def wait_until_loaded(self, timeout_s: float | None = None) -> None:
        """Return once calls are let in; raises what `load` raised, UnavailableError after `timeout_s`."""
        if not self._loaded.wait(timeout_s):
            raise UnavailableError(f"the server at {self.address} is still loading after {timeout_s:g} s")
        if self._load_failure is not None:
            raise self._load_failure

    def drain(self) -> None:
        """Say NOT_SERVING; calls are still taken."""
        with self._state_lock:
            self._stopping = True
            self._probes.set_not_serving(self._services)
            if self._settings.ready_file is not None:
                self._settings.ready_file.unlink(missing_ok=True)

    def stop(self, grace_s: float | None = None) -> None:
        """Refuse new calls, give running ones `grace_s` (the settings' when None), cancel them, and end."""
        self.drain()
        self._probes.end_watches()
        self._server.stop(self._settings.grace_s if grace_s is None else grace_s).wait()
        self.cleanup.close()

    def _open(self) -> None:
        with self._state_lock:
            # A server told to stop while it loaded must not say SERVING after all.
            if self._stopping:
                return
            self._opened.set()
            self._probes.set_serving(self._services)
            if self._settings.ready_file is not None:
                _write_ready_file(self._settings.ready_file, self.address)
        _log.info("serving", extra={"address": self.address, "services": list(self._services)})


def _write_ready_file(path: Path, address: str) -> None:
    # Renamed into place, so that whoever waits for the file never reads half of it.
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_text(json.dumps({"address": address, "pid": os.getpid()}), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise SettingsError(f"ready_file: cannot write {path}: {error.strerror}") from error
