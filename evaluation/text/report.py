"""Figures as tables, and the kinds of mistakes counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evaluation.text.bench import Mistake
    from evaluation.text.figures import Figures

_SHOWN_SENTENCES: Final = 5


def figures_table(tasks: Mapping[str, Figures]) -> Table:
    """Return one row per figure, with its 95 % interval beside it."""
    table = Table("task", "figure", "value", "95 % interval")
    for column in (2, 3):
        table.columns[column].justify = "right"
    for task, figures in tasks.items():
        name = task
        for key, value in figures.items():
            if key.endswith("_ci"):
                continue
            interval = figures.get(f"{key}_ci")
            table.add_row(name, key, _value(value), _interval(interval))
            name = ""
        table.add_section()
    return table


def mistakes_table(task: str, mistakes: Iterable[Mistake], kinds: int, *, show: bool) -> Table:
    """Return the `kinds` most frequent kinds of mistakes with their counts, and some sentences if asked."""
    found = list(mistakes)
    table = Table("count", f"{task}: kind of mistake", show_lines=show)
    for kind, count in Counter(one.kind for one in found).most_common(kinds):
        words = [kind]
        if show:
            texts = Counter(one.text for one in found if one.kind == kind)
            words += [f"  {count} x {text}" for text, count in texts.most_common(_SHOWN_SENTENCES)]
        table.add_row(str(count), "\n".join(words))
    return table


def _value(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _interval(interval: list[float] | None) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
