"""`python -m evaluation.speech DATA`: measure, print, and write the results."""

from __future__ import annotations

import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from evaluation.errors import DataError
from evaluation.revision import commit
from evaluation.speech import manifest, sample_calls, sound
from evaluation.speech.measuring import Measured, altered, measure_calls, measure_wordless
from evaluation.speech.report import figures_table
from evaluation.speech.word_errors import BOOTSTRAP_SEED
from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from evaluation.speech.calls import RecordedCall
    from evaluation.speech.measuring import Alter

RESULTS: Final = Path(__file__).resolve().parent.parent / "speech_results.json"
INVENTED_SET: Final = "invented"
_SNR_DB: Final = 10.0
_QUIETER_DB: Final = 12.0
_OVERDRIVEN_DB: Final = 12.0
EXIT_WRONG_DATA: Final = 65
_EXIT_WRONG_SETTINGS: Final = 78

_LINES: Final[Mapping[str, Alter]] = {
    f"noise_{_SNR_DB:.0f}db": lambda one, channel, seed: sound.noisy(one, channel, snr_db=_SNR_DB, seed=seed),
    f"customer_{_QUIETER_DB:.0f}db_quieter": lambda one, channel, _: sound.quieter_customer(
        one, channel, by_db=_QUIETER_DB
    ),
    "customer_overdriven": lambda one, channel, _: sound.overdriven_customer(
        one, channel, by_db=_OVERDRIVEN_DB
    ),
}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def read_sets(folder: Path, names: str = "", limit: int = 0) -> dict[str, list[RecordedCall]]:
    """Return the calls of `folder` by set, `limit` of each or all when it is 0.

    `names` are sets as in "a,b", all when empty. Raises DataError.
    """
    if (folder / manifest.MANIFEST_FILE).is_file():
        calls = manifest.read_manifest(folder)
    elif (folder / sample_calls.TRANSCRIPTS_FILE).is_file():
        calls = sample_calls.read_samples(folder)
    else:
        raise DataError(
            f"{folder} holds neither {manifest.MANIFEST_FILE} nor {sample_calls.TRANSCRIPTS_FILE};"
            " docs/evaluation.md says what evaluation data looks like"
        )
    sets: dict[str, list[RecordedCall]] = {}
    for call in calls:
        sets.setdefault(call.set_name, []).append(call)
    chosen = [name.strip() for name in names.split(",") if name.strip()] or list(sets)
    if missing := [name for name in chosen if name not in sets]:
        raise DataError(f"{folder} has no set {', '.join(missing)}; its sets are {', '.join(sets)}")
    return {name: sets[name][: limit or None] for name in chosen}


@app.command()
def evaluate(
    data: Annotated[
        Path, typer.Argument(help="Folder with manifest.jsonl, or samples/.", show_default=False)
    ],
    *,
    sets: Annotated[str, typer.Option(help="Sets to measure, as a,b. All by default.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Calls of each set; 0 takes all.")] = 0,
    noise: Annotated[
        bool | None,
        typer.Option(
            "--noise/--no-noise",
            help="Also hear twenty minutes without words. By default with samples/ alone.",
        ),
    ] = None,
    degraded: Annotated[
        bool | None,
        typer.Option(
            "--degraded/--no-degraded",
            help="Also hear the same calls with noise 10 dB below speech, with a customer 12 dB quieter, and"
            " with one overdriven by 12 dB. By default with samples/ alone; needs segments.",
        ),
    ] = None,
    downmix: Annotated[
        bool, typer.Option("--downmix/--no-downmix", help="Also hear two-sided calls as one channel.")
    ] = True,
    results: Annotated[Path, typer.Option(help="File the figures are written to.")] = RESULTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")] = False,
) -> None:
    """Measure transcription against reference texts and times.

    The engine is set by CALLQA_TRANSCRIPTION_* variables, as the server's.
    """
    console = Console(stderr=True, highlight=False)
    measured: dict[str, Measured] = {}
    try:
        found = read_sets(data, sets, limit)
        samples = sample_calls.SET_NAME in found
        with tempfile.TemporaryDirectory(prefix="callqa-evaluation-") as folder:
            steps = _steps(
                found,
                Path(folder),
                noise=samples if noise is None else noise,
                degraded=samples if degraded is None else degraded,
                downmix=downmix,
            )
            for name, step in steps:
                with console.status(f"hearing {name}"):
                    measured[name] = step()
    except (DataError, SettingsError) as error:
        console.print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(EXIT_WRONG_DATA if isinstance(error, DataError) else _EXIT_WRONG_SETTINGS) from None
    figures = {name: one.figures for name, one in measured.items()}
    document = {
        "sets": figures,
        "commit": commit(),
        "model_version": next(iter(measured.values())).model_version,
        "bootstrap_seed": BOOTSTRAP_SEED,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    results.write_text(text + "\n", encoding="utf-8")
    if as_json:
        sys.stdout.write(text + "\n")
    else:
        # A pipe has no width; there every column gets what it needs.
        width = None if sys.stdout.isatty() else 40 + 26 * len(figures)
        Console(highlight=False, width=width).print(figures_table(figures))


def _steps(
    found: Mapping[str, Sequence[RecordedCall]], folder: Path, *, noise: bool, degraded: bool, downmix: bool
) -> Iterator[tuple[str, Callable[[], Measured]]]:
    """Yield every set's name and how to measure it. Sets share `folder` for their temporary files."""
    for name, calls in found.items():
        yield name, partial(measure_calls, calls, folder, with_downmixes=downmix)
        if degraded:
            for line, alter in _LINES.items():
                yield f"{name}_{line}", partial(_measure_altered, calls, line, alter, folder)
    if noise:
        yield INVENTED_SET, partial(measure_wordless, folder)


def _measure_altered(calls: Sequence[RecordedCall], line: str, alter: Alter, folder: Path) -> Measured:
    return measure_calls(altered(calls, line, folder, alter), folder, with_downmixes=False)
