"""A recorded call and what is really said in it: what every reader makes and every figure takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from transcription.transcript import SpeakerRole

_PAIR: Final = 2


class TimesFrom(Enum):
    """Where the reference segments' times come from."""

    HUMAN = "human"
    """Somebody listened and marked what lies between pauses."""
    ROUGH = "rough"
    """Another recogniser's, or whole turns with their pauses: they say who speaks when, not for how long."""
    NOWHERE = "nowhere"
    """There are none, or one segment spans a whole file whatever is said in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What one speaker says without a pause; times in seconds from the start of the call."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"a segment lasts from {self.start_s} s to {self.end_s} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChannel:
    """One channel and what is said on it; `reference` is None where nobody wrote it down."""

    label: str
    role: SpeakerRole
    reference: str | None
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLeg:
    """One file and its channels in their order."""

    path: Path
    channels: tuple[RecordedChannel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One call: a file, or a file for each side. `silver` says that a machine made its reference."""

    set_name: str
    call_id: str
    language: str
    legs: tuple[RecordedLeg, ...]
    times_from: TimesFrom
    silver: bool

    @property
    def channels(self) -> tuple[RecordedChannel, ...]:
        """The channels in the order in which a transcript counts them."""
        return tuple(channel for leg in self.legs for channel in leg.channels)

    @property
    def is_two_sided(self) -> bool:
        """Whether agent and customer have a channel each."""
        channels = self.channels
        return len(channels) == _PAIR and channels[0].role is not channels[1].role
