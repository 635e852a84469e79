"""Counts to figures, each with its interval by resampling dialogues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

Figures = dict[str, Any]
"""Names and JSON values; None where the data can't tell."""

BOOTSTRAP_SEED: Final = 20250301
_DRAWS: Final = 2000
_INTERVAL: Final = (2.5, 97.5)


def rounded(value: float | None) -> float | None:
    """Return a figure to four decimals, None for what can't be told."""
    return None if value is None or not np.isfinite(value) else round(float(value), 4)


def estimate(
    name: str,
    groups: Sequence[str],
    rows: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Figures:
    """Return `name` and `name`_ci of a statistic of sums of counts.

    `rows` is units x counts, `groups` one name per unit; `statistic` takes sums (... x counts) to (...).
    Whole groups are drawn with replacement, since what one dialogue holds hangs together.
    """
    if not len(rows):
        return {name: None, f"{name}_ci": None}
    totals = _by_group(groups, rows)
    drawn = _weights(len(totals)) @ totals
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(rows.sum(axis=0)))
        draws = np.asarray(statistic(drawn))
    return {name: rounded(value), f"{name}_ci": _interval(draws)}


def estimate_of_units(
    name: str, groups: Sequence[str], statistic: Callable[[NDArray[np.float64]], float]
) -> Figures:
    """Return `name` and `name`_ci of a statistic of how often each unit is drawn (a weight per unit)."""
    if not groups:
        return {name: None, f"{name}_ci": None}
    index = {group: position for position, group in enumerate(dict.fromkeys(groups))}
    places = np.array([index[group] for group in groups])
    draws = np.array([statistic(weights[places]) for weights in _weights(len(index))])
    return {name: rounded(statistic(np.ones(len(groups)))), f"{name}_ci": _interval(draws)}


def f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 of (true positives, false positives, false negatives) in the last axis; 0 without any."""
    found, wrong, missed = sums[..., 0], sums[..., 1], sums[..., 2]
    total = 2 * found + wrong + missed
    shares: NDArray[np.float64] = np.divide(2 * found, total, out=np.zeros_like(total), where=total > 0)
    return shares


def macro_f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean F1 over classes whose three counts follow each other in the last axis."""
    return np.asarray(f1(sums.reshape(*sums.shape[:-1], -1, 3)).mean(axis=-1))


def ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first count divided by the second in the last axis."""
    return np.asarray(sums[..., 0] / sums[..., 1])


def precision(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return precision of (true positives, false positives, false negatives)."""
    return np.asarray(sums[..., 0] / (sums[..., 0] + sums[..., 1]))


def recall(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return recall of (true positives, false positives, false negatives)."""
    return np.asarray(sums[..., 0] / (sums[..., 0] + sums[..., 2]))


def counts(truth: Sequence[bool], predicted: Sequence[bool]) -> NDArray[np.float64]:
    """Return one row of (true positive, false positive, false negative) per pair."""
    true, found = np.array(truth, dtype=bool), np.array(predicted, dtype=bool)
    return np.stack([true & found, ~true & found, true & ~found], axis=-1).astype(np.float64).reshape(-1, 3)


def binary_figures(
    groups: Sequence[str], truth: Sequence[bool], predicted: Sequence[bool], prefix: str = ""
) -> Figures:
    """Return F1, precision and recall of one class with intervals, and how many pairs and positives."""
    rows = counts(truth, predicted)
    return {
        **estimate(f"{prefix}f1", groups, rows, f1),
        **estimate(f"{prefix}precision", groups, rows, precision),
        **estimate(f"{prefix}recall", groups, rows, recall),
        f"{prefix}n": len(rows),
        f"{prefix}positives": int(sum(truth)),
    }


def macro_figures(
    groups: Sequence[str],
    truth: Mapping[str, Sequence[bool]],
    predicted: Mapping[str, Sequence[bool]],
    prefix: str = "",
) -> Figures:
    """Return macro F1, precision and recall over classes (by name, a flag per unit), with intervals."""
    if not truth or not groups:
        return {f"{prefix}{name}": None for name in ("f1", "f1_ci", "precision", "recall")}
    each = [counts(truth[name], predicted[name]) for name in truth]
    rows = np.concatenate(each, axis=1)
    return {
        **estimate(f"{prefix}f1", groups, rows, macro_f1),
        **estimate(f"{prefix}precision", groups, rows, lambda sums: _mean(precision, sums)),
        **estimate(f"{prefix}recall", groups, rows, lambda sums: _mean(recall, sums)),
        f"{prefix}n": len(rows),
        f"{prefix}classes": len(each),
    }


def _mean(
    of: Callable[[NDArray[np.float64]], NDArray[np.float64]], sums: NDArray[np.float64]
) -> NDArray[np.float64]:
    each = of(sums.reshape(*sums.shape[:-1], -1, 3))
    # A class without any prediction has no precision; it counts as none right.
    return np.asarray(np.nan_to_num(each).mean(axis=-1))


def _by_group(groups: Sequence[str], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    index = {group: position for position, group in enumerate(dict.fromkeys(groups))}
    totals = np.zeros((len(index), rows.shape[1]))
    np.add.at(totals, [index[group] for group in groups], rows)
    return totals


def _weights(groups: int) -> NDArray[np.float64]:
    """Return how often each group is in each draw (draws x groups), the same in every run."""
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    return generator.multinomial(groups, np.full(groups, 1 / groups), size=_DRAWS).astype(np.float64)


def _interval(draws: NDArray[np.float64]) -> list[float | None] | None:
    finite = draws[np.isfinite(draws)]
    return [rounded(float(end)) for end in np.percentile(finite, _INTERVAL)] if len(finite) else None
