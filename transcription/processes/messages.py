"""What the server and its hearing processes say to each other, pickled over a pipe.

server -> process   Load, then for each call Hear with a file descriptor for each leg; Stop while one is heard
process -> server   Ready or Failed, then for each call Progress and ChannelSegment, and Heard or Failed last
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from servicekit.errors import CallqaError
    from transcription.processes.port import CallHearing
    from transcription.transcript import SpeakerRole, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The first message: `load` makes what hears, in a few seconds; it can be pickled."""

    load: Callable[[], CallHearing]
    log_level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Everything is loaded."""

    model_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """A call; `roles` are those stated for the channels of each leg."""

    request_id: str
    roles: tuple[tuple[SpeakerRole, ...], ...]
    language: str
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Nobody waits for the call any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The end of a call."""

    transcript: Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The end of a call, or of loading. None for an unexpected exception: its text may quote the call."""

    error: CallqaError | None
