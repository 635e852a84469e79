"""A server's life: bind, start, load, serve, drain, stop.

start   health NOT_SERVING, calls answered UNAVAILABLE
load    models and connections, in a thread of their own
serve   health SERVING, ready_file written
drain   SIGTERM or SIGINT: health NOT_SERVING, calls still taken for settings.drain_s
stop    no new calls; running ones have settings.grace_s, then they are cancelled
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from servicekit import telemetry
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
from servicekit.running import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from prometheus_client import CollectorRegistry

    from servicekit.settings import ServerSettings

__all__ = ["RunningServer", "Service", "run_server", "start_server"]

_log = logging.getLogger(__name__)

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Service:
    """A gRPC service: its full proto name, and what adds its servicer to a server before that starts."""

    name: str
    register: Callable[[grpc.Server], None]


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
    `interceptors` run innermost. `registry` takes the call metrics, and a service's own; by default a new
    one. Raises SettingsError for settings that cannot work.
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
        running.wait_until_loaded()
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

    Configures logs and tracing under `name`. Raises what `load` raised, and SettingsError for settings that
    cannot work; see `start_server` for the rest.
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
