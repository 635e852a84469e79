"""The real stack, driven by the real command, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CALLQA = str(Path(sys.executable).with_name("callqa"))
SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """`callqa` against one home folder."""

    home: Path

    def environment(self) -> dict[str, str]:
        """What the command runs with: this home, no other server, plain output."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("CALLQA_", "MONGODB_URI"))
        }
        return {**kept, "CALLQA_HOME": str(self.home), "NO_COLOR": "1", "COLUMNS": "120"}

    def command(self, *arguments: str | Path) -> list[str]:
        return [CALLQA, *map(str, arguments)]

    def run(self, *arguments: str | Path, timeout_s: float = 280) -> subprocess.CompletedProcess[str]:
        """Run one command to its end and keep what it says."""
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
            env=self.environment(),
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    def json(self, *arguments: str | Path) -> Any:  # noqa: ANN401 - JSON has any shape
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start one command and go on."""
        return subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment(),
        )


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All services, up for the session."""
    made = Stack(home=tmp_path_factory.mktemp("stack") / "home")
    up = made.run("up")
    assert up.returncode == 0, up.stderr
    yield made
    made.run("down")
