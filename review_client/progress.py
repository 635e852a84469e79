"""One bar per stage on a terminal; one line per event where bars can't be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from callqa.v1 import batch_pb2
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from review_client.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console

_HEARD: Final = frozenset(
    {batch_pb2.BatchItem.SCORING, batch_pb2.BatchItem.DONE, batch_pb2.BatchItem.QUARANTINED}
)
_ENDED: Final = frozenset({batch_pb2.BatchItem.DONE, batch_pb2.BatchItem.QUARANTINED})


def heard_calls(batch: batch_pb2.Batch) -> float:
    """Return how many calls are heard, a call in the middle counting by its fraction."""
    return sum(1.0 if item.state in _HEARD else item.transcribed_fraction for item in batch.items)


def ended_calls(batch: batch_pb2.Batch) -> int:
    """Return how many calls are done or quarantined."""
    return sum(item.state in _ENDED for item in batch.items)


class StageProgress:
    """Shows upload, transcription and scoring while it is open. Stages appear when they begin."""

    def __init__(self, console: Console) -> None:
        self._console = console
        # Bars redraw themselves: in a pipe or a log that would be noise.
        self._live = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description:<13}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not self._live,
        )
        self._sizes: Mapping[Path, int] = {}
        self._sent: dict[Path, int] = {}
        self._ended: set[str] | None = None
        self._upload = self._progress.add_task("Upload", visible=False, detail="")
        self._hear = self._progress.add_task("Transcription", visible=False, detail="")
        self._score = self._progress.add_task("Scoring", visible=False, detail="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._progress.stop()

    def upload_begins(self, sizes: Mapping[Path, int]) -> None:
        """Take the length in bytes of every file that will be sent or found there."""
        self._sizes = sizes
        self._progress.update(self._upload, total=max(sum(sizes.values()), 1), visible=True)

    def sent(self, path: Path, sent_bytes: int) -> None:
        """Take how many bytes of a file are on the server or on their way."""
        self._sent[path] = min(sent_bytes, self._sizes[path])
        done_bytes = sum(self._sent.values())
        total_bytes = sum(self._sizes.values())
        detail = f"{decimal(done_bytes)} of {decimal(total_bytes)}"
        self._progress.update(self._upload, completed=done_bytes, detail=detail)

    def upload_ended(self) -> None:
        """Say how much is there, where no bar says it."""
        if not self._live:
            total = decimal(sum(self._sent.values()))
            self._console.print(f"upload: {counted(len(self._sent), 'file')} on the server, {total}")

    def batch_changed(self, batch: batch_pb2.Batch) -> None:
        """Take the batch as it stands, with all its items."""
        total = max(len(batch.items), 1)
        heard, ended = heard_calls(batch), ended_calls(batch)
        hear_detail = f"{int(heard)} of {counted(total, 'call')}"
        score_detail = f"{ended} of {counted(total, 'call')}"
        self._progress.update(self._hear, total=total, completed=heard, visible=True, detail=hear_detail)
        self._progress.update(self._score, total=total, completed=ended, visible=True, detail=score_detail)
        newly = [
            item for item in batch.items if item.state in _ENDED and item.call not in (self._ended or ())
        ]
        if not self._live and self._ended is not None:
            before = len(self._ended)
            for place, item in enumerate(newly, start=before + 1):
                word = "quarantined" if item.state == batch_pb2.BatchItem.QUARANTINED else "scored"
                self._console.print(f"{word}: {item.external_id or item.call} ({place} of {total})")
        self._ended = (self._ended or set()) | {item.call for item in newly}
