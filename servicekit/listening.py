"""Where and how a server listens: address, TLS, channel options and the ports for health and reflection."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from servicekit.settings import ServerSettings


class ProbeServicer(health.HealthServicer):
    """Health that answers while every worker is busy: it runs in a thread of its own.

    Otherwise a server at work on long calls would fail its liveness probe and be killed for being busy.
    """

    def __init__(self) -> None:
        super().__init__(experimental_non_blocking=True, experimental_thread_pool=_probe_thread())
        self.Check.__func__.experimental_thread_pool = _probe_thread()  # type: ignore[attr-defined]
        self._watches: set[Callable[[object], None]] = set()
        self._watches_lock = threading.Lock()
        self.set("", health_pb2.HealthCheckResponse.NOT_SERVING)

    def Check(  # noqa: N802 - the proto's name
        self, request: health_pb2.HealthCheckRequest, context: grpc.ServicerContext
    ) -> health_pb2.HealthCheckResponse:
        """Answer a probe; a function of this class, so that the thread pool is not set on the library's."""
        return super().Check(request, context)

    def Watch(  # type: ignore[override]  # noqa: N802 - the stubs overload what grpc calls in one way
        self,
        request: health_pb2.HealthCheckRequest,
        context: grpc.ServicerContext,
        send_response_callback: Callable[[object], None],
    ) -> None:
        """Stream a service's health, and remember the stream for `end_watches`."""

        def forget() -> None:
            with self._watches_lock:
                self._watches.discard(send_response_callback)

        with self._watches_lock:
            self._watches.add(send_response_callback)
        context.add_callback(forget)
        super().Watch(request, context, send_response_callback)

    def end_watches(self) -> None:
        """End every stream; a server that stops would otherwise wait out its whole grace for them."""
        with self._watches_lock:
            watches = list(self._watches)
        for end in watches:
            end(None)

    def set_serving(self, services: Sequence[str]) -> None:
        """Say SERVING for the server ("") and each service."""
        for name in (*services, ""):
            self.set(name, health_pb2.HealthCheckResponse.SERVING)

    def set_not_serving(self, services: Sequence[str]) -> None:
        """Say NOT_SERVING for the server ("") and each service."""
        for name in ("", *services):
            self.set(name, health_pb2.HealthCheckResponse.NOT_SERVING)


@functools.cache
def _probe_thread() -> ThreadPoolExecutor:
    # grpc_health keeps Watch's pool on the class, so one serves every server in the process.
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


def server_options(settings: ServerSettings) -> list[tuple[str, Any]]:
    """Return grpc's channel arguments for these settings."""
    return [
        # Without this a second process silently shares the port of the first.
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        ("grpc.max_connection_age_ms", round(settings.max_connection_age_s * 1000)),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        # Clients may ping every 10 s, between calls too; grpc's 5 minutes would end such connections.
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]


def bind(server: grpc.Server, settings: ServerSettings) -> str:
    """Bind the server's port and return the address a client on this machine dials.

    Raises SettingsError when the port cannot be had or a TLS file not be used.
    """
    wanted = f"{_bracketed(settings.host)}:{settings.port}"
    credentials = _credentials(settings)
    try:
        if credentials is None:
            port = server.add_insecure_port(wanted)
        else:
            port = server.add_secure_port(wanted, credentials)
    except RuntimeError as error:
        raise SettingsError(
            f"port: cannot listen on {wanted}; another process has it, or host is not an address of"
            " this machine, or the TLS files do not fit together"
        ) from error
    return _dialled(settings.host, port)


def start_health_port(servicer: ProbeServicer, settings: ServerSettings) -> tuple[str, grpc.Server] | None:
    """Serve health alone, in plaintext, on settings.health_port; None when it is not set."""
    if settings.health_port is None:
        return None
    server = grpc.server(ThreadPoolExecutor(max_workers=1), options=[("grpc.so_reuseport", 0)])
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    wanted = f"{_bracketed(settings.host)}:{settings.health_port}"
    try:
        port = server.add_insecure_port(wanted)
    except RuntimeError as error:
        raise SettingsError(f"health_port: cannot listen on {wanted}; another process has it") from error
    server.start()
    return _dialled(settings.host, port), server


def _credentials(settings: ServerSettings) -> grpc.ServerCredentials | None:
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    client_ca = settings.tls_client_ca_file
    return grpc.ssl_server_credentials(
        [(_pem("tls_key_file", settings.tls_key_file), _pem("tls_cert_file", settings.tls_cert_file))],
        root_certificates=_pem("tls_client_ca_file", client_ca) if client_ca else None,
        require_client_auth=client_ca is not None,
    )


def _pem(setting: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting}: cannot read {file}: {error.strerror}") from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _dialled(host: str, port: int) -> str:
    # A wildcard is no address to call; whoever reads ready_file is on this machine.
    wildcards = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}  # noqa: S104 - compared, not bound
    return f"{_bracketed(wildcards.get(host, host))}:{port}"
