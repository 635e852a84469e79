"""The settings of every process and every server; `servicekit.settings_loading` reads them."""

from __future__ import annotations

import functools
import ipaddress
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, ParamSpec

from pydantic import Field, FilePath
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from servicekit.errors import SettingsError
from servicekit.settings_loading import CrossProblem, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CrossProblem", "ProcessSettings", "ServerSettings", "is_loopback", "load_settings", "main_guard"]

Args = ParamSpec("Args")

Port = Annotated[int, Field(ge=0, le=65535)]


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ProcessSettings(BaseSettings):
    """What every process of callqa needs to know; each adds its own fields in a subclass.

    Constructed directly it takes keyword arguments and defaults and reads nothing else, so a stray HOST
    in the environment changes nothing. `load_settings` adds environment and file.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Log lines of this weight and above, as JSON on stderr."""
    traces_exporter: Literal["none", "console", "otlp"] = "none"
    """Where spans go; otlp is configured by OTEL_EXPORTER_OTLP_* variables and needs its package."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave keyword arguments as the only source; see the class docstring."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def cross_problems(self) -> Iterator[CrossProblem]:
        """Yield what is wrong between fields. A subclass yields from this and adds its own."""
        yield from ()

    def require_consistent(self) -> None:
        """Raise SettingsError with a line for each cross problem."""
        lines = [f"{problem.fields[0]}: {problem.text}" for problem in self.cross_problems()]
        if lines:
            raise SettingsError("\n".join(lines))


class ServerSettings(ProcessSettings):
    """What a gRPC server process needs to know besides."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs TLS files, or insecure_bind."""
    port: Port = 0
    """0 takes a free port; the log and ready_file tell which."""
    insecure_bind: bool = False
    """Allow plaintext beyond loopback: for pods whose network policy or mesh protects them."""
    max_workers: Annotated[int, Field(ge=1, le=1024)] = 16
    """Threads that answer calls; each running call, streams included, holds one."""
    max_message_bytes: Annotated[int, Field(ge=1024, le=512 * 1024 * 1024)] = 16 * 1024 * 1024
    """Largest message taken or sent."""
    default_deadline_s: Annotated[float, Field(gt=0, le=86400)] = 300.0
    """Time for a call whose client names none."""
    drain_s: Annotated[float, Field(ge=0, le=600)] = 5.0
    """How long calls are still taken after health says NOT_SERVING, while clients move away."""
    grace_s: Annotated[float, Field(ge=0, le=3600)] = 30.0
    """How long running calls may then take before they are cancelled."""
    max_connection_age_s: Annotated[float, Field(gt=0)] = 300.0
    """After this a connection is replaced, so that clients find new replicas; running calls end normally."""
    tls_cert_file: FilePath | None = None
    """PEM certificate chain."""
    tls_key_file: FilePath | None = None
    """PEM private key."""
    tls_client_ca_file: FilePath | None = None
    """PEM roots; when set, clients must show a certificate from them."""
    health_port: Port | None = None
    """A plaintext port with health alone, for Kubernetes probes, which cannot speak TLS."""
    metrics_port: Port | None = None
    """HTTP port with Prometheus metrics; unset serves none."""
    metrics_host: str = "127.0.0.1"
    """Address of the metrics port; beyond loopback it needs insecure_bind, since it is plain HTTP."""
    ready_file: Path | None = None
    """Written once SERVING: {"address": "127.0.0.1:1234", "pid": 1}; removed at the end."""

    def cross_problems(self) -> Iterator[CrossProblem]:
        """Add what is wrong between TLS files and addresses."""
        yield from super().cross_problems()
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            yield CrossProblem(
                ("tls_cert_file", "tls_key_file"), "a certificate and its key go together; set both"
            )
        if self.tls_client_ca_file is not None and self.tls_cert_file is None:
            yield CrossProblem(
                ("tls_client_ca_file", "tls_cert_file"), "needs tls_cert_file and tls_key_file too"
            )
        if not (is_loopback(self.host) or self.tls_cert_file or self.insecure_bind):
            yield CrossProblem(
                ("host", "tls_cert_file", "insecure_bind"),
                f"{self.host!r} is reachable from other machines and there is no TLS; set tls_cert_file and"
                " tls_key_file, or insecure_bind=true where a network policy or a mesh protects the port",
            )
        if self.metrics_port is not None and not (is_loopback(self.metrics_host) or self.insecure_bind):
            yield CrossProblem(
                ("metrics_host", "insecure_bind"),
                f"{self.metrics_host!r} is reachable from other machines and metrics are plain HTTP; use"
                " 127.0.0.1, or insecure_bind=true where a network policy or a mesh protects the port",
            )


def main_guard(main: Callable[Args, int]) -> Callable[Args, int]:
    """Decorate a `main() -> int`: a SettingsError becomes its message on stderr and exit code 78.

    No traceback: whoever configured the process reads this, not its developer.
    """

    @functools.wraps(main)
    def guarded(*args: Args.args, **kwargs: Args.kwargs) -> int:
        try:
            return main(*args, **kwargs)
        except SettingsError as error:
            sys.stderr.write(f"{error}\n")
            return error.exit_code

    return guarded
