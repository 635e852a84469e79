"""`python -m benchmarks DATA`: run the contestants one after another, print, and write the results."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.comparing import (
    AS_SHIPPED,
    contestants,
    make_course,
    ratios,
    run_contestant,
    run_figures,
)
from evaluation.errors import DataError
from evaluation.revision import commit
from evaluation.speech.command import EXIT_WRONG_DATA, read_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.contestants import Run
    from evaluation.speech.figures import Figures

RESULTS: Final = Path(__file__).resolve().parent / "results.json"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def benchmark(
    data: Annotated[
        Path, typer.Argument(help="Folder with manifest.jsonl, or samples/.", show_default=False)
    ],
    *,
    sets: Annotated[str, typer.Option(help="Sets to hear, as a,b. All by default.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Calls of each set; 0 takes all.")] = 0,
    only: Annotated[str, typer.Option(help="Contestants, as as_shipped,callqa. All by default.")] = "",
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each, of which the median counts.")] = 1,
    whisper_cpp_model: Annotated[
        Path | None, typer.Option(help="Weights of whisper.cpp (ggml), the same model as the server's.")
    ] = None,
    results: Annotated[Path, typer.Option(help="File the figures are written to.")] = RESULTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
) -> None:
    """Hear the same channels with faster-whisper as shipped, with callqa as its server would, and others.

    Each runs in a process of its own, one after another. Threads follow OMP_NUM_THREADS where the library's
    own default does.
    """
    console = Console(stderr=True, highlight=False)
    figures: dict[str, Figures] = {}
    left_out: dict[str, str] = {}
    try:
        calls = [call for found in read_sets(data, sets, limit).values() for call in found]
        with tempfile.TemporaryDirectory(prefix="callqa-benchmark-") as temporary:
            folder = Path(temporary)
            course = make_course(calls, folder)
            for name, run in _chosen(contestants(course, folder, whisper_cpp_model), only).items():
                with console.status(f"hearing with {name}"):
                    runs = run if isinstance(run, str) else run_contestant(run, repeat)
                if isinstance(runs, str):
                    left_out[name] = runs
                else:
                    figures[name] = run_figures(course, runs)
    except DataError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_WRONG_DATA) from None
    base = figures.get(AS_SHIPPED)
    compared = {name: ratios(one, base) for name, one in figures.items()} if base else {}
    document = {
        "channel_audio_s": round(course.audio_s, 1),
        "runs": figures,
        f"ratios_to_{AS_SHIPPED}": compared,
        "left_out": left_out,
        "repeat": repeat,
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "commit": commit(),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    results.write_text(text + "\n", encoding="utf-8")
    if as_json:
        sys.stdout.write(text + "\n")
        return
    width = None if sys.stdout.isatty() else 60 + 26 * len({call.set_name for call in calls})
    console = Console(highlight=False, width=width)
    console.print(_table(figures, compared))
    for name, reason in left_out.items():
        console.print(f"{name} was left out: {reason}", markup=False, soft_wrap=True)


def _chosen(found: Mapping[str, Callable[[], Run] | str], only: str) -> dict[str, Callable[[], Run] | str]:
    names = [name.strip() for name in only.split(",") if name.strip()] or list(found)
    if missing := [name for name in names if name not in found]:
        raise DataError(f"there is no contestant {', '.join(missing)}; there are {', '.join(found)}")
    return {name: found[name] for name in names}


def _table(figures: Mapping[str, Figures], compared: Mapping[str, Figures]) -> Table:
    """Return a row for each contestant: figures, with their ratio to as shipped in brackets."""
    table = Table(highlight=False)
    names = list(next(iter(figures.values()))["sets"]) if figures else []
    for title in ("", "x per core", "x", "peak MB", *(f"WER {name}" for name in names)):
        table.add_column(title, no_wrap=True)
    for contestant, one in figures.items():
        ratio = compared.get(contestant, {})
        table.add_row(
            contestant,
            _cell(f"{one['x_per_core']:.1f}", ratio.get("x_per_core")),
            _cell(f"{one['x_wall']:.1f}", ratio.get("x_wall")),
            _cell(f"{one['peak_memory_mb']:.0f}", ratio.get("peak_memory_mb")),
            *(
                "-"
                if one["sets"][name]["wer"] is None
                else _cell(f"{100 * one['sets'][name]['wer']:.1f} %", ratio.get("wer", {}).get(name))
                for name in names
            ),
        )
    return table


def _cell(shown: str, ratio: float | None) -> str:
    return shown if ratio is None else f"{shown} ({ratio:.2f})"
