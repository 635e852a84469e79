"""What a task is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluation.text.dialogues import data_file, read_dialogues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from evaluation.text.dialogues import Dialogue
    from evaluation.text.engine import Engine
    from evaluation.text.figures import Figures

    Part: TypeAlias = Callable[["Bench"], tuple[Figures, Sequence["Mistake"]]]


class FileMissingError(Exception):
    """The folder lacks the file that a task reads; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A wrong prediction: its kind, counted over the task, and the words, for the terminal alone."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Figures of a task, and its mistakes."""

    figures: Figures
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A folder of labelled dialogues and the engine to read them with; `limit` 0 takes all of a file."""

    folder: Path
    engine: Engine
    limit: int = 0

    def dialogues(self, name: str) -> list[Dialogue]:
        """Return the dialogues of a data set; raises FileMissingError and DataError."""
        path = data_file(self.folder, name)
        if path is None:
            raise FileMissingError(f"{self.folder} has no {name}.jsonl")
        return read_dialogues(path, self.limit)

    def mixed_dialogues(self, names: Sequence[str], most_each: int) -> list[Dialogue]:
        """Return the first dialogues of every data set that is there; FileMissingError without any."""
        dialogues: list[Dialogue] = []
        for name in names:
            try:
                dialogues += self.dialogues(name)[:most_each]
            except FileMissingError:
                continue
        if not dialogues:
            raise FileMissingError(f"{self.folder} has none of {', '.join(names)}")
        return dialogues


def measured_parts(bench: Bench, parts: Iterable[Part]) -> Measured:
    """Return what each part measures whose file is there; FileMissingError where none is."""
    figures: Figures = {}
    mistakes: list[Mistake] = []
    missing: list[str] = []
    for part in parts:
        try:
            found, wrong = part(bench)
        except FileMissingError as error:
            missing.append(str(error))
            continue
        figures |= found
        mistakes += wrong
    if not figures:
        raise FileMissingError("; ".join(missing))
    return Measured(figures=figures, mistakes=tuple(mistakes))
