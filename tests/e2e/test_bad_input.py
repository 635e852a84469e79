"""Whatever a user hands in gets one clear sentence, and the rest of the batch goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import bad_recordings
from tests.e2e.conftest import SAMPLES, Stack

pytestmark = pytest.mark.slow

GOOD = SAMPLES / "recordings" / "happy_enquiry.wav"


@pytest.fixture(scope="module")
def mixed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One batch of a good call and every recording that can't be heard."""
    folder = tmp_path_factory.mktemp("mixed")
    paths = [
        GOOD,
        bad_recordings.zero_length(folder),
        bad_recordings.truncated(folder),
        bad_recordings.text_renamed(folder),
        bad_recordings.video(folder),
        bad_recordings.silent_two_hours(folder),
        folder / "missing.wav",
    ]
    done = stack.run("upload", *paths, "--watch", "--json")
    assert done.returncode == 1, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("external_id", "reason", "said"),
    [
        ("truncated", "AUDIO_TRUNCATED", "upload the whole file"),
        ("notes", "AUDIO_UNREADABLE", "audio"),
        ("screen", "AUDIO_NO_AUDIO_STREAM", "without sound"),
        ("silent", "AUDIO_NO_SPEECH", "nobody says a word"),
    ],
)
def test_a_recording_that_cannot_be_heard_is_quarantined_with_its_reason(
    mixed: dict[str, Any], external_id: str, reason: str, said: str
) -> None:
    result = next(item for item in mixed["results"] if item["external_id"] == external_id)

    assert result["state"] == "QUARANTINED"
    assert result["quarantine"]["reason"] == reason
    assert said in result["quarantine"]["message"]
    assert "\n" not in result["quarantine"]["message"]


@pytest.mark.parametrize("name", ["zero.wav", "missing.wav"])
def test_a_file_that_cannot_be_sent_is_named(mixed: dict[str, Any], name: str) -> None:
    assert sum(name in str(problem) for problem in mixed["problems"]) == 1


def test_the_rest_of_the_batch_goes_on(mixed: dict[str, Any]) -> None:
    result = next(item for item in mixed["results"] if item["external_id"] == "happy_enquiry")

    assert result["state"] == "DONE"
    assert len(mixed["results"]) == 5


def test_a_bad_row_names_its_line_and_the_others_go_on(stack: Stack, tmp_path: Path) -> None:
    manifest = tmp_path / "calls.csv"
    manifest.write_text(
        "recording,external_id,started_at,channel_roles\n"
        f"{GOOD},good-row,2025-03-07T12:30:00Z,agent;customer\n"
        f"{GOOD},bad-row,yesterday,agent;customer\n",
        encoding="utf-8",
    )
    done = stack.run("upload", "--manifest", manifest, "--watch")

    assert done.returncode == 1
    assert "calls.csv:3" in done.stderr
    assert "started_at" in done.stderr
    assert "good-row" in done.stdout
    assert "bad-row" not in done.stdout


def test_an_unknown_rubric_is_named_beside_those_that_exist(stack: Stack) -> None:
    done = stack.run("upload", GOOD, "--rubric", "sales-quality")

    assert done.returncode == 2
    assert "sales-quality" in done.stderr
    assert "service-quality" in done.stderr


def test_an_invalid_pack_names_file_line_and_field(stack: Stack, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "pack: opening\nversion: 1\nlanguage: en\nstatements:\n"
        "  - id: script.hello\n    speaker: agnt\n    polarity: required\n    say: Good morning.\n",
        encoding="utf-8",
    )
    done = stack.run("rubrics", "check", pack)

    assert done.returncode == 2
    assert "pack.yaml:6" in done.stderr + done.stdout
    assert "speaker" in done.stderr + done.stdout


def test_packs_are_tried_on_a_text_and_on_a_call(stack: Stack, mixed: dict[str, Any], tmp_path: Path) -> None:
    assert mixed["results"]
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        "pack: mine\nstatements:\n"
        "- {id: mine.thanks, phrases: thank you}\n"
        "- {id: mine.zebra, say: The zebra has escaped from the zoo.}\n",
        encoding="utf-8",
    )
    said = stack.json("packs", "try", pack, "--text", "Well, thank you.")
    assert [rule["fired"] for rule in said["rules"]] == [True, False]
    heard = stack.run("packs", "try", pack, "--call", "happy_enquiry")
    assert heard.returncode == 0, heard.stderr
    assert "1 of 2 rules fire" in heard.stdout
    assert "«" in heard.stdout


def test_no_server_is_said_with_what_to_do(tmp_path: Path) -> None:
    nowhere = Stack(home=tmp_path / "empty")
    done = nowhere.run("calls", "list")

    assert done.returncode in {2, 3}
    assert "callqa up" in done.stderr
