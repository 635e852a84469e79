"""Figures of a score that ranks calls: average precision, and precision where enough are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evaluation.text.figures import Figures, estimate_of_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def average_precision_figures(
    name: str, groups: Sequence[str], truth: Sequence[bool], scores: Sequence[float]
) -> Figures:
    """Return the average precision of `scores` (higher: more likely true) with its interval."""
    order, ends = _order(scores)
    true = np.array(truth, dtype=np.float64)[order]

    def statistic(weights: NDArray[np.float64]) -> float:
        found, taken = _sums(weights[order], true, ends)
        if not len(found) or found[-1] == 0:
            return float("nan")
        gained = np.diff(found, prepend=0.0)
        return float(np.sum(gained * _ratio(found, taken)) / found[-1])

    return estimate_of_units(name, groups, statistic)


def precision_at_recall_figures(
    name: str, groups: Sequence[str], truth: Sequence[bool], scores: Sequence[float], recall: float
) -> Figures:
    """Return precision at the highest threshold that finds a share `recall` of what is true.

    Calls of one score are taken together: a threshold can't tell them apart.
    """
    order, ends = _order(scores)
    true = np.array(truth, dtype=np.float64)[order]

    def statistic(weights: NDArray[np.float64]) -> float:
        found, taken = _sums(weights[order], true, ends)
        if not len(found) or found[-1] == 0:
            return float("nan")
        at = int(np.argmax(found >= recall * found[-1]))
        return float(_ratio(found, taken)[at])

    return estimate_of_units(name, groups, statistic)


def _order(scores: Sequence[float]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the units by falling score, and the last place of each distinct score."""
    values = np.array(scores, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], len(ranked) > 0))
    return order, ends


def _sums(
    weights: NDArray[np.float64], true: NDArray[np.float64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.cumsum(weights * true)[ends], np.cumsum(weights)[ends]


def _ratio(found: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)
