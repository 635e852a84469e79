"""The worker as a process: killed, terminated, misconfigured, and without its database for a while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest
from callqa.v1 import batch_pb2

from review_api.storage.connection import database
from standalone.mongod import EmbeddedMongod
from tests.contract.review_api.emptying import connected, indexed_database
from tests.integration.review_api.stack import start_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

DONE, PENDING = batch_pb2.BatchItem.DONE, batch_pb2.BatchItem.PENDING


def environment(stack: Stack, **variables: str) -> dict[str, str]:
    ours = {
        "CALLQA_WORKER_MONGODB_URI": stack.mongodb_uri,
        "CALLQA_WORKER_MONGODB_DATABASE": stack.mongodb_database,
        "CALLQA_WORKER_TRANSCRIPTION_ADDRESS": stack.fakes.transcription_address,
        "CALLQA_WORKER_SCORING_ADDRESS": stack.fakes.scoring_address,
        "CALLQA_WORKER_LEASE_S": "1",
        "CALLQA_WORKER_POLL_S": "0.1",
        "CALLQA_WORKER_PROGRESS_INTERVAL_S": "0",
        "CALLQA_WORKER_RETRY_WAIT_S": "0.05",
    }
    return os.environ | ours | variables


@contextmanager
def worker(stack: Stack, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker process, which is killed at the end if it has not ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "review_api.worker", *arguments],
        env=environment(stack, **variables),
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError
        time.sleep(0.05)


def complete(stack: Stack, batch: batch_pb2.Batch) -> bool:
    return stack.get_batch(batch).state == batch_pb2.Batch.COMPLETE


def test_a_killed_worker_loses_nothing_and_doubles_nothing(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.go_on.clear()
    batch = stack.create_batch(b"one", b"two", b"three", rubric="other-form")
    with worker(stack, "--watch") as first:
        assert fakes.transcription.entered.wait(60)
        first.send_signal(signal.SIGKILL)
        assert first.wait(30) == -signal.SIGKILL
    assert stack.get_batch(batch).counts.transcribing == 1
    fakes.transcription.go_on.set()
    with worker(stack, "--watch") as second:
        wait_until(lambda: complete(stack, batch))
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    assert [item.state for item in stack.get_batch(batch).items] == [DONE] * 3
    assert (stack.count("transcripts"), stack.count("scorecards")) == (3, 3)
    assert sum(fakes.transcription.heard.values()) == 4


def test_a_worker_killed_after_each_write_leaves_a_state_to_go_on_from(
    stack: Stack, fakes: FakeServices
) -> None:
    # Whatever the item says, the stored transcript stands: as if it had died before it could say more.
    stack.work(stack.create_batch(b"one"))
    batch = stack.create_batch(b"one", rubric="other-form")
    for state in ("TRANSCRIBING", "SCORING"):
        database()["batch_items"].update_one(
            {"state": "PENDING"}, {"$set": {"state": state, "lease": "vanished"}, "$inc": {"attempts": 1}}
        )
        database()["calls"].update_many({}, {"$set": {"state": "RECEIVED"}})
        stack.work(batch)
        assert complete(stack, batch)
    assert fakes.transcription.heard[b"one"] == 1
    assert (stack.count("transcripts"), stack.count("scorecards")) == (1, 2)


def test_sigterm_puts_the_item_back_and_exits_143(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.go_on.clear()
    batch = stack.create_batch(b"one")
    with worker(stack, "--batch", batch.name, JOB_COMPLETION_INDEX="0") as process:
        assert fakes.transcription.entered.wait(60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
    assert [item.state for item in stack.get_batch(batch).items] == [PENDING]
    assert stack.count("batch_items", attempts=0) == 1


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "sentence"),
    [
        (["--batch", "batches/none", "--shard", "0"], {}, 65, b"batches/none has no shard 0"),
        (["--batch", "batches/none"], {}, 78, b"JOB_COMPLETION_INDEX"),
        (["--watch"], {"CALLQA_WORKER_LEASE_S": "long"}, 78, b"CALLQA_WORKER_LEASE_S"),
        (["--watch"], {"CALLQA_WORKER_MONGODB_URI": "nonsense"}, 78, b"mongodb_uri"),
        (
            ["--batch", "batches/any", "--shard", "0"],
            {
                "CALLQA_WORKER_MONGODB_URI": "mongodb://127.0.0.1:1/",
                "CALLQA_WORKER_STORE_PATIENCE_S": "0.1",
                "CALLQA_WORKER_SERVER_SELECTION_TIMEOUT_S": "0.1",
            },
            75,
            b"database does not answer",
        ),
    ],
)
def test_the_exit_code_says_whether_a_retry_helps(
    stack: Stack, arguments: list[str], variables: dict[str, str], code: int, sentence: bytes
) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "review_api.worker", *arguments],
        env=environment(stack, **variables),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == code
    assert sentence in process.stderr
    assert b"Traceback" not in process.stderr


@pytest.mark.parametrize("arguments", [["--watch"], ["--batch", "batches/any", "--shard", "0"]])
def test_a_worker_that_the_database_refuses_ends_with_78(stack: Stack, arguments: list[str]) -> None:
    host = stack.mongodb_uri.rpartition("@")[2].partition("/")[0]
    refused = {"CALLQA_WORKER_MONGODB_URI": f"mongodb://nobody:pass-word@{host}/"}
    with worker(stack, *arguments, **refused) as process:
        assert process.wait(60) == 78
        assert process.stderr is not None
        words = process.stderr.read()
    assert b"the database refuses this user" in words
    assert b"Traceback" not in words
    assert b"pass-word" not in words


def test_a_service_that_stays_away_ends_the_shard_with_75(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one")
    fakes.close()
    away = {"CALLQA_WORKER_SERVICE_PATIENCE_S": "0.1", "CALLQA_WORKER_ASK_TIMEOUT_S": "0.5"}
    with worker(stack, "--batch", batch.name, "--shard", "0", **away) as process:
        assert process.wait(60) == 75
    assert [item.state for item in stack.get_batch(batch).items] == [PENDING]


@pytest.mark.slow
def test_a_killed_mongod_is_waited_for(fakes: FakeServices, tmp_path: Path) -> None:
    mongod = EmbeddedMongod(tmp_path)
    try:
        uri = mongod.ensure().uri
        with indexed_database(uri) as name, connected(uri, name), start_stack(uri, name, fakes) as stack:
            fakes.transcription.go_on.clear()
            batch = stack.create_batch(b"one", b"two")
            with worker(stack, "--watch", CALLQA_WORKER_SERVER_SELECTION_TIMEOUT_S="1") as process:
                assert fakes.transcription.entered.wait(60)
                psutil.Process(mongod.ensure().process.pid).kill()
                fakes.transcription.go_on.set()
                assert mongod.ensure().uri == uri
                wait_until(lambda: complete(stack, batch))
                assert process.poll() is None
            assert (stack.count("transcripts"), stack.count("scorecards")) == (2, 2)
    finally:
        mongod.stop()
