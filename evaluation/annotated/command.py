"""`python -m evaluation.annotated`: compare two annotators, print, and keep where they differ."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from evaluation.annotated.agreement import agreement, disagreements
from evaluation.annotated.labels import read_labels
from evaluation.errors import DataError
from evaluation.text.dialogues import read_dialogues
from evaluation.text.figures import BOOTSTRAP_SEED
from evaluation.text.report import figures_table

if TYPE_CHECKING:
    from evaluation.annotated.agreement import Labelled

FOLDER: Final = Path(__file__).resolve().parent
EXIT_WRONG_DATA: Final = 65

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def compare(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder with dialogues.jsonl, labels_first.jsonl, labels_second.jsonl."),
    ] = FOLDER,
) -> None:
    """Print how far the annotators agree; write agreement.json and disagreements.jsonl to the folder."""
    notes = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    try:
        calls, unlabelled = _both(folder)
    except DataError as error:
        notes.print(str(error))
        raise typer.Exit(EXIT_WRONG_DATA) from None
    if unlabelled:
        notes.print(f"{unlabelled} calls aren't labelled by both annotators and don't count")
    figures = agreement(calls)
    document = {"calls": len(calls), "bootstrap_seed": BOOTSTRAP_SEED, "agreement": figures}
    (folder / "agreement.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (folder / "disagreements.jsonl").write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in disagreements(calls)), encoding="utf-8"
    )
    # A pipe has no width; there every column gets what it needs.
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140)
    console.print(figures_table(figures))


def _both(folder: Path) -> tuple[list[Labelled], int]:
    """Return the calls that both annotators labelled, and how many they didn't."""
    dialogues = {one.dialogue_id: one for one in read_dialogues(folder / "dialogues.jsonl")}
    first = read_labels(folder / "labels_first.jsonl", dialogues)
    second = read_labels(folder / "labels_second.jsonl", dialogues)
    calls = [
        (one, first[name], second[name]) for name, one in dialogues.items() if name in first.keys() & second
    ]
    if not calls:
        raise DataError(f"{folder}: no call is labelled by both annotators")
    return calls, len(dialogues) - len(calls)
