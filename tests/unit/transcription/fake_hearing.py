"""Hears calls as their vocabulary orders, in whatever process it is loaded."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from servicekit.errors import FieldViolation, SettingsError
from transcription.acoustics.values import Acoustics
from transcription.errors import AudioTruncatedError
from transcription.transcribe import Progress
from transcription.transcript import RoleSource, Speaker, SpeakerRole, Transcript, Turn, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from transcription.transcribe import CallLeg, ChannelSegment

SAID = "what the caller said"


class FakeHearing:
    """Orders: wait (and check), hang (and don't), crash, refuse, break. Says the legs' bytes, and its pid."""

    def __init__(self) -> None:
        self.model_version = "fake-hearing/1"

    def transcribe(
        self, legs: Sequence[CallLeg], *, language: str, vocabulary: Sequence[str], check: Callable[[], None]
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        contents = []
        for leg in legs:
            leg.file.seek(0)
            contents.append(leg.file.read().decode())
        yield Progress(heard_s=float(os.getpid()), total_s=float(os.getpid()))
        for order in vocabulary:
            if order == "wait":
                while True:
                    check()
                    time.sleep(0.01)
            if order == "hang":
                time.sleep(3600)
            if order == "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            if order == "refuse":
                raise AudioTruncatedError(
                    "the recording is cut off",
                    violations=[FieldViolation("audio", "cut")],
                    metadata={"a": "b"},
                )
            if order == "break":
                raise ValueError(SAID)
        return said(" ".join(contents), language)


def said(text: str, language: str) -> Transcript:
    """One speaker who says it, in this process."""
    speaker = Speaker(
        index=0,
        channel=0,
        role=SpeakerRole.UNKNOWN,
        role_confidence=0.0,
        role_source=RoleSource.CONVENTION,
    )
    words = tuple(Word(text=word, start_s=0.0, end_s=1.0, confidence=1.0) for word in text.split())
    return Transcript(
        language=language,
        language_confidence=1.0,
        vocabulary=(),
        duration_s=1.0,
        model_version=f"pid {os.getpid()}",
        speakers=(speaker,),
        turns=(Turn(speaker=speaker, words=words),),
        channels=(),
        warnings=(),
        removed_words=(),
        word_confidence_floor=0.0,
        acoustics=Acoustics(
            talk_spans=(),
            quiet_spans=(),
            overlaps=(),
            responses=(),
            speakers=(),
            talk_s=0.0,
            quiet_s=0.0,
            overlap_s=0.0,
            hold_s=0.0,
            waveform=(),
            peaks_per_second=10.0,
        ),
    )


def load_fake() -> FakeHearing:
    return FakeHearing()


def load_refused() -> FakeHearing:
    raise SettingsError("the weights are not there")


def load_killed() -> FakeHearing:
    os.kill(os.getpid(), signal.SIGILL)
    return FakeHearing()


def load_unless(obstacle: Path) -> FakeHearing:
    if obstacle.exists():
        raise SettingsError("something is in the way")
    return FakeHearing()
