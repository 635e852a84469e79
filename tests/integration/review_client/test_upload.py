from __future__ import annotations

import hashlib
import json
import os
import time
from typing import TYPE_CHECKING

import pytest
from callqa.v1 import transcript_pb2

from review_client import uploading
from review_client.uploading import CHUNK_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store

NO_AUDIO = "The file holds no audio that can be read; export the recording again."


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "_FIRST_WAIT_S", 0.001)


def test_watching_ends_with_one_line_per_call(callqa: Callqa, folder: Path) -> None:
    ended = callqa("upload", folder, "--watch")
    assert ended.exit_code == 1  # one call is quarantined
    assert ended.stdout.splitlines() == [
        "CALL  AGENT  SCORE  OUTCOME      FLAGS",
        "bad   -       33.3  unresolved   needs-review, unresolved",
        "good  -        100  resolved     -",
        f"text  -          -  QUARANTINED  {NO_AUDIO}",
    ]
    assert "upload: 3 files on the server" in ended.stderr
    assert "quarantined: text (3 of 3)" in ended.stderr


def test_all_scored_is_exit_code_0(callqa: Callqa, folder: Path) -> None:
    assert callqa("upload", folder / "good.wav", folder / "bad.mp3", "--watch").exit_code == 0


def test_the_second_time_there_is_nothing_to_do(callqa: Callqa, folder: Path, store: Store) -> None:
    first = callqa("upload", folder, "--watch")
    streams = store.upload_streams
    again = callqa("upload", folder)
    assert "3 calls are already there: nothing to do" in again.stderr
    assert again.stdout == first.stdout
    assert again.exit_code == 1
    assert store.upload_streams == streams
    assert len(store.batches) == 1


def test_what_is_there_in_part_is_told(callqa: Callqa, folder: Path) -> None:
    callqa("upload", folder / "good.wav", "--watch")
    assert "1 of 3 calls are already there" in callqa("upload", folder, "--watch").stderr


def test_without_watch_the_batch_is_named_and_goes_on(callqa: Callqa, folder: Path, store: Store) -> None:
    ended = callqa("upload", folder)
    (name,) = store.batches
    assert ended.exit_code == 0
    assert ended.stdout == f"{name}\n"
    assert f"watch with: callqa batches watch {name}" in ended.stderr
    assert not store.scorecards


def test_explain_prints_the_most_telling_scorecard_with_its_quotes(callqa: Callqa, folder: Path) -> None:
    (folder / "worse.wav").write_bytes(b"RIFF score=33.3 fails=2 outcome=UNRESOLVED")
    ended = callqa("upload", folder, "--explain")
    card = ended.stdout.split("The most telling scorecard\n\n")[1].splitlines()
    assert card[0] == "worse  length 1:32"
    assert card[1] == "Score 33.3  5 of 25 points  unresolved"
    assert "  FAIL  Verifies who calls" in "\n".join(card)
    assert "        0:02-0:05  agent  “Good morning, how can I help?”" in card


def test_json_is_one_object_and_nothing_else(callqa: Callqa, folder: Path) -> None:
    (folder / "empty.wav").write_bytes(b"")
    ended = callqa("upload", folder, "--watch", "--explain", "--json")
    answer = ended.json
    assert set(answer) == {"batch", "results", "problems", "explained"}
    assert answer["batch"]["state"] == "COMPLETE"
    assert answer["batch"]["counts"] == {
        "pending": 0,
        "transcribing": 0,
        "scoring": 0,
        "done": 2,
        "quarantined": 1,
    }
    bad, good, text = answer["results"]
    assert (bad["external_id"], bad["score"], bad["outcome"], bad["flags"]) == (
        "bad",
        33.3,
        "UNRESOLVED",
        ["needs-review", "unresolved"],
    )
    assert good["quarantine"] is None
    assert text["quarantine"]["reason"] == "AUDIO_UNREADABLE"
    assert answer["problems"] == [
        {
            "file": str(folder / "empty.wav"),
            "line": None,
            "column": None,
            "message": "is empty (0 bytes); export the recording again",
        }
    ]
    assert answer["explained"]["name"] == bad["scorecard"]
    assert ended.exit_code == 1


def test_json_holds_a_file_name_that_is_no_text(callqa: Callqa, folder: Path) -> None:
    nameless = folder / os.fsdecode(b"bad\xff.wav")
    nameless.write_bytes(b"RIFF score=100 outcome=RESOLVED")
    ended = callqa("upload", nameless, folder / "good.wav", "--json")
    assert ended.exit_code == 1
    (problem,) = json.loads(ended.stdout)["problems"]
    assert problem["file"] == str(nameless)


