from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from servicekit.channel import is_serving, open_channel, wait_until_serving
from servicekit.errors import SettingsError, UnavailableError
from servicekit.server import start_server
from servicekit.settings import ServerSettings
from tests.unit.servicekit.toy import KINDS, NAME, StartToy, call, failure, serve, stub, toy_services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def echo(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    yield from requests


def wait(event: threading.Event) -> None:
    event.wait(10)


def test_health_is_serving_for_the_server_and_each_service(toy: StartToy) -> None:
    server, _ = toy(echo)
    assert is_serving(server.address)
    assert is_serving(server.address, NAME)
    assert not is_serving(server.address, "callqa.other.v1.Other")


@pytest.mark.parametrize("kind", KINDS)
def test_while_loading_health_says_so_and_calls_are_unavailable(toy: StartToy, kind: str) -> None:
    loaded = threading.Event()
    server, channel = toy(echo, load=lambda: wait(loaded))
    assert not is_serving(server.address)
    assert not is_serving(server.address, NAME)
    seen = failure(channel, kind)
    assert seen.code is grpc.StatusCode.UNAVAILABLE
    assert seen.info is not None
    assert seen.info.reason == "LOADING"
    with pytest.raises(UnavailableError, match=NAME):
        wait_until_serving(server.address, NAME, 0.2)
    with pytest.raises(UnavailableError, match="loading"):
        server.wait_until_loaded(0.01)
    loaded.set()
    wait_until_serving(server.address, NAME, 5)
    assert is_serving(server.address)
    assert call(channel, kind)[0] == [b"a"]


def test_the_tuned_channel_waits_for_a_loading_server(
    toy: StartToy, info_logs: pytest.LogCaptureFixture
) -> None:
    loaded = threading.Event()
    server, _ = toy(echo, load=lambda: wait(loaded))
    threading.Timer(0.7, loaded.set).start()
    with open_channel(server.address) as channel:
        started_s = time.monotonic()
        assert call(channel, "unary_unary")[0] == [b"a"]
        assert time.monotonic() - started_s > 0.4
    # It waited for health to turn; it did not try, and was not refused.
    codes = [record.__dict__["code"] for record in info_logs.records if record.message == "call"]
    assert "UNAVAILABLE" not in codes


def test_a_failing_load_is_told_and_never_serves(toy: StartToy) -> None:
    def load() -> None:
        raise SettingsError("weights: sha256 differs")

    server, _ = toy(echo, load=load)
    with pytest.raises(SettingsError, match="weights"):
        server.wait_until_loaded(5)
    assert not is_serving(server.address)


def test_a_server_told_to_stop_while_loading_never_says_serving(tmp_path: Path) -> None:
    loaded = threading.Event()
    server = serve(echo, load=lambda: wait(loaded), ready_file=tmp_path / "ready")
    server.drain()
    loaded.set()
    server.wait_until_loaded(5)
    assert not is_serving(server.address)
    assert not (tmp_path / "ready").exists()
    server.stop(0)


def test_draining_says_not_serving_and_still_answers(toy: StartToy) -> None:
    server, channel = toy(echo)
    server.drain()
    assert not is_serving(server.address)
    assert not is_serving(server.address, NAME)
    assert call(channel, "unary_unary")[0] == [b"a"]


def test_probes_are_answered_while_every_worker_is_busy(toy: StartToy) -> None:
    release, busy = threading.Event(), threading.Event()

    def block(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        busy.set()
        release.wait(10)
        yield b""

    server, channel = toy(block, max_workers=1)
    running = stub(channel, "unary_unary").future(b"", timeout=10)
    assert busy.wait(5)
    assert is_serving(server.address, NAME)
    release.set()
    running.result()


def test_health_watchers_do_not_hold_up_the_stop() -> None:
    server = serve(echo, grace_s=20)
    with grpc.insecure_channel(server.address) as channel:
        request = health_pb2.HealthCheckRequest(service=NAME)
        watch = health_pb2_grpc.HealthStub(channel).Watch(request, timeout=30)  # type: ignore[attr-defined]
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        started_s = time.monotonic()
        server.stop()
        assert time.monotonic() - started_s < 5
        assert [answer.status for answer in watch] == [health_pb2.HealthCheckResponse.NOT_SERVING]


def test_reflection_lists_the_services(toy: StartToy) -> None:
    _, channel = toy(echo)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    (answer,) = stub.ServerReflectionInfo(iter([request]), timeout=5)
    listed = {service.name for service in answer.list_services_response.service}
    assert listed == {NAME, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}


def test_the_ready_file_says_where_and_goes_at_the_end(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    with serve(echo, ready_file=ready_file) as server:
        assert json.loads(ready_file.read_text()) == {"address": server.address, "pid": os.getpid()}
        assert os.listdir(tmp_path) == ["ready.json"]  # noqa: PTH208 - names alone
    assert not ready_file.exists()


def test_a_ready_file_that_cannot_be_written_is_a_setting_to_correct(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ready_file"):
        serve(echo, ready_file=tmp_path / "absent" / "ready.json")


def test_a_taken_port_is_a_setting_to_correct(toy: StartToy) -> None:
    server, _ = toy(echo)
    with pytest.raises(SettingsError, match="port: cannot listen"):
        serve(echo, port=int(server.address.rsplit(":", 1)[1]))


def test_beyond_loopback_needs_tls_or_consent() -> None:
    with pytest.raises(SettingsError, match=r"host: '0\.0\.0\.0'.*tls_cert_file.*insecure_bind=true"):
        serve(echo, host="0.0.0.0")  # noqa: S104 - what is refused
    with serve(echo, host="0.0.0.0", insecure_bind=True) as server:  # noqa: S104 - what is tested
        assert server.address.startswith("127.0.0.1:")
        assert is_serving(server.address)


def test_metrics_are_served_over_http() -> None:
    with (
        serve(echo, metrics_port=0) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        call(channel, "unary_unary")
        url = f"http://127.0.0.1:{server.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            text = answer.read().decode()
        assert (
            f'callqa_grpc_calls_total{{code="OK",kind="unary_unary",method="/{NAME}/unary_unary"}} 1.0'
            in text
        )
        assert "process_cpu_seconds_total" in text


def test_messages_up_to_the_limit_pass_and_larger_ones_do_not(toy: StartToy) -> None:
    server, channel = toy(echo, max_message_bytes=8 * 1024 * 1024)
    with open_channel(server.address, max_message_bytes=8 * 1024 * 1024) as wide:
        assert len(call(wide, "unary_unary", [b"x" * 7_000_000])[0][0]) == 7_000_000
    assert failure(channel, "unary_unary", [b"x" * 9_000_000]).code is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_interceptors_given_run_inside_the_error_mapping() -> None:
    class Refusing(grpc.ServerInterceptor):
        def intercept_service(  # type: ignore[override]
            self,
            continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[bytes, bytes] | None],
            handler_call_details: grpc.HandlerCallDetails,
        ) -> grpc.RpcMethodHandler[bytes, bytes] | None:
            if "health" in handler_call_details.method:
                return continuation(handler_call_details)

            def refuse(request: bytes, context: grpc.ServicerContext) -> bytes:
                raise UnavailableError("not today")

            return grpc.unary_unary_rpc_method_handler(refuse)

    server = start_server(
        settings=ServerSettings(grace_s=0), services=toy_services(echo), interceptors=[Refusing()]
    )
    with server, grpc.insecure_channel(server.address) as channel:
        seen = failure(channel, "unary_unary")
        assert (seen.code, seen.message) == (grpc.StatusCode.UNAVAILABLE, "not today")
        assert seen.info is not None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the test's certificate")
    folder = tmp_path_factory.mktemp("tls")
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-days",
        "2",
    ]
    subprocess.run(
        [*command, "-keyout", str(key_file), "-out", str(cert_file)], check=True, capture_output=True
    )
    return cert_file, key_file


def test_tls_with_health_in_plaintext_on_its_own_port(certificate: tuple[Path, Path]) -> None:
    cert_file, key_file = certificate
    with serve(echo, tls_cert_file=cert_file, tls_key_file=key_file, health_port=0) as server:
        assert server.health_address is not None
        assert is_serving(server.health_address, NAME)
        assert is_serving(server.address, NAME, tls_ca_file=cert_file)
        assert not is_serving(server.address, NAME, timeout_s=0.5)
        with open_channel(server.address, tls_ca_file=cert_file) as channel:
            assert call(channel, "stream_stream")[0] == [b"a"]


def test_mutual_tls_wants_a_client_certificate(certificate: tuple[Path, Path]) -> None:
    cert_file, key_file = certificate
    with serve(echo, tls_cert_file=cert_file, tls_key_file=key_file, tls_client_ca_file=cert_file) as server:
        with open_channel(
            server.address, tls_ca_file=cert_file, tls_cert_file=cert_file, tls_key_file=key_file
        ) as channel:
            assert call(channel, "unary_unary")[0] == [b"a"]
        with open_channel(server.address, tls_ca_file=cert_file) as channel:
            seen = failure(channel, "unary_unary", timeout_s=1)
            assert seen.code in {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
