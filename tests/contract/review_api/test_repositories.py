"""What the repositories promise, on a real MongoDB."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import OperationFailure
from pymongo.uri_parser import parse_uri

from review_api.domain.batches import BatchState, Counts, ItemState
from review_api.domain.calls import CallState
from review_api.domain.quarantine import EngineVersions, Quarantine, Stage
from review_api.domain.results import ScorecardSummary
from review_api.domain.rubrics import Revision
from review_api.ports import CallQuery, Cursor, ScorecardQuery
from review_api.storage.batches import MongoBatchRepository
from review_api.storage.calls import MongoCallRepository
from review_api.storage.connection import check_server, connect_storage, database, disconnect_storage
from review_api.storage.rubrics import MongoEngineRegister, MongoRubricRepository
from review_api.storage.scorecards import MongoScorecardRepository
from review_api.storage.shards import MongoShardRepository
from review_api.storage.transcripts import MongoTranscriptRepository
from servicekit.errors import (
    DataLossError,
    InvalidInputError,
    NotFoundError,
    SettingsError,
    StaleError,
    UnavailableError,
)
from servicekit.wire import sha256_hex
from standalone.mongod_binary import find_mongod
from standalone.ports import choose_port
from standalone.processes import spawn_detached, terminate
from tests.contract.review_api.samples import (
    MOMENT,
    make_batch,
    make_call,
    make_scorecard,
    make_transcript,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("storage")

QUARANTINE = Quarantine(
    reason="AUDIO_EMPTY",
    message="The audio is empty.",
    quarantine_time=MOMENT,
    stage=Stage.TRANSCRIPTION,
    version="m1",
)


def test_a_call_comes_back_as_it_was() -> None:
    calls, call = MongoCallRepository(), make_call()
    calls.add_all([call])
    assert calls.get(call.id) == call
    quarantined = calls.replace(call, call.set_aside(QUARANTINE))
    assert calls.get(call.id) == quarantined
    assert (quarantined.version, quarantined.state) == (2, CallState.QUARANTINED)
    assert quarantined.etag != call.etag


def test_adding_a_call_again_changes_nothing() -> None:
    calls, call = MongoCallRepository(), make_call()
    calls.add_all([call])
    scored = calls.replace(call, call.transcribed("t", 1.0))
    calls.add_all([call, make_call(1)])
    assert calls.get_all([call.id, make_call(1).id, "unknown"]) == {
        call.id: scored,
        make_call(1).id: make_call(1),
    }


def test_a_stale_call_is_refused() -> None:
    calls, call = MongoCallRepository(), make_call()
    calls.add_all([call])
    calls.replace(call, call.transcribed("t", 1.0))
    with pytest.raises(StaleError, match=call.id):
        calls.replace(call, call.transcribed("other", 1.0))


def test_calls_are_listed_page_by_page_the_newest_first() -> None:
    calls = MongoCallRepository()
    # Two share each create time, so the id has to decide as well.
    made = [replace(make_call(number), create_time=make_call(number // 2).create_time) for number in range(9)]
    calls.add_all(made)
    listed: list[str] = []
    after = None
    while page := calls.page(CallQuery(), after=after, size=2):
        listed += [call.id for call in page]
        after = Cursor(create_time_ms=round(page[-1].create_time.timestamp() * 1000), id=page[-1].id)
    assert listed == [
        call.id for call in sorted(made, key=lambda call: (call.create_time, call.id), reverse=True)
    ]


def test_calls_are_found_by_each_condition() -> None:
    calls = MongoCallRepository()
    first, second, third = make_call(0), make_call(1, agent="bo"), make_call(2, queue="sales")
    calls.add_all([first, second, third])
    calls.replace(second, second.transcribed("t", 1.0))

    def found(query: CallQuery) -> set[str]:
        return {call.id for call in calls.page(query, after=None, size=9)}

    assert found(CallQuery(agent="bo")) == {second.id}
    assert found(CallQuery(queue="sales")) == {third.id}
    assert found(CallQuery(external_id="call 0")) == {first.id}
    assert found(CallQuery(state=CallState.TRANSCRIBED)) == {second.id}
    assert found(CallQuery(agent="ada", queue="billing")) == {first.id}


def test_the_first_transcript_of_a_key_stays() -> None:
    transcripts = MongoTranscriptRepository()
    first = transcripts.put(make_transcript(b"first"))
    assert transcripts.put(make_transcript(b"second")) == first
    assert transcripts.find("c1", "t1") == first
    assert transcripts.find("c1", "t2") is None
    assert first.payload == b"first"


def test_what_was_stored_before_roles_could_be_set_is_read() -> None:
    transcripts, calls, batches = (
        MongoTranscriptRepository(),
        MongoCallRepository(),
        MongoBatchRepository(),
    )
    transcript, call, (batch, items) = make_transcript(), make_call(), make_batch(1)
    transcripts.put(transcript)
    calls.add_all([call])
    batches.create(batch, items)
    database()["transcripts"].update_one({}, {"$unset": {"base_id": ""}})
    database()["calls"].update_one({}, {"$unset": {"base_transcript_id": ""}})
    database()["batch_items"].update_one({}, {"$unset": {"judge_only": ""}})
    assert transcripts.get("c1", "t1") == transcript
    assert calls.get(call.id) == call
    assert batches.items_of_call(items[0].call_id) == items


def test_many_writers_of_one_transcript_leave_one() -> None:
    transcripts = MongoTranscriptRepository()
    results = []
    barrier = threading.Barrier(8)

    def write(number: int) -> None:
        barrier.wait()
        results.append(transcripts.put(make_transcript(b"by %d" % number)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert len({result.payload for result in results}) == 1


def test_a_call_has_several_transcripts_by_one_model() -> None:
    transcripts = MongoTranscriptRepository()
    heard, corrected = make_transcript(), replace(make_transcript(b"roles", identifier="t2"), base_id="t1")
    for transcript in (heard, corrected):
        transcripts.put(transcript)
    assert transcripts.get("c1", "t1") == heard
    assert transcripts.get("c1", "t2") == corrected
    with pytest.raises(NotFoundError, match="calls/c2/transcripts/t1"):
        transcripts.get("c2", "t1")


@pytest.mark.parametrize("size_bytes", [8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 17 * 1024 * 1024])
def test_a_payload_may_be_larger_than_a_document(size_bytes: int) -> None:
    payload = bytes(size_bytes - 1) + b"!"
    stored = MongoTranscriptRepository().put(make_transcript(payload))
    assert sha256_hex(stored.payload) == sha256_hex(payload)


def test_changed_bytes_are_not_given_out() -> None:
    transcripts = MongoTranscriptRepository()
    stored = transcripts.put(make_transcript())
    database()["transcripts"].update_one({}, {"$set": {"payload": b"forged"}})
    with pytest.raises(DataLossError, match=f"c1/{stored.id}"):
        transcripts.get("c1", stored.id)


def test_the_first_scorecard_of_a_key_stays() -> None:
    scorecards = MongoScorecardRepository()
    first = scorecards.put(make_scorecard())
    assert scorecards.put(replace(make_scorecard(score=1.0), payload=b"other")) == first
    assert scorecards.get("c0", first.summary.id) == first
    other_engine = scorecards.put(make_scorecard(engine_version="e2"))
    assert other_engine.summary.id != first.summary.id
    found = scorecards.find_ids(
        {"c0": "t1", "c1": "t1"}, rubric_revision="form/0123456789abcdef", engine_version="e1"
    )
    assert found == {"c0": first.summary.id}
    assert not scorecards.find_ids({"c0": "t2"}, rubric_revision="form/0123456789abcdef", engine_version="e1")


def test_a_scorecard_takes_the_place_of_others_of_its_call_and_revision() -> None:
    scorecards = MongoScorecardRepository()
    first, second, other_form, other_call = (
        scorecards.put(card).summary
        for card in (
            make_scorecard(),
            make_scorecard(transcript_id="t2"),
            make_scorecard(rubric_revision="other/0123456789abcdef"),
            make_scorecard(1),
        )
    )

    def listed(query: ScorecardQuery) -> set[str]:
        return {card.id for card in scorecards.page(query, after=None, size=9)}

    def put_in_force(card: ScorecardSummary) -> None:
        scorecards.put_in_force(card.call_id, card.id, rubric_revision=card.rubric_revision)

    put_in_force(second)
    assert listed(ScorecardQuery()) == {second.id, other_form.id, other_call.id}
    assert first.id in listed(ScorecardQuery(superseded_too=True))
    put_in_force(first)
    assert listed(ScorecardQuery(call_id="c0")) == {first.id, other_form.id}


def test_a_batch_is_made_once() -> None:
    batches = MongoBatchRepository()
    batch, items = make_batch()
    batches.create(batch, items)
    batches.create(replace(batch, rubric_revision="other/0123456789abcdef"), items[:1])
    assert batches.get("b1") == batch
    assert batches.items("b1") == items
    assert batches.counts(["b1", "b2"]) == {"b1": Counts(pending=3), "b2": Counts()}


def test_a_batch_completes_with_its_last_item() -> None:
    batches, shards = MongoBatchRepository(), MongoShardRepository()
    batch, items = make_batch(2)
    batches.create(batch, items)
    shards.replace(items[0], items[0].set_aside(QUARANTINE))
    assert batches.settle("b1").state is BatchState.RUNNING
    begun = shards.replace(items[1], items[1].begin("lease"))
    heard = shards.replace(begun, begun.heard())
    shards.replace(heard, heard.done("s1"))
    complete = batches.settle("b1")
    assert complete.state is BatchState.COMPLETE
    assert batches.settle("b1") == complete
    batches.reopen("b1", [0, 1])
    assert batches.settle("b1").state is BatchState.RUNNING
    assert [item.state for item in batches.items("b1")] == [ItemState.PENDING, ItemState.DONE]
    assert shards.is_open("b1", 0)


def test_items_and_their_shard_are_reopened_together_or_not_at_all() -> None:
    batches, shards = MongoBatchRepository(), MongoShardRepository()
    batch, items = make_batch(1)
    batches.create(batch, items)
    shards.replace(items[0], items[0].set_aside(QUARANTINE))
    claimed = shards.claim_next("mine", 60)
    assert claimed is not None
    shards.release(claimed)
    # The server refuses what comes last, as if it had been lost with the process.
    refuse_shards = {"collMod": "shards", "validator": {"open": False}}
    database().command(refuse_shards)
    with pytest.raises(OperationFailure):
        batches.reopen("b1", [0])
    database().command(refuse_shards | {"validator": {}})
    assert [item.state for item in batches.items("b1")] == [ItemState.QUARANTINED]
    batches.reopen("b1", [0])
    assert shards.is_open("b1", 0)


def test_a_batch_that_was_completed_too_early_goes_on() -> None:
    batches, shards = MongoBatchRepository(), MongoShardRepository()
    batch, items = make_batch(1)
    batches.create(batch, items)
    # As if its last item had been reopened between a settler's look and its write.
    database()["batches"].update_one({}, {"$set": {"state": "COMPLETE", "complete_time": MOMENT}})
    assert batches.settle("b1").state is BatchState.RUNNING
    shards.replace(items[0], items[0].set_aside(QUARANTINE))
    assert batches.settle("b1").state is BatchState.COMPLETE


def test_a_write_whose_answer_was_lost_may_be_repeated() -> None:
    batches, shards = MongoBatchRepository(), MongoShardRepository()
    batch, items = make_batch(1)
    batches.create(batch, items)
    written = shards.replace(items[0], items[0].begin("mine"))
    assert shards.replace(items[0], items[0].begin("mine")) == written
    with pytest.raises(StaleError, match="another worker"):
        shards.replace(items[0], items[0].begin("yours"))


def test_a_request_id_is_for_one_request() -> None:
    batches = MongoBatchRepository()
    assert batches.batch_of_request("r1", "digest") == ""
    batches.bind_request("r1", "digest", "b1")
    batches.bind_request("r1", "digest", "b2")
    assert batches.batch_of_request("r1", "digest") == "b1"
    with pytest.raises(InvalidInputError, match="request_id"):
        batches.batch_of_request("r1", "other")


def test_each_shard_is_claimed_once_at_a_time() -> None:
    shards = MongoShardRepository()
    batch, items = make_batch(40, shards=40)
    MongoBatchRepository().create(batch, items)
    claimed: list[int] = []
    barrier = threading.Barrier(8)

    def claim(worker: int) -> None:
        barrier.wait()
        number = 0
        while shard := shards.claim_next(f"{worker}-{number}", 60):
            claimed.append(shard.number)
            number += 1

    threads = [threading.Thread(target=claim, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == list(range(40))


def test_a_lease_that_ran_out_can_be_taken_over() -> None:
    shards = MongoShardRepository()
    batch, items = make_batch()
    MongoBatchRepository().create(batch, items)
    lost = shards.claim("b1", 0, "lost", 0.05)
    assert lost is not None
    deadline_s = time.monotonic() + 5
    while (taken := shards.claim("b1", 0, "taker", 60)) is None:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)
    assert not shards.renew(lost, 60)
    shards.release(lost)
    assert shards.claim_next("third", 60) is None
    assert shards.renew(taken, 60)
    shards.release(taken)
    assert shards.claim_next("third", 60) is not None


def test_a_claim_may_be_repeated_by_its_holder() -> None:
    shards = MongoShardRepository()
    batch, items = make_batch()
    MongoBatchRepository().create(batch, items)
    assert shards.claim("b1", 0, "mine", 60) == shards.claim("b1", 0, "mine", 60)


def test_a_shard_without_work_is_closed() -> None:
    shards = MongoShardRepository()
    batch, items = make_batch(1)
    MongoBatchRepository().create(batch, items)
    claimed = shards.claim_next("mine", 60)
    assert claimed is not None
    shards.replace(items[0], items[0].set_aside(QUARANTINE))
    shards.release(claimed)
    assert not shards.is_open("b1", 0)
    assert shards.claim("b1", 0, "mine", 60) is None
    with pytest.raises(NotFoundError, match="no shard 7"):
        shards.is_open("b1", 7)


def test_a_rubric_keeps_its_revisions() -> None:
    rubrics = MongoRubricRepository()
    old, new = (
        Revision(
            rubric="form",
            revision=sha256_hex(content)[:16],
            content_sha256=sha256_hex(content),
            payload=content,
        )
        for content in (b"old", b"new")
    )
    stored = rubrics.add_current(old)
    assert stored.create_time is not None
    assert rubrics.add_current(new).payload == b"new"
    assert rubrics.get("form", "current").key == new.key
    assert rubrics.get("form", old.revision) == stored
    assert rubrics.add_current(old) == stored
    assert rubrics.names() == ["form"]
    assert rubrics.find_current("other") is None


def test_the_engines_seen_last_are_known() -> None:
    engines = MongoEngineRegister()
    assert engines.current() == EngineVersions()
    engines.seen(Stage.TRANSCRIPTION, "m1")
    engines.seen(Stage.TRANSCRIPTION, "m2")
    engines.seen(Stage.SCORING, "e1")
    assert engines.current() == EngineVersions(model_version="m2", engine_version="e1")


def test_writes_wait_for_a_majority_whatever_the_uri_says(mongodb_uri: str) -> None:
    disconnect_storage()
    weak = mongodb_uri.replace("w=majority", "w=1&journal=false")
    connect_storage(weak, "any", server_selection_timeout_s=5.0)
    assert database()["calls"].write_concern.document == {"w": "majority", "j": True}


def test_a_database_that_is_away_is_unavailable() -> None:
    disconnect_storage()
    connect_storage("mongodb://127.0.0.1:1/", "any", server_selection_timeout_s=0.1)
    with pytest.raises(UnavailableError):
        MongoCallRepository().get("c1")
    with pytest.raises(UnavailableError):
        MongoCallRepository().add_all([make_call()])
    with pytest.raises(UnavailableError):
        MongoBatchRepository().create(*make_batch())
    with pytest.raises(UnavailableError):
        MongoShardRepository().claim_next("mine", 1)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(lambda: MongoShardRepository().claim_next("mine", 1), id="by the driver"),
        pytest.param(lambda: MongoEngineRegister().seen(Stage.SCORING, "e1"), id="by mongoengine"),
    ],
)
def test_a_refused_user_is_a_settings_error(mongodb_uri: str, operation: Callable[[], object]) -> None:
    disconnect_storage()
    host, port = parse_uri(mongodb_uri)["nodelist"][0]
    connect_storage(f"mongodb://nobody:pass-word@{host}:{port}/", "any", server_selection_timeout_s=5.0)
    with pytest.raises(SettingsError, match="mongodb_uri: the database refuses this user") as caught:
        operation()
    assert "pass-word" not in str(caught.value)


def test_a_server_without_a_replica_set_is_a_settings_error(tmp_path: Path) -> None:
    disconnect_storage()
    port = choose_port()
    argv = [str(find_mongod()), "--dbpath", str(tmp_path), "--port", str(port), "--bind_ip", "127.0.0.1"]
    alone = spawn_detached([*argv, "--nounixsocket"], environment={}, log=tmp_path / "log")
    try:
        connect_storage(f"mongodb://127.0.0.1:{port}/", "any", server_selection_timeout_s=30.0)
        with pytest.raises(SettingsError, match="no replica set"):
            check_server()
    finally:
        # While it is there to take leave of.
        disconnect_storage()
        terminate([alone], timeout_s=10)


def test_a_uri_that_is_none_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="mongodb_uri"):
        connect_storage("postgres://somewhere", "any", server_selection_timeout_s=1.0)
