"""Evaluation data as it is read, and the sentences about what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import DataError
from evaluation.speech.calls import TimesFrom
from evaluation.speech.command import read_sets
from evaluation.speech.manifest import read_manifest
from transcription.transcript import SpeakerRole

SAMPLES = Path(__file__).parents[3] / "samples"
AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER


def write(folder: Path, *rows: dict[str, Any] | str) -> Path:
    """Write a manifest, and an empty file for every row that names one."""
    lines = []
    for row in rows:
        if isinstance(row, dict) and "file" in row:
            path = folder / row["file"]
            path.parent.mkdir(exist_ok=True)
            path.touch()
        lines.append(row if isinstance(row, str) else json.dumps(row))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_stereo_file_is_a_call_with_two_channels(tmp_path: Path) -> None:
    row = {
        "file": "bank/a.wav",
        "channels": 2,
        "roles": {"0": "customer", "1": "agent"},
        "reference_text": {"0": "hi", "1": "hello there"},
        "segments": [
            {"role": "agent", "start_s": 0.5, "end_s": 1, "text": "hello there"},
            {"role": "agent", "channel": 0, "start_s": 2, "end_s": 3, "text": "hi"},
            {"role": "agent", "start_s": 8, "end_s": 9, "text": ""},
        ],
        "reference_quality": "gold_human",
        "licence": "kept, not read",
    }
    (call,) = read_manifest(write(tmp_path, row))
    assert (call.set_name, call.is_two_sided, call.times_from) == ("bank", True, TimesFrom.HUMAN)
    assert [(channel.role, channel.reference) for channel in call.channels] == [
        (CUSTOMER, "hi"),
        (AGENT, "hello there"),
    ]
    # A segment's channel counts more than its role, and a noise is no segment.
    assert [[segment.start_s for segment in channel.segments] for channel in call.channels] == [[2], [0.5]]


def test_two_files_of_one_call_are_its_legs(tmp_path: Path) -> None:
    rows = [
        {"file": "bank/a_agent.wav", "call_id": "a", "roles": {"0": "agent"}},
        {"file": "bank/b_caller.wav", "call_id": "b", "roles": {"0": "caller"}},
        {"file": "bank/a_caller.wav", "call_id": "a", "roles": {"0": "customer"}},
    ]
    first, second = read_manifest(write(tmp_path, *rows))
    assert [leg.path.name for leg in first.legs] == ["a_agent.wav", "a_caller.wav"]
    assert first.is_two_sided
    assert not second.is_two_sided
    assert [channel.role for channel in second.channels] == [CUSTOMER]


def test_a_silver_reference_stands_in_where_the_manifest_has_none(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"file": "cars/a.wav", "reference_text": {"0": None}, "segments": None},
        {"file": "cars/b.wav", "reference_text": {"0": "gold"}},
        {"file": "cars/c.wav"},
    ]
    folder = write(tmp_path, *rows)
    silver = {"note": "made by a machine", "a.wav": "silver", "b.wav": "silver"}
    (folder / "cars" / "silver_reference.json").write_text(json.dumps(silver), encoding="utf-8")
    calls = read_manifest(folder)
    assert [call.channels[0].reference for call in calls] == ["silver", "gold", None]
    assert [call.silver for call in calls] == [True, False, False]


def test_segments_give_the_reference_where_there_is_no_other(tmp_path: Path) -> None:
    segments = [
        {"start_s": 0, "end_s": 1, "text": "good"},
        {"start_s": 2, "end_s": 3, "text": "morning"},
    ]
    (call,) = read_manifest(write(tmp_path, {"file": "bank/a.wav", "segments": segments}))
    assert call.channels[0].reference == "good morning"
    assert call.times_from is TimesFrom.NOWHERE


GOOD = {"file": "bank/a.wav"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"call_id": "a"}, "line 2, file: Field required"),
        (
            {"file": "bank/b.wav", "segments": [{"start_s": "soon", "end_s": 1}]},
            "line 2, segments.0.start_s: Input should be a valid number",
        ),
        ({"file": "bank/b.wav", "segments": [{"start_s": 2, "end_s": 1}]}, "line 2, segments.0: .*before"),
        ({"file": "bank/b.wav", "channels": 3}, "line 2, channels: Input should be less than or equal to 2"),
        ({"file": "/etc/passwd"}, "line 2, file: String should match pattern"),
        ("{", "line 2, the whole line: Invalid JSON"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(
    tmp_path: Path, row: dict[str, Any] | str, said: str
) -> None:
    with pytest.raises(DataError, match=rf"manifest\.jsonl, {said}"):
        read_manifest(write(tmp_path, GOOD, row))


def test_a_mistake_does_not_repeat_what_was_said(tmp_path: Path) -> None:
    row = {"file": "bank/b.wav", "reference_text": ["my card number is 1234"]}
    with pytest.raises(DataError, match="line 1, reference_text") as raised:
        read_manifest(write(tmp_path, row))
    assert "card number" not in str(raised.value)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    (folder / "bank" / "a.wav").unlink()
    with pytest.raises(DataError, match=r"line 1, file: bank/a\.wav does not lie beside"):
        read_manifest(folder)


def test_two_files_of_one_side_of_a_call_are_a_mistake(tmp_path: Path) -> None:
    rows = [{"file": f"bank/{name}.wav", "call_id": "a", "roles": {"0": "agent"}} for name in "ab"]
    with pytest.raises(DataError, match="line 2, call_id: a is taken"):
        read_manifest(write(tmp_path, *rows))


def test_a_wrong_silver_reference_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    (folder / "bank" / "silver_reference.json").write_text('{"a.wav": 3}', encoding="utf-8")
    with pytest.raises(DataError, match=r"silver_reference\.json, a\.wav: Input should be a valid string"):
        read_manifest(folder)


def test_an_empty_manifest_and_no_manifest_are_mistakes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds neither manifest\.jsonl nor transcripts\.jsonl"):
        read_sets(tmp_path)
    with pytest.raises(DataError, match="has no line"):
        read_sets(write(tmp_path))


def test_sets_are_chosen_by_name_and_limited(tmp_path: Path) -> None:
    folder = write(tmp_path, *({"file": f"{name}/{index}.wav"} for name in "abc" for index in range(3)))
    assert {name: len(calls) for name, calls in read_sets(folder, "c, a", 2).items()} == {"c": 2, "a": 2}
    with pytest.raises(DataError, match="has no set d; its sets are a, b, c"):
        read_sets(folder, "a,d")


def test_the_samples_are_read_with_exact_references() -> None:
    calls = {call.call_id: call for call in read_sets(SAMPLES)["samples"]}
    assert len(calls) == 11
    assert all(call.is_two_sided and call.times_from is TimesFrom.ROUGH for call in calls.values())
    assert [channel.role for channel in calls["follow_up"].channels] == [CUSTOMER, AGENT]
    assert [leg.path.name for leg in calls["escalated"].legs] == [
        "escalated-agent.wav",
        "escalated-customer.wav",
    ]
    hannah = calls["exemplary"].channels[0]
    assert (hannah.reference or "").startswith("Good morning, thank you for calling Harbour Lane Bank.")
    assert hannah.segments[0].start_s == 0.9


def test_a_sample_without_its_transcript_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text(
        (SAMPLES / "manifest.csv").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "transcripts.jsonl").touch()
    with pytest.raises(DataError, match=r"manifest\.csv, line 2, external_id: exemplary is not in"):
        read_sets(tmp_path)
