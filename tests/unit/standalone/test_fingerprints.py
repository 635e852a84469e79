from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from standalone.fingerprints import fingerprint
from standalone.pieces import Piece

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "fingerprinted"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "rules.yaml").write_text("a: 1")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.fixture
def piece(package: Path) -> Piece:
    return Piece(
        name="scoring",
        argv=("python", "-m", "fingerprinted"),
        packages=("fingerprinted",),
        port=20001,
        environment={"CALLQA_SCORING_PORT": "20001", "PWD": "/somewhere"},
    )


def test_another_shell_changes_nothing(piece: Piece) -> None:
    elsewhere = {"CALLQA_SCORING_PORT": "20001", "PWD": "/elsewhere", "CALLQA_ADDRESS": "x:1", "TERM": "dumb"}
    assert fingerprint(replace(piece, environment=elsewhere)) == fingerprint(piece)


@pytest.mark.parametrize(
    "change",
    [
        {"argv": ("python", "-m", "fingerprinted", "--watch")},
        {"environment": {"CALLQA_SCORING_PORT": "20002"}},
        {"environment": {"CALLQA_SCORING_PORT": "20001", "OTEL_SDK_DISABLED": "true"}},
    ],
)
def test_another_program_or_setting_shows(piece: Piece, change: dict[str, object]) -> None:
    assert fingerprint(replace(piece, **change)) != fingerprint(piece)  # type: ignore[arg-type]


def test_changed_code_and_rules_show_and_compiled_files_do_not(piece: Piece, package: Path) -> None:
    before = fingerprint(piece)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"x")
    assert fingerprint(piece) == before
    (package / "rules.yaml").write_text("a: 12")
    changed = fingerprint(piece)
    assert changed != before
    (package / "more.py").write_text("")
    assert fingerprint(piece) != changed


def test_the_settings_cannot_be_read_from_it(piece: Piece) -> None:
    secret = replace(piece, environment={"CALLQA_REVIEW_API_MONGODB_URI": "mongodb://u:pass-word@h/"})
    assert "pass-word" not in fingerprint(secret)


def test_a_changed_settings_file_shows(piece: Piece, tmp_path: Path) -> None:
    file = tmp_path / "scoring.yaml"
    configured = replace(piece, environment={"CALLQA_SCORING_CONFIG": str(file)})
    before = fingerprint(configured)
    file.write_text("max_turns: 10")
    assert fingerprint(configured) != before
