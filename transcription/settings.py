"""The settings of the transcription server: CALLQA_TRANSCRIPTION_<NAME>, or a YAML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import DirectoryPath, Field

from servicekit.cores import usable_cores
from servicekit.settings import CrossProblem, ServerSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ComputePathName = Literal["auto", "openvino", "ctranslate2", "cuda"]
_PROCESS_BYTES: Final = 1_200_000_000

CpuIsa = Literal["auto", "AVX512", "AVX2", "AVX", "GENERIC", "NEON"]


def _default_cache_dir() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "callqa" / "models"


def _hearing_processes() -> int:
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # The other half is for everything else on the machine.
    return max(1, min(usable_cores(), memory_bytes // (2 * _PROCESS_BYTES)))


class TranscriptionSettings(ServerSettings):
    """What the server hears with, and how much it takes."""

    default_deadline_s: Annotated[float, Field(gt=0, le=86400)] = 3600.0
    """Time for a call whose client names none; the longest call takes a few minutes of a core."""
    max_workers: Annotated[int, Field(ge=1, le=1024)] = Field(default_factory=lambda: 16 + usable_cores())
    """Threads that answer calls; more than hearing_processes, so that a busy server can say so."""

    model: Annotated[str, Field(min_length=1)] = "base"
    """`base` or `tiny.en` (pinned packages), a folder (`/...`, `./...`, `~/...`), or a model hub's name."""
    model_cache_dir: Path = Field(default_factory=_default_cache_dir)
    """Where joined and fetched weights are kept."""
    compute_type: Literal["int8", "int8_float32", "int16", "float32"] = "int8"
    """Arithmetic of the engine."""
    compute_path: ComputePathName = "auto"
    """What computes: the cheapest of CUDA, OpenVINO on bf16 matrix units (AMX) and CTranslate2 that the
    machine has, or the one named. Another path hears other words: pin it where unlike machines share the
    work."""
    cpu_isa: CpuIsa = "auto"
    """Instruction set of CTranslate2. `auto` is AVX2 or NEON where the processor has it; AVX512 hears other
    words in the same time. Pin it as compute_path."""
    cpu_threads: Annotated[int, Field(ge=1, le=64)] = 1
    """Threads for one call."""
    hearing_processes: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=_hearing_processes)
    """Processes that hear, each one call at a time with weights of its own; one call more is answered
    RESOURCE_EXHAUSTED with reason BUSY. By default one for each core, as far as 1.2 GB for each take no more
    than half of the memory. On CUDA, run a server for each device."""
    stop_grace_s: Annotated[float, Field(ge=0, le=60)] = 1.0
    """Time for a process to leave a call that was cancelled or is past its deadline; then it is replaced."""
    load_timeout_s: Annotated[float, Field(gt=0, le=3600)] = 300.0
    """Time for a process to load its weights."""
    beam_size: Annotated[int, Field(ge=1, le=20)] = 5
    """Candidates the decoder keeps: 1 takes two thirds of the time and gets more words wrong."""
    unsure_avg_logprob: Annotated[float, Field(ge=-10, le=0)] = -0.5
    """A window whose tokens are on average less probable (natural logarithm) is decoded once more."""
    min_lost_speech_s: Annotated[float, Field(gt=0, le=30)] = 1.0
    """Detected speech without a word that is long enough to be heard again on its own."""
    batch_size: Annotated[int, Field(ge=1, le=64)] = 4
    """Windows of 30 s decoded together; memory grows with it."""
    vad_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Probability above which a moment counts as speech. At the usual 0.5 quiet callers are lost."""
    vad_threshold_again: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """The same for loud sound in which little speech was found, and which is listened to again."""
    window_s: Annotated[float, Field(ge=10, le=30)] = 30.0
    """Speech heard at once, at most."""
    level_dbfs: Annotated[float, Field(ge=-60, le=-6)] = -20.0
    """Where each channel's loud speech is brought before it is heard."""
    silence_floor_dbfs: Annotated[float, Field(ge=-110, le=-30)] = -65.0
    """A channel that is nowhere louder is silence and not listened to."""
    min_avg_logprob: Annotated[float, Field(ge=-10, le=0)] = -1.4
    """Sentences the decoder believes in less (natural logarithm, mean over tokens) are taken for inventions
    where the voice detector finds no voice either."""
    max_vocabulary_tokens: Annotated[int, Field(ge=0, le=200)] = 100
    """Of a queue's vocabulary, what the decoder is told; about four characters each. More costs time and
    makes it write words that nobody said."""
    word_confidence_floor: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Words below it are counted as uncertain in the quality report; rubrics have a floor of their own."""
    separate_voices: bool = True
    """Tell two voices on one channel apart, where nobody says whose channel it is."""
    numbers_as_figures: bool = True
    """Write English numbers, amounts and times as figures ("$25.50"), however they were heard."""
    hold_after_s: Annotated[float, Field(gt=0)] = 10.0
    """Silence between words that counts as putting the other on hold."""
    music_hold_after_s: Annotated[float, Field(gt=0)] = 3.0
    """The same for music and ringing."""

    max_call_bytes: Annotated[int, Field(ge=1024)] = 2 * 1024**3
    """All files of one call together."""
    max_call_duration_s: Annotated[float, Field(gt=0)] = 4 * 3600.0
    """Length of one leg."""
    min_sample_rate_hz: Annotated[int, Field(ge=1000)] = 8000
    """Telephone audio has 8000; below it consonants are gone."""
    max_sample_rate_hz: Annotated[int, Field(le=768_000)] = 192_000
    """Nothing a recorder makes of speech is above it; a higher one only costs time."""
    max_channels_per_leg: Annotated[int, Field(ge=1, le=8)] = 2
    """Channels of one file, with one speaker on each; every one is heard and costs as much as a call."""
    max_missing_s: Annotated[float, Field(ge=0)] = 1.0
    """A file with less sound than it declares, by more than this and by 1 %, counts as cut off."""
    spool_dir: DirectoryPath | None = None
    """Folder for a call's bytes and samples while it is heard; the system's own when unset. Two hours of two
    channels need 0.5 GB. Files there have no name, so that nothing stays behind even after kill -9."""

    def cross_problems(self) -> Iterator[CrossProblem]:
        """Add that busy calls must leave threads to answer GetTranscriptionModel and BUSY."""
        yield from super().cross_problems()
        if self.max_workers <= self.hearing_processes:
            yield CrossProblem(
                ("max_workers", "hearing_processes"),
                f"needs more threads than hearing_processes={self.hearing_processes}, so that others are"
                " answered",
            )
