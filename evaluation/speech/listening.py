"""Calls through the shipped path, in a process of their own whose time and memory are counted.

Imported by the process that listens: nothing here may load what listening doesn't need.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import psutil

from servicekit.errors import CallqaError, SettingsError
from servicekit.settings import load_settings
from transcription.loading import load_transcriber
from transcription.settings import TranscriptionSettings
from transcription.transcribe import CallLeg, CallTranscriber

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from transcription.transcript import SpeakerRole, Transcript, Word

_PEAK: Final = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)

Args = ParamSpec("Args")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A call to hear: its files and the roles stated for their channels, () where none are."""

    legs: tuple[tuple[Path, tuple[SpeakerRole, ...]], ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardTurn:
    """A turn of a transcript: its channel, its voice (counted over the call), its role and its words."""

    channel: int
    voice: int
    role: SpeakerRole
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came out of one job and what it took.

    `refusal` is the reason for which there is no transcript, or empty. `channel_roles` has a role for each
    channel of the call, none where there is no transcript.
    """

    turns: tuple[HeardTurn, ...]
    channel_roles: tuple[SpeakerRole, ...]
    refusal: str
    cpu_s: float
    wall_s: float

    def channel_words(self, channel: int) -> list[Word]:
        """Return the words heard on one channel in the order spoken, whoever speaks them."""
        words = [word for turn in self.turns if turn.channel == channel for word in turn.words]
        return sorted(words, key=lambda word: word.start_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one process heard. `peak_memory_mb` counts it and its children since it began, weights too."""

    heard: tuple[Heard, ...]
    model_version: str
    peak_memory_mb: float


def in_own_process(
    work: Callable[Args, Result | SettingsError], *args: Args.args, **kwargs: Args.kwargs
) -> Result:
    """Return what `work` returns when a fresh process runs it; raises the SettingsError that it returns."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
        result = process.submit(work, *args, **kwargs).result()
    if isinstance(result, SettingsError):
        raise result
    return result


def listen(jobs: Sequence[Job], environment: Mapping[str, str] | None = None) -> Session | SettingsError:
    """Hear the jobs one after another as the server's settings say (CALLQA_TRANSCRIPTION_*).

    `environment` is added to the process's own before anything is loaded.
    """
    os.environ.update(environment or {})
    try:
        transcriber = load_transcriber(
            load_settings(
                TranscriptionSettings,
                env_prefix="CALLQA_TRANSCRIPTION_",
                file_env="CALLQA_TRANSCRIPTION_CONFIG",
            )
        )
    except SettingsError as error:
        return SettingsError(error.message)
    heard = tuple(_hear(transcriber, job) for job in jobs)
    return Session(heard=heard, model_version=transcriber.model_version, peak_memory_mb=peak_memory_mb())


def _hear(transcriber: CallTranscriber, job: Job) -> Heard:
    began_cpu_s, began_s = cpu_s(), time.perf_counter()
    turns: tuple[HeardTurn, ...] = ()
    roles: tuple[SpeakerRole, ...] = ()
    refusal = ""
    try:
        turns, roles = _as_heard(_transcribe(transcriber, job))
    except CallqaError as error:
        refusal = error.reason
    return Heard(
        turns=turns,
        channel_roles=roles,
        refusal=refusal,
        cpu_s=cpu_s() - began_cpu_s,
        wall_s=time.perf_counter() - began_s,
    )


def _as_heard(transcript: Transcript) -> tuple[tuple[HeardTurn, ...], tuple[SpeakerRole, ...]]:
    turns = tuple(
        HeardTurn(
            channel=turn.speaker.channel, voice=turn.speaker.index, role=turn.speaker.role, words=turn.words
        )
        for turn in transcript.turns
    )
    return turns, tuple(report.role for report in transcript.channels)


def _transcribe(transcriber: CallTranscriber, job: Job) -> Transcript:
    with ExitStack() as files:
        legs = [CallLeg(file=files.enter_context(path.open("rb")), roles=roles) for path, roles in job.legs]
        # What a set's queue would add, its vocabulary say, is passed here.
        hearing = transcriber.transcribe(legs, language=job.language, check=lambda: None)
        while True:
            try:
                next(hearing)
            except StopIteration as end:
                transcript: Transcript = end.value
                return transcript


def cpu_s() -> float:
    """Return the CPU seconds of this process and its children, those that have ended too."""
    process = psutil.Process()
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        times = child.cpu_times()
        total += times.user + times.system
    return float(total)


def peak_memory_mb() -> float:
    """Return the largest resident memory so far, in 10^6 bytes, summed over this process and its children.

    From /proc and not from getrusage, whose peak a new process inherits from the one that started it.
    """
    process = psutil.Process()
    statuses = [
        Path(f"/proc/{one.pid}/status").read_text(encoding="ascii", errors="replace")
        for one in (process, *process.children(recursive=True))
    ]
    return sum(int(found[1]) for status in statuses if (found := _PEAK.search(status))) * 1024 / 1e6
