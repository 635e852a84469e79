"""The client extra is small: no speech engine, no spaCy, no database driver, and still a working command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAVY = ("faster-whisper", "ctranslate2", "spacy", "mongoengine", "pymongo", "numpy")


def test_the_client_installs_and_runs_alone(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    install = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", tmp_path, ROOT], check=True)
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements-client.lock"], check=True)
    subprocess.run([*install, "--no-deps", next(tmp_path.glob("callqa-*.whl"))], check=True)
    listed = subprocess.run(
        [venv / "bin" / "python", "-m", "pip", "list", "--format=freeze"],
        check=True, capture_output=True, text=True,
    ).stdout.lower()  # fmt: skip
    environment = {**os.environ, "CALLQA_HOME": str(tmp_path / "home")}
    callqa = venv / "bin" / "callqa"
    helped = subprocess.run([callqa, "--help"], check=True, capture_output=True, text=True, env=environment)
    up = subprocess.run([callqa, "up"], check=False, capture_output=True, text=True, env=environment)

    assert not [name for name in HEAVY if f"{name}==" in listed]
    assert "scorecard" in helped.stdout
    assert up.returncode == 2
    assert "callqa[standalone]" in up.stderr
