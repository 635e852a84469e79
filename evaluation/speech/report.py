"""Figures as a table: a row for each figure, a column for each set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evaluation.speech.figures import Figures


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _interval(value: list[float]) -> str:
    return f"{100 * value[0]:.1f} to {100 * value[1]:.1f} %"


def _start(value: dict[str, float]) -> str:
    return f"{value['median']:.2f} / {value['p90']:.2f} s"


def _lost(value: dict[str, Any]) -> str:
    return f"{_percent(value['share'])}, {value['longest_run']} in a row"


def _counts(value: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in value.items()) or "none"


_ROWS: Final[tuple[tuple[str, str, Callable[[Any], str]], ...]] = (
    ("calls", "calls", str),
    ("words", "reference words", str),
    ("silver", "silver reference", lambda value: "yes" if value else "no"),
    ("wer", "word error rate", _percent),
    ("wer_ci", "  95 % interval", _interval),
    ("insertions", "  insertions", str),
    ("deletions", "  deletions", str),
    ("substitutions", "  substitutions", str),
    ("lost_words_worst_channel", "lost words, worst channel", _lost),
    ("word_start_error_s", "word start error, median / p90", _start),
    ("talk_time_ratio", "talk time ratio", "{:.3f}".format),
    ("role_accuracy", "calls with right roles", _percent),
    ("downmix_speaker_accuracy", "downmix: right speaker", _percent),
    ("downmix_speaker_accuracy_worst_call", "  worst call", _percent),
    ("downmix_role_accuracy", "downmix: calls with right roles", _percent),
    ("refusals", "refused", _counts),
    ("invented_words_per_minute", "invented words a minute", "{:.2f}".format),
    ("invented_words_by_clip", "  in", _counts),
    ("x_per_core", "x real time per core", "{:.1f}".format),
    ("x_wall", "x real time", "{:.1f}".format),
    ("peak_memory_mb", "peak memory, MB", "{:.0f}".format),
)


def figures_table(sets: Mapping[str, Figures]) -> Table:
    """Return a table of the figures that any set has."""
    table = Table(highlight=False)
    table.add_column("", no_wrap=True)
    for name in sets:
        table.add_column(name, justify="right", overflow="fold")
    for key, title, shown in _ROWS:
        cells = [figures.get(key) for figures in sets.values()]
        if any(cell is not None for cell in cells):
            table.add_row(title, *("-" if cell is None else shown(cell) for cell in cells))
    return table
