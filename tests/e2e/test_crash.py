"""kill -9 of any piece in mid-batch, then `callqa up`: complete, nothing lost, nothing doubled."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import SAMPLES, Stack

pytestmark = pytest.mark.long

PIECES = ("transcription", "worker-1", "mongod", "scoring", "review_api")
CALLS_PER_BATCH = 4
PATIENCE_S = 240


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(home=tmp_path / "home")
    assert made.run("up").returncode == 0
    yield made
    made.run("down")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, what
        time.sleep(0.3)


def pid_of(stack: Stack, piece: str) -> int:
    done = subprocess.run(
        stack.command("status", "--json"),
        capture_output=True,
        text=True,
        check=False,
        env=stack.environment(),
    )
    pieces: list[dict[str, Any]] = json.loads(done.stdout)
    return next(int(each["pid"]) for each in pieces if each["name"] == piece)


def state_of(stack: Stack, batch: str) -> dict[str, Any]:
    state: dict[str, Any] = stack.json("batches", "show", batch)
    return state


def busy(stack: Stack, batch: str) -> bool:
    """Whether the batch is in its middle: something is being heard."""
    return bool(state_of(stack, batch)["counts"]["transcribing"])


def manifest_of_samples(folder: Path, name: str) -> Path:
    """Some of the samples with absolute paths and ids of their own, so that every call is a new one."""
    path = folder / f"{name}.csv"
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))[:CALLS_PER_BATCH]
    for row in rows:
        row["external_id"] = f"{name}-{row['external_id']}"
        for column in ("recording", "agent_recording", "customer_recording"):
            row[column] = str(SAMPLES / row[column]) if row[column] else ""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.timeout(900)
def test_a_batch_survives_the_death_of_every_piece(own_stack: Stack, tmp_path: Path) -> None:
    batches = []
    for piece in PIECES:
        sent = own_stack.json("upload", "--manifest", manifest_of_samples(tmp_path, piece))
        batches.append(sent["batch"]["name"])
        wait_for(lambda: busy(own_stack, batches[-1]), f"the batch never got busy before {piece} was killed")
        os.kill(pid_of(own_stack, piece), signal.SIGKILL)
        time.sleep(1)
        up = own_stack.run("up")
        assert up.returncode == 0, (piece, up.stderr)

    for batch in batches:
        wait_for(lambda: state_of(own_stack, batch)["state"] == "COMPLETE", f"{batch} never ended")  # noqa: B023 - called at once
        assert state_of(own_stack, batch)["counts"] == {
            "pending": 0,
            "transcribing": 0,
            "scoring": 0,
            "done": CALLS_PER_BATCH,
            "quarantined": 0,
        }
    call_count = len(PIECES) * CALLS_PER_BATCH
    assert len(own_stack.json("calls", "list", "--limit", "0")) == call_count
    cards = own_stack.json("scorecards", "list", "--limit", "0")
    assert len(cards) == len({card["external_id"] for card in cards}) == call_count


@pytest.mark.timeout(900)
def test_nothing_that_was_scored_changes_when_all_is_killed(own_stack: Stack) -> None:
    recording = SAMPLES / "recordings" / "happy_enquiry.wav"
    before = own_stack.json("upload", recording, "--watch")["results"][0]
    card = own_stack.json("scorecard", before["scorecard"])

    for piece in ("mongod", "review_api", "transcription", "scoring", "worker-1"):
        os.kill(pid_of(own_stack, piece), signal.SIGKILL)
    assert own_stack.run("up").returncode == 0

    assert own_stack.json("scorecard", before["scorecard"]) == card
    assert own_stack.json("upload", recording, "--watch")["results"][0] == before
