"""The commands from end to end: two sample calls, the smallest weights, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.slow
def test_two_samples_are_measured(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    options = ["--limit", "2", "--no-noise", "--no-degraded", "--json", "--results", str(results)]
    done = run("evaluation.speech", str(SAMPLES), *options)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document == json.loads(results.read_text(encoding="utf-8"))
    assert "tiny.en@1a5afae0" in document["model_version"]
    figures = document["sets"]["samples"]
    assert figures["calls"] == 2
    assert figures["words"] > 250
    assert figures["wer_ci"][0] < figures["wer"] < figures["wer_ci"][1] < 0.3
    assert 0.7 < figures["talk_time_ratio"] < 1.3
    assert figures["word_start_error_s"]["median"] < 0.5
    assert figures["downmix_speaker_accuracy"] >= 0.5
    assert figures["refusals"] == {}
    assert figures["x_per_core"] > 0
    assert 50 < figures["peak_memory_mb"] < 4000


@pytest.mark.slow
def test_the_benchmark_compares_with_faster_whisper_as_shipped(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    options = ["--limit", "1", "--only", "as_shipped,callqa,whisper_cpp", "--results", str(results)]
    done = run("benchmarks", str(SAMPLES), *options, PATH="")
    assert done.returncode == 0, done.stderr
    assert "whisper_cpp was left out: whisper-cli is not installed" in done.stdout
    document = json.loads(results.read_text(encoding="utf-8"))
    assert set(document["runs"]) == {"as_shipped", "callqa"}
    assert document["ratios_to_as_shipped"]["as_shipped"]["x_per_core"] == 1
    for figures in document["runs"].values():
        assert figures["sets"]["samples"]["wer"] < 0.3
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
