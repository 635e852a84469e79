"""Why something cannot be processed, and how long that holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

ENGINE_CRASHED: Final = "ENGINE_CRASHED"
INTERNAL: Final = "INTERNAL"
RECORDING_MISSING: Final = "RECORDING_MISSING"

# These say nothing about the audio; limits are settings that may have been raised since, and the language may
# come from a queue's profile that was corrected: whoever asks again gets another try.
_PASSING: Final = frozenset(
    {
        ENGINE_CRASHED,
        INTERNAL,
        RECORDING_MISSING,
        "AUDIO_TOO_LONG",
        "AUDIO_TOO_LARGE",
        "AUDIO_SAMPLE_RATE",
        "AUDIO_CHANNELS",
        "LANGUAGE_UNSUPPORTED",
        "TRANSCRIPT_TOO_LONG",
    }
)


class Stage(StrEnum):
    """The two stages a call goes through."""

    TRANSCRIPTION = "TRANSCRIPTION"
    SCORING = "SCORING"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineVersions:
    """What hears and what judges now; "" while no worker has told."""

    model_version: str = ""
    engine_version: str = ""

    def of(self, stage: Stage) -> str:
        """Return the version of the stage's engine."""
        return self.model_version if stage is Stage.TRANSCRIPTION else self.engine_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """A stable word, a sentence for people, and which version of which stage's engine said so."""

    reason: str
    message: str
    quarantine_time: datetime
    stage: Stage
    version: str

    def __post_init__(self) -> None:
        if not self.reason or not self.message:
            raise ValueError("a quarantine needs a reason and a message")

    def holds_under(self, versions: EngineVersions) -> bool:
        """Tell whether trying again would end the same way.

        The same engine finds the same fault in the same audio; what is not the audio's fault may be gone.
        """
        return self.reason not in _PASSING and self.version == versions.of(self.stage)

    def bars_call(self, versions: EngineVersions) -> bool:
        """Tell whether the call would fail in every batch: its audio does, whatever the rubric."""
        return self.stage is Stage.TRANSCRIPTION and self.holds_under(versions)
