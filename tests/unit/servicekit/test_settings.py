from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from servicekit.errors import SettingsError
from servicekit.settings import CrossProblem, ServerSettings, is_loopback, load_settings, main_guard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Engine(BaseModel):
    beam_size: int = Field(default=5, ge=1)


class ToySettings(ServerSettings):
    pack_dir: str
    engine: Engine = Engine()
    queues: list[str] = Field(default_factory=list)
    api_key: SecretStr | None = None
    mongodb_uri: int = 0
    mode: Literal["fast", "exact"] = "fast"

    def cross_problems(self) -> Iterator[CrossProblem]:
        yield from super().cross_problems()
        if self.mode == "exact" and self.max_workers > 4:
            yield CrossProblem(("max_workers", "mode"), "exact mode takes at most 4")


def load(**init: object) -> ToySettings:
    return load_settings(ToySettings, env_prefix="CALLQA_TOY_", file_env="CALLQA_TOY_CONFIG", **init)


def mistakes(**init: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(**init)
    heading, *lines = caught.value.message.splitlines()
    assert heading == f"{len(lines)} {'mistake' if len(lines) == 1 else 'mistakes'} in the settings:"
    return lines


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "toy.yaml"
    path.write_text("pack_dir: /packs\n")
    monkeypatch.setenv("CALLQA_TOY_CONFIG", str(path))
    return path


def test_arguments_win_over_environment_over_file_over_defaults(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("pack_dir: file\nport: 1\nmax_workers: 2\nengine: {beam_size: 3}\n")
    monkeypatch.setenv("CALLQA_TOY_PORT", "4")
    monkeypatch.setenv("CALLQA_TOY_MAX_WORKERS", "5")
    settings = load(max_workers=6)
    assert (settings.pack_dir, settings.port, settings.max_workers) == ("file", 4, 6)
    assert settings.engine.beam_size == 3
    assert settings.host == "127.0.0.1"


def test_lists_and_nested_settings_are_json_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLQA_TOY_PACK_DIR", "/packs")
    monkeypatch.setenv("CALLQA_TOY_QUEUES", '["sales", "care"]')
    monkeypatch.setenv("CALLQA_TOY_ENGINE", '{"beam_size": 2}')
    monkeypatch.setenv("CALLQA_TOY_HEALTH_PORT", "")
    settings = load()
    assert settings.queues == ["sales", "care"]
    assert settings.engine.beam_size == 2
    assert settings.health_port is None


def test_all_mistakes_are_reported_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("pack_dirr: /packs\ngrace_s: soon\nengine: {beam_size: 0}\n")
    monkeypatch.setenv("CALLQA_TOY_PORT", "eighty")
    monkeypatch.setenv("CALLQA_TOY_MAX_WORKRES", "4")
    monkeypatch.setenv("CALLQA_TOY_QUEUES", "sales")
    monkeypatch.setenv("CALLQA_TOY_HOST", "0.0.0.0")  # noqa: S104 - what is refused
    found = mistakes(drain_s=-1, mode="exact")
    starts = [
        f"{file}: pack_dirr: unknown key; did you mean pack_dir?",
        "CALLQA_TOY_MAX_WORKRES: unknown setting; did you mean CALLQA_TOY_MAX_WORKERS?",
        "CALLQA_TOY_QUEUES: not JSON at character 1; expected JSON",
        "CALLQA_TOY_PORT: 'eighty': Input should be a valid integer",
        "argument drain_s: -1: Input should be greater than or equal to 0",
        f"{file}: grace_s: 'soon': Input should be a valid number",
        "CALLQA_TOY_PACK_DIR: required and not set; set it, or pack_dir in the file",
        f"{file}: engine.beam_size: 0: Input should be greater than or equal to 1",
    ]
    for start in starts:
        assert any(line.startswith(start) for line in found), (start, found)
    assert len(found) == len(starts)


def test_what_is_wrong_between_settings_is_reported_with_the_rest(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLQA_TOY_PORT", "eighty")
    monkeypatch.setenv("CALLQA_TOY_HOST", "0.0.0.0")  # noqa: S104 - what is refused
    monkeypatch.setenv("CALLQA_TOY_MODE", "exact")
    port, host, workers = mistakes()
    assert port.startswith("CALLQA_TOY_PORT: ")
    assert host.startswith("CALLQA_TOY_HOST: '0.0.0.0' is reachable from other machines and there is no TLS")
    assert "insecure_bind=true" in host
    assert workers == "CALLQA_TOY_MAX_WORKERS: exact mode takes at most 4"


def test_a_mistake_is_not_reported_twice_through_its_consequences(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key_file = tmp_path / "key.pem"
    key_file.write_text("")
    monkeypatch.setenv("CALLQA_TOY_TLS_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("CALLQA_TOY_TLS_KEY_FILE", str(key_file))
    (line,) = mistakes()
    assert line.startswith("CALLQA_TOY_TLS_CERT_FILE: ")
    assert "Path does not point to a file" in line


def test_variables_that_kubernetes_makes_for_a_service_are_named_as_such(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["PORT", "PORT_8080_TCP", "PORT_8080_TCP_ADDR", "SERVICE_HOST", "SERVICE_PORT_GRPC"]
    for name in names:
        monkeypatch.setenv(f"CALLQA_TOY_{name}", "tcp://10.0.0.1:8080")
    (line,) = mistakes()
    assert all(f"CALLQA_TOY_{name}" in line for name in names)
    assert "enableServiceLinks: false" in line


def test_secrets_are_not_repeated(file: Path) -> None:
    for name in ("api_key", "mongodb_uri"):
        (line,) = mistakes(**{name: ["hunter2"]})
        assert line.startswith(f"argument {name}: Input should be")
        assert "hunter2" not in line


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("port: [", "is not YAML at line"), ("- port", "holds no mapping"), (None, "cannot read")],
)
def test_a_file_that_is_none(
    file: Path, content: str | None, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLQA_TOY_PACK_DIR", "/packs")
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    (line,) = mistakes()
    assert line.startswith("CALLQA_TOY_CONFIG: ")
    assert complaint in line
    assert str(file) in line


def test_constructed_directly_nothing_else_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9")
    monkeypatch.setenv("HOST", "elsewhere")
    settings = ServerSettings()
    assert (settings.host, settings.port) == ("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - compared
        ("::", False),
        ("10.0.0.1", False),
        ("scoring.internal", False),
    ],
)
def test_loopback(host: str, alone: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_loopback(host) is alone


def test_the_rules_between_settings(tmp_path: Path) -> None:
    some_file = tmp_path / "some.pem"
    some_file.write_text("")
    wrong = ServerSettings(
        tls_client_ca_file=some_file,
        tls_key_file=some_file,
        metrics_port=9000,
        metrics_host="0.0.0.0",  # noqa: S104 - what is refused
    )
    with pytest.raises(SettingsError) as caught:
        wrong.require_consistent()
    assert [line.split(":")[0] for line in caught.value.message.splitlines()] == [
        "tls_cert_file",
        "tls_client_ca_file",
        "metrics_host",
    ]
    ServerSettings(host="10.0.0.1", tls_cert_file=some_file, tls_key_file=some_file).require_consistent()


def test_main_guard_passes_results_and_other_errors() -> None:
    assert main_guard(lambda: 3)() == 3
    with pytest.raises(ZeroDivisionError):
        main_guard(lambda: 1 // 0)()


def test_a_process_with_wrong_settings_says_so_and_exits_78() -> None:
    program = """
import sys
from servicekit.settings import ServerSettings, load_settings, main_guard
@main_guard
def main() -> int:
    load_settings(ServerSettings, env_prefix="CALLQA_TOY_", file_env="CALLQA_TOY_CONFIG")
    return 0
sys.exit(main())
"""
    environment = {"CALLQA_TOY_PORT": "70000", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 78
    assert done.stderr == (
        "1 mistake in the settings:\nCALLQA_TOY_PORT: '70000': Input should be less than or equal to 65535\n"
    )
