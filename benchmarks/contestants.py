"""What a user would pick instead, hearing the same channels. Each function runs in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.speech.listening import cpu_s, peak_memory_mb
from servicekit.errors import SettingsError
from servicekit.settings import load_settings
from transcription.loading import checked_weights
from transcription.settings import TranscriptionSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was heard on each channel, and what hearing took; loading the weights is not counted."""

    texts: tuple[str, ...]
    cpu_s: float
    wall_s: float
    peak_memory_mb: float


def faster_whisper_as_shipped(
    files: Sequence[Path], *, word_times: bool, cpu_threads: int
) -> Run | SettingsError:
    """Hear each one-channel file with `WhisperModel(weights).transcribe(file)` and nothing else set.

    `cpu_threads` 0 is the library's default. The weights are those that the server's settings name.
    """
    from faster_whisper import WhisperModel

    try:
        settings = load_settings(
            TranscriptionSettings, env_prefix="CALLQA_TRANSCRIPTION_", file_env="CALLQA_TRANSCRIPTION_CONFIG"
        )
        weights = checked_weights(settings)
    except SettingsError as error:
        return SettingsError(error.message)
    model = WhisperModel(str(weights.folder), cpu_threads=cpu_threads)
    began_cpu_s, began_s = cpu_s(), time.perf_counter()
    texts = []
    for file in files:
        segments, _ = model.transcribe(str(file), word_timestamps=word_times)
        texts.append(" ".join(segment.text for segment in segments))
    return Run(
        texts=tuple(texts),
        cpu_s=cpu_s() - began_cpu_s,
        wall_s=time.perf_counter() - began_s,
        peak_memory_mb=peak_memory_mb(),
    )


def whisper_cpp(program: str, model: Path, files: Sequence[Path], folder: Path) -> Run | SettingsError:
    """Hear all one-channel files with one run of whisper.cpp on one thread, its defaults otherwise.

    Loading the weights is counted: the program can't be asked to leave it out. `folder` is for its output.
    """
    links = [folder / f"whisper_cpp{index}{file.suffix}" for index, file in enumerate(files)]
    for link, file in zip(links, files, strict=True):
        # It writes beside its input, which may be somebody's data.
        link.symlink_to(file.resolve())
    command = [program, "-m", str(model), "-t", "1", "-np", "-otxt"]
    command += [argument for link in links for argument in ("-f", str(link))]
    began_s = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    wall_s = time.perf_counter() - began_s
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    texts = [link.with_name(f"{link.name}.txt") for link in links]
    if done.returncode or not all(text.is_file() for text in texts):
        return SettingsError(
            f"{program} ended with code {done.returncode} and not with a text for each channel; see what"
            f" {program} -m {model} -f FILE says"
        )
    return Run(
        texts=tuple(text.read_text(encoding="utf-8") for text in texts),
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=wall_s,
        peak_memory_mb=used.ru_maxrss * 1024 / 1e6,
    )
