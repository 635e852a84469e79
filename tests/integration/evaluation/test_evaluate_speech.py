"""The commands from end to end: the beginnings of two sample calls, the smallest weights, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.speech.command import read_sets
from evaluation.speech.sound import channel_sounds, write_wav
from transcription.transcript import SAMPLE_RATE_HZ

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"


def run(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "CALLQA_TRANSCRIPTION_MODEL": "tiny.en",
            "CALLQA_TRANSCRIPTION_BEAM_SIZE": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def beginnings(tmp_path: Path) -> Path:
    """About the first half minute of a stereo file and of a pair, as evaluation data."""
    lines = (SAMPLES / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    turns = {call["external_id"]: call["turns"] for call in map(json.loads, lines)}
    folder = tmp_path / "data"
    (folder / "bank").mkdir(parents=True)
    rows: list[str] = []
    for call in read_sets(SAMPLES)["samples"]:
        if call.call_id not in {"exemplary", "escalated"}:
            continue
        # What comes after is cut off where the first turn begins that lasts beyond it.
        end_s = next(turn["start_s"] for turn in turns[call.call_id] if turn["end_s"] > 30)
        sounds = [sound[: round(end_s * SAMPLE_RATE_HZ)] for sound in channel_sounds(call)]
        roles = [channel.role.value for channel in call.channels]
        files = [(sounds, roles)]
        if len(call.legs) > 1:
            files = [([sound], [role]) for sound, role in zip(sounds, roles, strict=True)]
        for channels, names in files:
            file = f"bank/{call.call_id}{len(rows)}.wav"
            write_wav(folder / file, channels)
            row = {
                "file": file,
                "call_id": call.call_id,
                "channels": len(channels),
                "roles": {str(index): name for index, name in enumerate(names)},
                "segments": [
                    turn for turn in turns[call.call_id] if turn["end_s"] <= end_s and turn["role"] in names
                ],
                "reference_quality": "gold_human",
            }
            rows.append(json.dumps(row))
    (folder / "manifest.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_two_calls_are_measured(beginnings: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    done = run("evaluation.speech", str(beginnings), "--json", "--results", str(results))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document == json.loads(results.read_text(encoding="utf-8"))
    assert "tiny.en@1a5afae0" in document["model_version"]
    figures = document["sets"]["bank"]
    assert figures["calls"] == 2
    assert figures["words"] > 100
    assert figures["wer_ci"][0] < figures["wer"] < figures["wer_ci"][1] < 0.3
    assert 0.7 < figures["talk_time_ratio"] < 1.3
    assert figures["word_start_error_s"]["median"] < 0.5
    assert figures["downmix_speaker_accuracy"] >= 0.5
    assert figures["refusals"] == {}
    assert figures["x_per_core"] > 0
    assert 50 < figures["peak_memory_mb"] < 4000


@pytest.mark.slow
def test_the_benchmark_compares_with_faster_whisper_as_shipped(beginnings: Path, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    options = ["--limit", "1", "--only", "as_shipped,callqa,whisper_cpp", "--results", str(results)]
    done = run("benchmarks", str(beginnings), *options, PATH="")
    assert done.returncode == 0, done.stderr
    assert "whisper_cpp was left out: whisper-cli is not installed" in done.stdout
    document = json.loads(results.read_text(encoding="utf-8"))
    assert set(document["runs"]) == {"as_shipped", "callqa"}
    assert document["ratios_to_as_shipped"]["as_shipped"]["x_per_core"] == 1
    for figures in document["runs"].values():
        assert figures["sets"]["bank"]["wer"] < 0.3
        assert figures["x_per_core"] > 0


def test_wrong_data_is_one_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "manifest.jsonl").write_text('{"file": 3}\n', encoding="utf-8")
    for module in ("evaluation.speech", "benchmarks"):
        done = run(module, str(tmp_path))
        assert done.returncode == 65
        assert done.stderr == f"{tmp_path}/manifest.jsonl, line 1, file: Input should be a valid string\n"


def test_a_wrong_setting_is_one_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    results = str(tmp_path / "results.json")
    done = run(
        "evaluation.speech",
        str(SAMPLES),
        "--limit",
        "1",
        "--results",
        results,
        CALLQA_TRANSCRIPTION_BEAM_SIZE="many",
    )
    assert done.returncode == 78
    assert "CALLQA_TRANSCRIPTION_BEAM_SIZE" in done.stderr
    assert "Traceback" not in done.stderr
