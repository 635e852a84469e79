"""`python -m evaluation.text DATA`: measure, print, and write the results."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from evaluation.errors import DataError
from evaluation.revision import commit
from evaluation.text.bench import Bench, FileMissingError, Measured
from evaluation.text.engine import Cost, Engine
from evaluation.text.figures import BOOTSTRAP_SEED
from evaluation.text.report import figures_table, mistakes_table
from evaluation.text.tasks.registry import TASKS

RESULTS: Final = Path(__file__).resolve().parent.parent / "results.json"
EXIT_WRONG_DATA: Final = 65

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def evaluate(
    data: Annotated[Path, typer.Argument(help="Folder with labelled dialogues.", show_default=False)],
    *,
    task: Annotated[str, typer.Option(help=f"Tasks, as a,b: {', '.join(TASKS)}. All by default.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Dialogues of each file; 0 takes all.")] = 0,
    explain: Annotated[
        int, typer.Option(min=0, help="Also print this many kinds of mistakes of each task.")
    ] = 0,
    show: Annotated[
        bool, typer.Option("--show", help="With --explain, print mistaken sentences too.")
    ] = False,
    results: Annotated[Path, typer.Option(help="File the figures are written to.")] = RESULTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")] = False,
) -> None:
    """Measure judgement against labelled dialogues; docs/evaluation.md defines every figure."""
    notes = Console(stderr=True, highlight=False)
    measured: dict[str, Measured] = {}
    chosen = _chosen(task)
    if not data.is_dir():
        notes.print(f"{data} is no folder; docs/evaluation.md says what evaluation data looks like")
        raise typer.Exit(EXIT_WRONG_DATA)
    with notes.status("loading the models"):
        engine = Engine()
    bench = Bench(folder=data, engine=engine, limit=limit)
    wrong = False
    for name in chosen:
        engine.cost = Cost()
        with notes.status(f"measuring {name}"):
            try:
                found = TASKS[name](bench)
            except FileMissingError as error:
                notes.print(f"{name} is skipped: {error}", markup=False, soft_wrap=True)
                continue
            except DataError as error:
                # What other tasks take minutes to measure isn't lost for a wrong line here.
                notes.print(f"{name}: {error}", markup=False, soft_wrap=True)
                wrong = True
                continue
        speed = {"seconds_per_1000_tokens": engine.cost.seconds_per_1000_tokens}
        measured[name] = Measured(figures={**found.figures, **speed}, mistakes=found.mistakes)
    tasks = {name: one.figures for name, one in measured.items()}
    document = {
        "commit": commit(),
        "engine": engine.version,
        "packs": dict(sorted(engine.packs.items())),
        "bootstrap_seed": BOOTSTRAP_SEED,
        "tasks": tasks,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    results.write_text(text + "\n", encoding="utf-8")
    if as_json:
        sys.stdout.write(text + "\n")
    else:
        # A pipe has no width; there every column gets what it needs.
        console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140)
        console.print(figures_table(tasks))
        for name, one in measured.items():
            if explain and one.mistakes:
                console.print(mistakes_table(name, one.mistakes, explain, show=show))
    if wrong:
        raise typer.Exit(EXIT_WRONG_DATA)


def _chosen(names: str) -> list[str]:
    chosen = [name.strip() for name in names.split(",") if name.strip()] or list(TASKS)
    if unknown := [name for name in chosen if name not in TASKS]:
        raise typer.BadParameter(f"there is no task {', '.join(unknown)}; the tasks are {', '.join(TASKS)}")
    return chosen
