"""Figures and ratios of the benchmark, on made-up runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.comparing import Course, contestants, ratios, run_contestant, run_figures
from benchmarks.contestants import Run, whisper_cpp
from evaluation.speech.calls import RecordedCall, RecordedChannel, RecordedLeg, TimesFrom
from servicekit.errors import SettingsError
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Callable


def course() -> Course:
    """Two sets of one call each; 100 s of channels in all."""
    calls = tuple(
        RecordedCall(
            set_name=name,
            call_id=name,
            language="en",
            legs=(
                RecordedLeg(
                    path=Path(f"{name}.wav"),
                    channels=(
                        RecordedChannel(
                            label=name,
                            role=SpeakerRole.AGENT,
                            reference="good morning my friend",
                            segments=(),
                        ),
                    ),
                ),
            ),
            times_from=TimesFrom.NOWHERE,
            silver=False,
        )
        for name in ("bank", "cars")
    )
    return Course(calls=calls, files=(Path("bank.wav"), Path("cars.wav")), audio_s=100)


def run(cpu_s: float, *texts: str) -> Run:
    return Run(texts=texts, cpu_s=cpu_s, wall_s=2 * cpu_s, peak_memory_mb=100 * cpu_s)


def test_figures_are_medians_and_errors_by_set() -> None:
    texts = ("good morning my friend", "good morning")
    figures = run_figures(course(), [run(10, *texts), run(2, *texts), run(4, *texts)])
    assert (figures["x_per_core"], figures["x_wall"], figures["peak_memory_mb"]) == (25, 12.5, 400)
    assert {name: one["wer"] for name, one in figures["sets"].items()} == {"bank": 0, "cars": 0.5}


def test_ratios_are_to_the_first_and_unknown_where_that_made_no_error() -> None:
    base = run_figures(course(), [run(10, "good morning my friend", "good morning")])
    mine = run_figures(course(), [run(2, "good morning my", "good morning my")])
    assert ratios(mine, base) == {
        "x_per_core": 5,
        "x_wall": 5,
        "peak_memory_mb": 0.2,
        "wer": {"bank": None, "cars": 0.5},
    }


def test_a_contestant_that_fails_says_why_and_does_not_end_the_others() -> None:
    def fail() -> Run:
        raise SettingsError("no weights")

    assert run_contestant(fail, 1) == "no weights"
    assert run_contestant(lambda: run(1), 3) == [run(1)] * 3


def test_whisper_cpp_is_left_out_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert contestants(course(), tmp_path, None)["whisper_cpp"] == "whisper-cli is not installed"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Write a stand-in for whisper-cli: a shell script with the given body for each -f FILE."""

    def write(body: str) -> str:
        path = tmp_path / "whisper-cli"
        path.write_text(
            f'#!/bin/sh\nwhile [ $# -gt 0 ]; do if [ "$1" = -f ]; then {body}; shift; fi; shift; done\n',
            encoding="utf-8",
        )
        path.chmod(0o755)
        return str(path)

    return write


def test_whisper_cpp_writes_a_text_for_each_file_and_nothing_beside_the_data(
    tmp_path: Path, program: Callable[[str], str]
) -> None:
    files = [tmp_path / "data" / name for name in ("a.wav", "b.wav")]
    files[0].parent.mkdir()
    for file in files:
        file.write_text(f"text of {file.name}", encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    done = whisper_cpp(program('cp "$2" "$2.txt"'), tmp_path / "ggml.bin", files, out)
    assert isinstance(done, Run)
    assert done.texts == ("text of a.wav", "text of b.wav")
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["a.wav", "b.wav"]


def test_whisper_cpp_without_its_text_is_a_failure(tmp_path: Path, program: Callable[[str], str]) -> None:
    failed = whisper_cpp(program("true"), tmp_path / "ggml.bin", [tmp_path / "a.wav"], tmp_path)
    assert isinstance(failed, SettingsError)
    assert "ended with code 0 and not with a text" in failed.message
