"""Takes a call's bytes as they arrive and keeps them in files without a name until the call is over."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Self

from servicekit.errors import FieldViolation, InvalidInputError
from transcription.errors import AudioTooLargeError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class CallSpool:
    """One file for each leg, usable in a `with` block; whatever ends the process, nothing stays on disk."""

    def __init__(self, leg_count: int, *, max_call_bytes: int, spool_dir: Path | None) -> None:
        self._max_call_bytes = max_call_bytes
        self._taken_bytes = 0
        self._last_leg = 0
        with ExitStack() as opening:
            self.files: list[BinaryIO] = [
                opening.enter_context(tempfile.TemporaryFile(dir=spool_dir, prefix="callqa-"))
                for _ in range(leg_count)
            ]
            self._opened = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def take(self, leg: int, content: bytes) -> None:
        """Append to a leg's file.

        Raises InvalidInputError for a leg that isn't there or is over, AudioTooLargeError beyond
        max_call_bytes.
        """
        if not self._last_leg <= leg < len(self.files):
            sentence = (
                f"audio.leg is {leg}, and only {self._last_leg} to {len(self.files) - 1} can follow;"
                " send each leg's bytes in the order of the config"
            )
            raise InvalidInputError(sentence, violations=[FieldViolation("audio.leg", sentence)])
        self._last_leg = leg
        self._taken_bytes += len(content)
        if self._taken_bytes > self._max_call_bytes:
            raise AudioTooLargeError(
                f"the call's files have more than the {self._max_call_bytes} bytes this server takes; use a"
                " compressed format, or raise max_call_bytes"
            )
        self.files[leg].write(content)
