"""A server's life: bind, start, load, serve, drain, stop.

start   health NOT_SERVING, calls answered UNAVAILABLE
load    models and connections, in a thread of their own
serve   health SERVING, ready_file written
drain   SIGTERM or SIGINT: health NOT_SERVING, calls still taken for settings.drain_s
stop    no new calls; running ones have settings.grace_s, then they are cancelled
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from servicekit import telemetry
from servicekit.errors import UnavailableError
from servicekit.interceptors import (
    CallMetrics,
    DeadlineInterceptor,
    ErrorInterceptor,
    GateInterceptor,
    OutcomeInterceptor,
    RequestIdInterceptor,
    log_call,
)
from servicekit.listening import ProbeServicer, bind, server_options, start_health_port
from servicekit.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType, TracebackType

    from prometheus_client import CollectorRegistry

    from servicekit.settings import ServerSettings

_log = logging.getLogger(__name__)

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Service:
    """A gRPC service: its full proto name, and what adds its servicer to a server before that starts."""

    name: str
    register: Callable[[grpc.Server], None]


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


def start_server(
    *,
    settings: ServerSettings,
    services: Callable[[], Sequence[Service]],
    load: Callable[[], None] | None = None,
    interceptors: Sequence[grpc.ServerInterceptor] = (),
    registry: CollectorRegistry | None = None,
) -> RunningServer:
    """Start a server in this process and return it: SERVING without `load`, loading with it.

    `services` makes the servicers before the server starts, so it should be quick; what takes time (models,
    connections) belongs into `load`, which runs after the start while calls are answered UNAVAILABLE.
    `interceptors` run innermost. `registry` takes the call metrics, and a service's own; by default a new one.
    Raises SettingsError for settings that cannot work.
    """
    settings.require_consistent()
    registry = registry or telemetry.process_registry()
    opened = threading.Event()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=settings.max_workers, thread_name_prefix="call"),
        interceptors=[
            *telemetry.server_interceptors(),
            RequestIdInterceptor(),
            OutcomeInterceptor([log_call, CallMetrics(registry).observe]),
            ErrorInterceptor(),
            DeadlineInterceptor(settings.default_deadline_s),
            GateInterceptor(opened),
            *interceptors,
        ],
        options=server_options(settings),
    )
    made = services()
    for service in made:
        service.register(server)
    names = [service.name for service in made]
    probes = ProbeServicer()
    probes.set_not_serving(names)
    health_pb2_grpc.add_HealthServicer_to_server(probes, server)
    reflection.enable_server_reflection([*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
    running = RunningServer(
        server=server,
        address=bind(server, settings),
        probes=probes,
        services=names,
        settings=settings,
        opened=opened,
    )
    with ExitStack() as undo:
        undo.callback(server.stop, None)
        health_port = start_health_port(probes, settings)
        if health_port is not None:
            running.health_address = health_port[0]
            undo.callback(lambda: health_port[1].stop(None).wait())
        if settings.metrics_port is not None:
            running.metrics_port, stop_metrics = telemetry.serve_metrics(
                registry, host=settings.metrics_host, port=settings.metrics_port
            )
            undo.callback(stop_metrics)
        server.start()
        running.cleanup = undo.pop_all()
    _log.info("listening", extra={"address": running.address, "metrics_port": running.metrics_port})
    if load is None:
        running.load(None)
    else:
        threading.Thread(target=running.load, args=(load,), name="load", daemon=True).start()
    return running


def run_server(
    *,
    settings: ServerSettings,
    services: Callable[[], Sequence[Service]],
    load: Callable[[], None] | None = None,
    name: str = "callqa",
    interceptors: Sequence[grpc.ServerInterceptor] = (),
    registry: CollectorRegistry | None = None,
) -> int:
    """Run a server until SIGTERM or SIGINT and return the exit code 0; call it in the main thread.

    Configures logs and tracing under `name`. Raises what `load` raised, and SettingsError for settings that cannot
    work; see `start_server` for the rest.
    """
    configure_logs(name, settings.log_level)
    settings.require_consistent()
    # A SimpleQueue, because its put() is safe inside a signal handler; an Event's set() can deadlock there.
    events: queue.SimpleQueue[str] = queue.SimpleQueue()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del frame
        events.put(signal.Signals(number).name)

    previous = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        with ExitStack() as ending:
            ending.callback(telemetry.start_tracing(name, settings.traces_exporter))
            running = start_server(
                settings=settings, services=services, load=load, interceptors=interceptors, registry=registry
            )
            return _serve(running, events, drain_s=settings.drain_s)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _serve(running: RunningServer, events: queue.SimpleQueue[str], *, drain_s: float) -> int:
    def report_load() -> None:
        try:
            running.wait_until_loaded()
        except BaseException:  # noqa: BLE001 - the main thread raises it
            events.put("load failed")

    threading.Thread(target=report_load, name="load-report", daemon=True).start()
    event = events.get()
    if event == "load failed":
        running.stop(grace_s=0)
        running.wait_until_loaded()
    _log.info("draining", extra={"signal": event, "drain_s": drain_s})
    running.drain()
    try:
        # A second signal means: now.
        events.get(timeout=drain_s)
    except queue.Empty:
        running.stop()
    else:
        running.stop(grace_s=0)
    _log.info("stopped")
    return 0


def _write_ready_file(path: Path, address: str) -> None:
    # Renamed into place, so that whoever waits for the file never reads half of it.
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps({"address": address, "pid": os.getpid()}), encoding="utf-8")
    partial.replace(path)
