"""Shards through real servers and a real MongoDB, in this process."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from callqa.v1 import batch_pb2, call_pb2, call_service_pb2, transcript_pb2

from review_api.storage.connection import database
from review_api.worker.exit_codes import ExitCode
from review_api.worker.interrupt import Interrupt, TerminatedError
from review_api.worker.modes import work_one_shard, work_until_told
from servicekit.errors import (
    CallqaError,
    DeadlineError,
    InvalidInputError,
    LimitExceededError,
    UnavailableError,
)
from tests.integration.review_api.stack import in_threads, start_stack
from transcription import errors as transcription_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from review_api.ports import RecordingStore
    from tests.integration.review_api.fakes import FakeServices
    from tests.integration.review_api.stack import Stack

DONE, PENDING, QUARANTINED = (
    batch_pb2.BatchItem.DONE,
    batch_pb2.BatchItem.PENDING,
    batch_pb2.BatchItem.QUARANTINED,
)


class AudioUnreadableError(InvalidInputError):
    reason = "AUDIO_UNREADABLE"


class AudioTooLongError(LimitExceededError):
    reason = "AUDIO_TOO_LONG"


class BusyTranscriptionError(LimitExceededError):
    reason = "BUSY"


class EngineCrashedError(UnavailableError):
    reason = "ENGINE_CRASHED"


class SomethingElseError(CallqaError):
    pass


def states(stack: Stack, batch: batch_pb2.Batch) -> list[int]:
    return [item.state for item in stack.get_batch(batch).items]


def get_call(stack: Stack, item: batch_pb2.BatchItem) -> call_pb2.Call:
    call: call_pb2.Call = stack.calls.GetCall(call_service_pb2.GetCallRequest(name=item.call), timeout=10)
    return call


def wait_until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError
        time.sleep(0.02)


def test_a_batch_is_worked_off(stack: Stack) -> None:
    batch = stack.create_batch(b"one", b"two", b"three")
    assert set(stack.work(batch)) == {ExitCode.COMPLETE}
    done = stack.get_batch(batch)
    assert done.state == batch_pb2.Batch.COMPLETE
    assert [item.state for item in done.items] == [DONE] * 3
    call = get_call(stack, done.items[0])
    assert call.state == call_pb2.Call.SCORED
    assert call.duration.seconds == 2
    assert call.scorecard == done.items[0].scorecard
    assert call.transcript.startswith(f"{call.name}/transcripts/")
    assert set(stack.work(batch)) == {ExitCode.COMPLETE}


def test_two_files_are_sent_in_the_order_of_the_legs(stack: Stack, fakes: FakeServices) -> None:
    agent, customer = b"agent " * 300_000, b"customer " * 300_000
    call = call_pb2.Call(
        legs=[
            call_pb2.Leg(recording=stack.upload(agent), channel_roles=[transcript_pb2.AGENT]),
            call_pb2.Leg(recording=stack.upload(customer), channel_roles=[transcript_pb2.CUSTOMER]),
        ]
    )
    batch = stack.calls.CreateBatch(call_service_pb2.CreateBatchRequest(calls=[call]), timeout=10)
    stack.work(batch)
    assert states(stack, batch) == [DONE]
    assert fakes.transcription.legs == [[agent, customer]]


def test_recordings_may_be_on_a_file_system(
    mongodb_uri: str, stack: Stack, fakes: FakeServices, tmp_path: Path
) -> None:
    url = f"file://{tmp_path}/recordings"
    with start_stack(mongodb_uri, stack.mongodb_database, fakes, recordings_url=url) as elsewhere:
        batch = elsewhere.create_batch(b"one")
        elsewhere.work(batch)
        assert states(elsewhere, batch) == [DONE]
        assert stack.count("recordings.files") == 0


@pytest.mark.parametrize("refusal", [AudioUnreadableError("Not audio."), AudioTooLongError("Not audio.")])
def test_a_refused_call_is_quarantined_and_the_batch_goes_on(
    stack: Stack, fakes: FakeServices, refusal: Exception
) -> None:
    fakes.transcription.failures[b"bad"] = [refusal]
    batch = stack.create_batch(b"bad", b"good", rubric="other-form")
    assert set(stack.work(batch)) == {ExitCode.COMPLETE}
    ended = stack.get_batch(batch)
    assert ended.state == batch_pb2.Batch.COMPLETE
    assert ended.counts == batch_pb2.Batch.Counts(done=1, quarantined=1)
    bad = next(item for item in ended.items if item.external_id == "bad")
    assert bad.quarantine.reason == type(refusal).reason  # type: ignore[attr-defined]
    assert bad.quarantine.message == "Not audio."
    call = get_call(stack, bad)
    assert (call.state, call.quarantine) == (call_pb2.Call.QUARANTINED, bad.quarantine)
    assert fakes.transcription.heard[b"bad"] == 1


def test_a_service_that_is_lost_is_tried_again(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.failures[b"one"] = [UnavailableError("gone"), SomethingElseError("?")]
    fakes.scoring.failures = [UnavailableError("gone"), SomethingElseError("?")]
    batch = stack.create_batch(b"one")
    stack.work(batch)
    assert states(stack, batch) == [DONE]
    assert fakes.transcription.heard[b"one"] == 3


def test_a_busy_service_costs_no_attempt(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.failures[b"one"] = [BusyTranscriptionError("busy") for _ in range(5)]
    batch = stack.create_batch(b"one")
    stack.work(batch, max_item_attempts=1)
    assert states(stack, batch) == [DONE]


def test_whatever_is_wrong_with_a_recording_quarantines_its_call(stack: Stack, fakes: FakeServices) -> None:
    """Every error of transcription but those that pass, so that no new one is forgotten."""
    wrong = {
        error.reason.encode(): error
        for error in vars(transcription_errors).values()
        if isinstance(error, type)
        and issubclass(error, InvalidInputError | LimitExceededError)
        and error.__module__ == transcription_errors.__name__
        and error is not transcription_errors.BusyError
    }
    assert len(wrong) >= 11
    for content, error in wrong.items():
        fakes.transcription.failures[content] = [error("What is wrong and what to do.")]
    batch = stack.create_batch(*wrong)
    stack.work(batch)
    for item in stack.get_batch(batch).items:
        call = get_call(stack, item)
        assert (call.state, call.scorecard, call.transcript) == (call_pb2.Call.QUARANTINED, "", "")
        assert call.quarantine == item.quarantine
        assert call.external_id == item.quarantine.reason[:20]
        assert item.quarantine.message == "What is wrong and what to do."


def test_what_fails_again_and_again_is_quarantined_with_a_request_id(
    stack: Stack, fakes: FakeServices
) -> None:
    fakes.transcription.failures[b"bad"] = [SomethingElseError("?") for _ in range(3)]
    batch = stack.create_batch(b"bad", b"good")
    stack.work(batch, max_item_attempts=3)
    assert sorted(states(stack, batch)) == [DONE, QUARANTINED]
    bad = next(item for item in stack.get_batch(batch).items if item.state == QUARANTINED)
    assert bad.quarantine.reason == "INTERNAL"
    assert f"under {batch.name} item " in bad.quarantine.message
    # Nothing is known against the call, so whoever asks again gets another try.
    assert PENDING in [item.state for item in stack.create_batch(b"bad", b"good").items]
    stack.work(batch)
    assert states(stack, batch) == [DONE, DONE]
    assert get_call(stack, bad).state == call_pb2.Call.SCORED


def test_a_call_that_crashes_the_engine_each_time_is_quarantined_as_such(
    stack: Stack, fakes: FakeServices
) -> None:
    fakes.transcription.failures[b"bad"] = [EngineCrashedError("died") for _ in range(3)]
    fakes.transcription.failures[b"once"] = [EngineCrashedError("died")]
    batch = stack.create_batch(b"bad", b"once")
    stack.work(batch, max_item_attempts=3)
    ended = {item.state: item for item in stack.get_batch(batch).items}
    assert set(ended) == {DONE, QUARANTINED}
    assert ended[QUARANTINED].quarantine.reason == "ENGINE_CRASHED"
    # It may have been the machine's memory: whoever asks again gets another try.
    assert PENDING in [item.state for item in stack.create_batch(b"bad", b"once").items]


@pytest.mark.parametrize("service", ["transcription", "scoring"])
@pytest.mark.parametrize("broken", [DeadlineError("away"), SomethingElseError("?")])
def test_a_service_that_breaks_for_long_costs_no_attempt(
    stack: Stack, fakes: FakeServices, service: str, broken: Exception
) -> None:
    fakes.transcription.go_on.clear()
    batch = stack.create_batch(b"one")
    codes: list[ExitCode] = []
    worker = threading.Thread(
        target=lambda: codes.extend(stack.work(batch, max_item_attempts=1, service_patience_s=0.1))
    )
    worker.start()
    assert fakes.transcription.entered.wait(30)
    getattr(fakes, service).broken = broken
    fakes.transcription.go_on.set()
    worker.join()
    assert codes == [ExitCode.DEPENDENCY_DOWN]
    assert states(stack, batch) == [PENDING]
    assert stack.count("batch_items", attempts=0) == 1
    assert get_call(stack, batch.items[0]).state != call_pb2.Call.QUARANTINED
    getattr(fakes, service).broken = None
    assert stack.work(batch, max_item_attempts=1) == [ExitCode.COMPLETE]
    assert states(stack, batch) == [DONE]


def test_a_call_that_kills_scoring_each_time_does_not_keep_the_others_waiting(
    stack: Stack, fakes: FakeServices
) -> None:
    fakes.scoring.failures = [DeadlineError("lost with the call in its hands") for _ in range(2)]
    # The larger one comes first.
    batch = stack.create_batch(b"poison", b"good")
    assert set(stack.work(batch, max_item_attempts=2)) == {ExitCode.COMPLETE}
    ended = stack.get_batch(batch).items
    assert [item.state for item in ended] == [QUARANTINED, DONE]
    assert ended[0].quarantine.reason == "INTERNAL"


def test_recordings_that_stay_away_cost_no_attempt(stack: Stack) -> None:
    class Away:
        def iter_bytes(self, sha256: str) -> Iterator[bytes]:
            raise UnavailableError(sha256)

    batch = stack.create_batch(b"one")
    place = stack.workplace(max_item_attempts=1, store_patience_s=0.1)
    away = replace(place, stores=replace(place.stores, recordings=cast("RecordingStore", Away())))
    batch_id = batch.name.removeprefix("batches/")
    assert work_one_shard(batch_id, 0, away, Interrupt()) == ExitCode.DEPENDENCY_DOWN
    assert stack.count("batch_items", attempts=0, state="PENDING") == 1
    assert stack.work(batch, max_item_attempts=1) == [ExitCode.COMPLETE]
    assert states(stack, batch) == [DONE]


def test_a_limit_that_was_raised_lets_the_call_through(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.failures[b"long"] = [AudioTooLongError("Too long.")]
    batch = stack.create_batch(b"long")
    stack.work(batch)
    assert states(stack, batch) == [QUARANTINED]
    assert stack.create_batch(b"long").items[0].state == PENDING
    stack.work(batch)
    assert states(stack, batch) == [DONE]


def test_a_scored_call_is_not_quarantined_by_a_later_failure(stack: Stack, fakes: FakeServices) -> None:
    stack.work(stack.create_batch(b"one"))
    fakes.transcription.model_version = "fake-model-2"
    fakes.transcription.failures[b"one"] = [AudioUnreadableError("Not audio.")]
    batch = stack.create_batch(b"one", rubric="other-form")
    stack.work(batch)
    assert states(stack, batch) == [QUARANTINED]
    assert get_call(stack, batch.items[0]).state == call_pb2.Call.SCORED


def test_a_stored_transcript_is_not_heard_again(stack: Stack, fakes: FakeServices) -> None:
    stack.work(stack.create_batch(b"one"))
    batch = stack.create_batch(b"one", rubric="other-form")
    stack.work(batch)
    assert states(stack, batch) == [DONE]
    assert fakes.transcription.heard[b"one"] == 1
    assert (stack.count("transcripts"), stack.count("scorecards")) == (1, 2)


def test_two_workers_race_and_each_item_is_done_once(stack: Stack, fakes: FakeServices) -> None:
    contents = [b"%d" % number for number in range(12)]
    batch = stack.create_batch(*contents)
    termination = Interrupt()
    place = stack.workplace(termination, lease_s=30.0)

    def stop_at_the_end() -> None:
        try:
            wait_until(lambda: stack.get_batch(batch).state == batch_pb2.Batch.COMPLETE)
        finally:
            termination.set(TerminatedError())

    in_threads(
        [
            lambda: work_until_told(place, termination),
            lambda: work_until_told(place, termination),
            stop_at_the_end,
        ]
    )
    assert states(stack, batch) == [DONE] * 12
    assert fakes.transcription.heard == dict.fromkeys(contents, 1)
    assert (stack.count("transcripts"), stack.count("scorecards")) == (12, 12)


def test_the_last_two_workers_of_one_shard_do_it_once(stack: Stack, fakes: FakeServices) -> None:
    batch = stack.create_batch(b"one")
    in_threads([lambda: stack.work(batch, lease_s=30.0), lambda: stack.work(batch, lease_s=30.0)])
    assert states(stack, batch) == [DONE]
    assert fakes.transcription.heard[b"one"] == 1


def test_termination_puts_the_item_back(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.go_on.clear()
    batch = stack.create_batch(b"one")
    termination = Interrupt()
    codes: list[ExitCode] = []
    place = stack.workplace(termination)
    batch_id = batch.name.removeprefix("batches/")
    worker = threading.Thread(target=lambda: codes.append(work_one_shard(batch_id, 0, place, termination)))
    worker.start()
    assert fakes.transcription.entered.wait(30)
    termination.set(TerminatedError())
    worker.join()
    assert codes == [ExitCode.TERMINATED]
    assert states(stack, batch) == [PENDING]
    assert stack.count("batch_items", attempts=0, lease="") == 1
    assert stack.count("shards", open=True, lease="") == 1
    fakes.transcription.go_on.set()
    assert stack.work(batch) == [ExitCode.COMPLETE]


def test_a_lost_lease_ends_the_work_until_the_shard_is_free_again(stack: Stack, fakes: FakeServices) -> None:
    fakes.transcription.go_on.clear()
    batch = stack.create_batch(b"one")
    worker = threading.Thread(target=lambda: stack.work(batch, lease_s=1.0))
    worker.start()
    assert fakes.transcription.entered.wait(30)
    # As if the worker had been frozen and another had taken the shard, and vanished then.
    database()["shards"].update_one({}, {"$set": {"lease": "another worker"}})
    wait_until(lambda: fakes.transcription.heard[b"one"] == 2)
    fakes.transcription.go_on.set()
    worker.join()
    assert states(stack, batch) == [DONE]
    assert (stack.count("transcripts"), stack.count("scorecards")) == (1, 1)
