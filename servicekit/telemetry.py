"""Prometheus registries and OpenTelemetry spans, for servers and channels alike."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Literal

import prometheus_client
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, gc_collector, platform_collector, process_collector

from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc
    from opentelemetry.sdk.trace import SpanProcessor

_OTLP_MODULE = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"


def process_registry() -> CollectorRegistry:
    """Return a registry with the process's memory, CPU, garbage collection and Python version."""
    registry = CollectorRegistry()
    process_collector.ProcessCollector(registry=registry)
    platform_collector.PlatformCollector(registry=registry)
    gc_collector.GCCollector(registry=registry)
    return registry


def serve_metrics(registry: CollectorRegistry, *, host: str, port: int) -> tuple[int, Callable[[], None]]:
    """Serve `registry` over HTTP; return the port bound (a free one for 0) and what stops it.

    Raises SettingsError when the port cannot be bound.
    """
    try:
        server, thread = prometheus_client.start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise SettingsError(f"metrics_port: cannot listen on {host}:{port}: {error.strerror}") from error

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server.server_port, stop


def start_tracing(service: str, exporter: Literal["none", "console", "otlp"]) -> Callable[[], None]:
    """Send this process's spans to `exporter` and return what flushes and ends it.

    Sets OpenTelemetry's global tracer provider, which a process can do once. Raises SettingsError for otlp
    without its package.
    """
    if exporter == "none":
        return lambda: None
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(_processor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def tracing_is_on() -> bool:
    """Tell whether spans go anywhere in this process."""
    return isinstance(trace.get_tracer_provider(), TracerProvider)


def server_interceptors() -> list[grpc.ServerInterceptor]:
    """Return what makes a span for each call when tracing is on; health and reflection have none."""
    if not tracing_is_on():
        return []
    from opentelemetry.instrumentation.grpc import filters, server_interceptor

    uninteresting = filters.any_of(filters.health_check(), filters.service_prefix("grpc.reflection"))
    interceptor: grpc.ServerInterceptor = server_interceptor(  # type: ignore[no-untyped-call]
        filter_=filters.negate(uninteresting)
    )
    return [interceptor]


def traced(channel: grpc.Channel) -> grpc.Channel:
    """Return the channel with a span for each call that is made on it, when tracing is on."""
    if not tracing_is_on():
        return channel
    from opentelemetry.instrumentation.grpc import client_interceptor
    from opentelemetry.instrumentation.grpc.grpcext import intercept_channel

    wrapped: grpc.Channel = intercept_channel(  # type: ignore[no-untyped-call]
        channel,
        client_interceptor(),  # type: ignore[no-untyped-call]
    )
    return wrapped


def _processor(exporter: Literal["console", "otlp"]) -> SpanProcessor:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

    if exporter == "console":
        return SimpleSpanProcessor(ConsoleSpanExporter())
    if not _importable(_OTLP_MODULE):
        raise SettingsError(
            "traces_exporter: otlp needs the package opentelemetry-exporter-otlp-proto-grpc; install it,"
            " or use console or none"
        )
    module: Any = importlib.import_module(_OTLP_MODULE)
    return BatchSpanProcessor(module.OTLPSpanExporter())


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