def test_a_broken_upload_goes_on_at_the_committed_byte(callqa: Callqa, store: Store, tmp_path: Path) -> None:
    recording = tmp_path / "long.wav"
    recording.write_bytes(b"RIFF score=90 " + bytes(range(256)) * (5 * CHUNK_BYTES // 256))
    store.drop_upload_after_bytes = 2 * CHUNK_BYTES
    ended = callqa("upload", recording, "--watch")
    assert ended.exit_code == 0
    assert store.upload_streams == 2
    # Every chunk was stored once: nothing was sent again after the break.
    assert store.chunk_offsets == [place * CHUNK_BYTES for place in range(6)]
    (content,) = store.recordings.values()
    assert hashlib.sha256(content).hexdigest() in store.recordings


def test_a_broken_watch_goes_on_at_its_token(
    callqa: Callqa, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _s: None)
    store.break_watch_after = 2
    assert "good  -        100  resolved" in callqa("upload", folder, "--watch").stdout
    assert store.resume_tokens == ["", "2"]


def test_the_manifest_says_what_is_uploaded_and_how_it_is_called(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    (folder / "agent.wav").write_bytes(b"RIFF score=70")
    (folder / "caller.wav").write_bytes(b"RIFF other side")
    manifest = folder / "manifest.csv"
    manifest.write_text(
        "recording,agent_recording,customer_recording,external_id,agent,queue,channel_roles\n"
        "good.wav,,,x-1,ana,billing,customer;agent\n"
        ",agent.wav,caller.wav,x-2,ben,billing,\n",
        encoding="utf-8",
    )
    ended = callqa("upload", folder, "--manifest", manifest, "--watch")
    assert ended.exit_code == 0
    assert [line.split()[:3] for line in ended.stdout.splitlines()[1:]] == [
        ["x-1", "ana", "100"],
        ["x-2", "ben", "70"],
    ]
    assert "2 audio files are not in the manifest and left out" in ended.stderr
    gone = callqa("upload", "gone", "--manifest", manifest)
    assert (gone.exit_code, gone.line_with("error")) == (
        1,
        "error: gone: there is no such file; correct the path",
    )
    first, second = store.calls.values()
    assert list(first.legs[0].channel_roles) == [transcript_pb2.CUSTOMER, transcript_pb2.AGENT]
    assert [leg.file_name for leg in second.legs] == ["agent.wav", "caller.wav"]


def test_a_bad_row_is_named_and_the_others_go_on(callqa: Callqa, folder: Path) -> None:
    manifest = folder / "manifest.csv"
    manifest.write_text("recording,external_id\ngone.wav,x-1\ngood.wav,x-2\n", encoding="utf-8")
    ended = callqa("upload", "--manifest", manifest, "--watch")
    assert ended.exit_code == 1
    assert ended.stderr.splitlines()[0] == (
        f"error: {manifest}:2: recording: {folder}/gone.wav: there is no such file; correct the path"
    )
    assert "x-2" in ended.stdout


def test_a_call_that_the_server_refuses_is_named_by_its_row_and_the_others_go_on(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    store.refused_languages = frozenset({"tlh"})
    manifest = folder / "manifest.csv"
    manifest.write_text("recording,language\ngood.wav,en\nbad.mp3,tlh\n", encoding="utf-8")
    ended = callqa("upload", "--manifest", manifest, "--watch")
    assert ended.exit_code == 1
    assert f'error: {manifest}:3: language: "tlh" is not supported' in ended.stderr
    assert "good  -        100  resolved" in ended.stdout
    assert "bad" not in ended.stdout


def test_when_the_server_refuses_every_call_nothing_was_done(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    store.refused_languages = frozenset({""})
    ended = callqa("upload", folder / "good.wav", "--json")
    assert ended.exit_code == 2
    assert ended.json["batch"] is None
    assert len(ended.json["problems"]) == 1


def test_a_file_that_the_server_refuses_leaves_out_its_call_alone(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    store.max_recording_bytes = 40
    ended = callqa("upload", folder, "--watch")
    assert ended.exit_code == 1
    assert f"error: {folder}/bad.mp3: the server refuses it: the recording is larger than 40" in ended.stderr
    assert "good" in ended.stdout


def test_the_same_recording_under_the_same_name_is_one_call(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    (folder / "copy").mkdir()
    (folder / "copy" / "good.wav").write_bytes((folder / "good.wav").read_bytes())
    callqa("upload", folder)
    (batch,) = store.batches.values()
    assert sorted(item.external_id for item in batch.items) == ["bad", "good", "text"]


def test_an_unknown_rubric_is_told_before_anything_is_sent(
    callqa: Callqa, store: Store, folder: Path
) -> None:
    ended = callqa("upload", folder, "--rubric", "billing")
    assert ended.exit_code == 2
    assert "error: --rubric billing: rubrics/billing/revisions/current is not there" in ended.stderr
    assert not store.recordings
    assert callqa("upload", folder, "--rubric", "service-quality").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "error: name the recordings to upload: PATH... or --manifest FILE.csv"),
        (["gone.wav"], "error: gone.wav: there is no such file; correct the path"),
        (["."], "error: .: holds no audio files"),
        (["--manifest", "gone.csv"], "error: gone.csv: the manifest can't be read"),
        (["--watch", "--wat"], "No such option"),
    ],
)
def test_with_nothing_to_upload_the_exit_code_is_2(
    callqa: Callqa, store: Store, arguments: list[str], said: str
) -> None:
    ended = callqa("upload", *arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert ended.stdout == ""
    assert not store.batches


def test_a_file_that_vanishes_on_the_way_is_told(
    callqa: Callqa, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between the hash and the upload: the request stream meets the missing file.
    real = uploading.sha256_of_file

    def hash_and_remove(path: Path) -> str:
        sha256 = real(path)
        if path.name == "bad.mp3":
            size_bytes = path.stat().st_size
            path.unlink()
            path.mkdir()
            assert size_bytes
        return sha256

    monkeypatch.setattr("review_client.submitting.sha256_of_file", hash_and_remove)
    ended = callqa("upload", folder, "--watch")
    assert ended.exit_code == 1
    assert f"error: {folder}/bad.mp3: can't be read (Is a directory)" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "good" in ended.stdout
