from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_api.domain.batches import Batch, BatchItem, BatchState, Counts, ItemState
from review_api.domain.calls import SpeakerRole
from review_api.domain.hashing import (
    batch_id_of,
    corrected_transcript_id_of,
    scorecard_id_of,
    transcript_id_of,
)
from review_api.domain.quarantine import Quarantine, Stage
from review_api.domain.sharding import plan_shards
from servicekit.errors import WrongStateError
from servicekit.wire import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
QUARANTINE = Quarantine(
    reason="AUDIO_EMPTY", message="Empty.", quarantine_time=MOMENT, stage=Stage.TRANSCRIPTION, version="m1"
)
ITEM = BatchItem(batch_id="b1", position=3, call_id="c1", external_id="x", shard=0)
BATCH = Batch(id="b1", rubric_revision="form/0123", item_count=1, shard_count=1, create_time=MOMENT)


def test_an_item_goes_its_way() -> None:
    begun = ITEM.begin("lease")
    assert (begun.state, begun.attempts, begun.lease) == (ItemState.TRANSCRIBING, 1, "lease")
    half = begun.hear_progress(0.5)
    assert half.hear_progress(0.25).transcribed_fraction == 0.5
    assert half.hear_progress(7.0).transcribed_fraction == 1.0
    done = half.heard().done("s1")
    assert (done.state, done.finished, done.transcribed_fraction) == (ItemState.DONE, True, 1.0)


def test_an_item_of_a_lost_worker_is_begun_again() -> None:
    again = ITEM.begin("lost").heard().begin("next")
    assert (again.state, again.attempts, again.lease) == (ItemState.TRANSCRIBING, 2, "next")


def test_an_item_put_back_has_its_attempt_back() -> None:
    assert ITEM.begin("lease").hear_progress(0.5).put_back() == ITEM


def test_a_reopened_item_has_all_its_attempts() -> None:
    assert ITEM.begin("lease").set_aside(QUARANTINE).reopen() == ITEM


def test_a_done_item_is_judged_again_alone() -> None:
    back = ITEM.begin("lease").heard().done("s1").rejudge()
    assert back == replace(ITEM, judge_only=True)
    assert back.begin("l").put_back().judge_only
    assert not back.begin("l").heard().done("s2").judge_only
    assert not back.begin("l").set_aside(QUARANTINE).judge_only


def test_an_ended_item_is_heard_again() -> None:
    assert ITEM.begin("lease").heard().done("s1").rehear() == ITEM
    assert ITEM.begin("lease").set_aside(QUARANTINE).rehear() == ITEM


def test_a_wrong_verb_says_what_is_possible() -> None:
    done = ITEM.begin("lease").heard().done("s1")
    finished: list[Callable[[], object]] = [
        lambda: done.begin("l"),
        lambda: done.set_aside(QUARANTINE),
        done.reopen,
        done.put_back,
    ]
    for verb in finished:
        with pytest.raises(WrongStateError, match=r"batches/b1 item 3 is DONE.*possible: rejudge, rehear"):
            verb()
    for verb in (
        ITEM.heard,
        ITEM.put_back,
        ITEM.reopen,
        ITEM.rejudge,
        ITEM.rehear,
        lambda: ITEM.done("s"),
        lambda: ITEM.hear_progress(0),
    ):
        with pytest.raises(WrongStateError, match=r"is PENDING.*possible: begin, set_aside"):
            verb()


def test_a_batch_completes_and_is_reopened() -> None:
    complete = BATCH.complete(MOMENT)
    assert complete.state is BatchState.COMPLETE
    assert complete.reopen() == BATCH
    with pytest.raises(WrongStateError):
        complete.complete(MOMENT)
    with pytest.raises(WrongStateError):
        BATCH.reopen()


@given(st.lists(st.sampled_from(list(ItemState))))
def test_counts_add_up(states: list[ItemState]) -> None:
    counts = Counts.of(states)
    assert counts.unfinished + counts.done + counts.quarantined == len(states)


def test_ids_are_derived() -> None:
    assert batch_id_of(["a", "b"], "r/1") == batch_id_of(["b", "a"], "r/1")
    assert batch_id_of(["a", "b"], "r/1") != batch_id_of(["a", "b"], "r/2")
    assert batch_id_of(["a"], "r/1") != batch_id_of(["a", "b"], "r/1")
    # Fixed for ever: stored transcripts are found by it.
    assert transcript_id_of("model 1") == sha256_hex(b"model 1")[:16]
    corrected = {
        corrected_transcript_id_of(base, roles)
        for base in ("t1", "t2")
        for roles in ([SpeakerRole.AGENT], [SpeakerRole.CUSTOMER], [SpeakerRole.AGENT] * 2)
    }
    assert len(corrected) == 6
    assert len({scorecard_id_of(*key) for key in (("t", "r", "e"), ("t", "re", ""), ("tr", "", "e"))}) == 3


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.integers(1, 12))
def test_shards_are_balanced(work_bytes: list[int], target_shards: int) -> None:
    shards = plan_shards(work_bytes, target_shards)
    count = min(target_shards, len(work_bytes))
    assert set(shards) == set(range(count))
    loads = [0] * count
    for size_bytes, shard in zip(work_bytes, shards, strict=True):
        loads[shard] += max(1, size_bytes)
    # Longest first to the least loaded: no shard is more than one item above the lightest.
    assert max(loads) - min(loads) <= max(1, *work_bytes)
    assert shards == plan_shards(work_bytes, target_shards)
