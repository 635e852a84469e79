"""The port to whatever hears whole calls: the use case itself, or processes that run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.transcribe import CallLeg, ChannelSegment, Progress
    from transcription.transcript import Transcript


class CallHearing(Protocol):
    """Hears calls; see `CallTranscriber` for what each part means."""

    @property
    def model_version(self) -> str:
        """What transcripts will have as theirs. Raises UnavailableError while nothing can hear."""

    def transcribe(
        self,
        legs: Sequence[CallLeg],
        *,
        language: str,
        vocabulary: Sequence[str],
        check: Callable[[], None],
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        """Yield progress and segments as they are heard and return the transcript.

        `check` raises when nobody waits for the answer any more. Whoever stops iterating stops the work.
        Raises the errors of transcription.errors.
        """
