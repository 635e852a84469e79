from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from review_client.main import main
from tests.integration.review_client.fake_results import fake_revision
from tests.integration.review_client.fake_server import Store, fake_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        return json.loads(self.stdout)

    def line_with(self, text: str) -> str:
        return next(line for line in (self.stdout + self.stderr).splitlines() if text in line)


class Callqa:
    """Runs `callqa` in this process against the fake server."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | os.PathLike[str]) -> Ended:
        self._capsys.readouterr()
        exit_code = main([os.fspath(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Ended(exit_code=exit_code, stdout=captured.out, stderr=captured.err)


@pytest.fixture
def store() -> Store:
    return Store(revision=fake_revision())


@pytest.fixture
def callqa(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callqa]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    with fake_server(store) as address:
        monkeypatch.setenv("CALLQA_ADDRESS", address)
        yield Callqa(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings: a perfect call, a bad one, and a file that holds no audio."""
    calls = tmp_path / "calls"
    calls.mkdir()
    (calls / "good.wav").write_bytes(b"RIFF score=100 outcome=RESOLVED")
    (calls / "bad.mp3").write_bytes(
        b"ID3 score=33.3 fails=1 outcome=UNRESOLVED flags=unresolved,needs-review"
    )
    (calls / "text.wav").write_bytes(b"NOAUDIO at all")
    (calls / "manifest.csv").write_text("not for upload\n", encoding="utf-8")
    return calls
