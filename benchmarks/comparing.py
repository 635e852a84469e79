"""The same channels through every contestant, and what comes out side by side."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.contestants import Run, faster_whisper_as_shipped, whisper_cpp
from evaluation.speech.figures import Figures, word_figures
from evaluation.speech.listening import in_own_process, listen
from evaluation.speech.measuring import job_of
from evaluation.speech.sound import channel_sounds, write_wav
from servicekit.errors import SettingsError
from transcription.settings import TranscriptionSettings
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from evaluation.speech.calls import RecordedCall, RecordedChannel

AS_SHIPPED: Final = "as_shipped"
_WHISPER_CPP: Final = "whisper_cpp"
_PROGRAM: Final = "whisper-cli"
_COMPUTE_PATH: Final = "compute_path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What every contestant hears: calls, and the same calls as one file for each channel."""

    calls: tuple[RecordedCall, ...]
    files: tuple[Path, ...]
    audio_s: float

    @property
    def channels(self) -> list[tuple[RecordedCall, RecordedChannel]]:
        """The channels in the order of `files`, with their calls."""
        return [(call, channel) for call in self.calls for channel in call.channels]


def make_course(calls: Sequence[RecordedCall], folder: Path) -> Course:
    """Return the course; channels that share a file are written to `folder` one by one. Raises DataError."""
    files: list[Path] = []
    samples = 0
    for call in calls:
        sounds = channel_sounds(call)
        samples += sum(len(sound) for sound in sounds)
        alone = {leg.channels[0].label: leg.path for leg in call.legs if len(leg.channels) == 1}
        for channel, sound in zip(call.channels, sounds, strict=True):
            path = alone.get(channel.label, folder / f"channel{len(files)}.wav")
            if channel.label not in alone:
                write_wav(path, [sound])
            files.append(path)
    return Course(calls=tuple(calls), files=tuple(files), audio_s=samples / SAMPLE_RATE_HZ)


def contestants(
    course: Course, folder: Path, whisper_cpp_model: Path | None
) -> dict[str, Callable[[], Run] | str]:
    """Return by name how each contestant runs, or the reason why it can't here."""
    found: dict[str, Callable[[], Run] | str] = {
        AS_SHIPPED: lambda: _as_shipped(course, word_times=True, cpu_threads=0),
        "as_shipped_one_thread": lambda: _as_shipped(course, word_times=True, cpu_threads=1),
        "as_shipped_without_word_times": lambda: _as_shipped(course, word_times=False, cpu_threads=0),
        "callqa": lambda: _callqa(course, {}),
        "callqa_without_amx": f"the setting {_COMPUTE_PATH} doesn't exist",
    }
    if _COMPUTE_PATH in TranscriptionSettings.model_fields:
        environment = {f"CALLQA_TRANSCRIPTION_{_COMPUTE_PATH.upper()}": "ctranslate2"}
        found["callqa_without_amx"] = lambda: _callqa(course, environment)
    program = shutil.which(_PROGRAM)
    if program is None:
        found[_WHISPER_CPP] = f"{_PROGRAM} is not installed"
    elif whisper_cpp_model is None:
        found[_WHISPER_CPP] = "--whisper-cpp-model names no weights"
    else:
        model = whisper_cpp_model
        found[_WHISPER_CPP] = lambda: in_own_process(whisper_cpp, program, model, course.files, folder)
    return found


def _as_shipped(course: Course, *, word_times: bool, cpu_threads: int) -> Run:
    return in_own_process(
        faster_whisper_as_shipped, course.files, word_times=word_times, cpu_threads=cpu_threads
    )


def _callqa(course: Course, environment: Mapping[str, str]) -> Run:
    session = in_own_process(listen, [job_of(call) for call in course.calls], environment)
    return Run(
        texts=tuple(
            " ".join(word.text for word in heard.channel_words(index))
            for call, heard in zip(course.calls, session.heard, strict=True)
            for index in range(len(call.channels))
        ),
        cpu_s=sum(heard.cpu_s for heard in session.heard),
        wall_s=sum(heard.wall_s for heard in session.heard),
        peak_memory_mb=session.peak_memory_mb,
    )


def run_figures(course: Course, runs: Sequence[Run]) -> Figures:
    """Return medians over the runs of one contestant, and the word errors of its first run by set."""
    texts: dict[str, list[tuple[str, str | None, str, str]]] = {}
    for (call, channel), text in zip(course.channels, runs[0].texts, strict=True):
        entry = (channel.label, channel.reference, text, call.language)
        texts.setdefault(call.set_name, []).append(entry)
    return {
        "x_per_core": round(course.audio_s / median(run.cpu_s for run in runs), 2),
        "x_wall": round(course.audio_s / median(run.wall_s for run in runs), 2),
        "peak_memory_mb": round(median(run.peak_memory_mb for run in runs), 1),
        "sets": {name: word_figures(channels) for name, channels in texts.items()},
    }


def ratios(figures: Figures, base: Figures) -> Figures:
    """Return `figures` in relation to `base`; None where the base is 0 or unknown."""
    return {
        "x_per_core": _ratio(figures["x_per_core"], base["x_per_core"]),
        "x_wall": _ratio(figures["x_wall"], base["x_wall"]),
        "peak_memory_mb": _ratio(figures["peak_memory_mb"], base["peak_memory_mb"]),
        "wer": {name: _ratio(one["wer"], base["sets"][name]["wer"]) for name, one in figures["sets"].items()},
    }


def _ratio(value: float | None, base: float | None) -> float | None:
    return round(value / base, 3) if value is not None and base else None


def run_contestant(run: Callable[[], Run], repeat: int) -> list[Run] | str:
    """Return `repeat` runs, or why one failed."""
    try:
        return [run() for _ in range(repeat)]
    except SettingsError as error:
        return error.message
