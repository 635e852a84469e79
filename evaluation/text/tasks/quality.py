"""The worst fifth of calls by people's ratings, found by the satisfaction that the scorecard estimates."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.text.bench import FileMissingError, Measured
from evaluation.text.engine import builtin_rubric
from evaluation.text.figures import binary_figures
from evaluation.text.ranking import average_precision_figures, precision_at_recall_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evaluation.text.bench import Bench
    from evaluation.text.dialogues import Dialogue
    from evaluation.text.figures import Figures
    from scoring.domain.scorecard import Scorecard

_WORST: Final = 0.2
_RECALL: Final = 0.6


def run(bench: Bench) -> Measured:
    """Return figures by source and, as `uss`, of all its sources together; F1 is of each source's fifth."""
    rated: dict[str, list[tuple[Dialogue, float]]] = defaultdict(list)
    missing: list[str] = []
    for name, rating in _RATINGS.items():
        try:
            dialogues = bench.dialogues(name)
        except FileMissingError as error:
            missing.append(str(error))
            continue
        for one in dialogues:
            value = rating(one)
            if value is not None:
                rated[one.source or name].append((one, value))
    if not rated:
        raise FileMissingError("; ".join(missing) or "no dialogue has ratings")
    files = builtin_rubric()
    bench.engine.prepare(files)
    figures: Figures = {}
    pooled: list[tuple[str, bool, float, bool]] = []
    for source, calls in sorted(rated.items()):
        estimates = [_satisfaction(bench.engine.score(one.turns, files)) for one, _ in calls]
        told = [value for value in estimates if value is not None]
        truth = _worst([value for _, value in calls])
        # A call whose customer wasn't understood is nowhere near the worst as far as the scorecard can tell.
        scores = [-value if value is not None else -max(told, default=0.0) for value in estimates]
        found = _worst([-score for score in scores])
        groups = [one.group for one, _ in calls]
        figures |= _figures(f"{source}_", groups, truth, scores)
        # Sources were rated on scales of their own; together, calls stand where they stand in their source.
        pooled += zip(groups, truth, _places(scores), found, strict=True)
    groups, truth, scores, found = map(list, zip(*pooled, strict=True))
    return Measured(
        figures={**binary_figures(groups, truth, found), **_figures("", groups, truth, scores), **figures}
    )


def _figures(prefix: str, groups: Sequence[str], truth: Sequence[bool], scores: Sequence[float]) -> Figures:
    return {
        **precision_at_recall_figures(f"{prefix}precision_at_recall_60", groups, truth, scores, _RECALL),
        **average_precision_figures(f"{prefix}average_precision", groups, truth, scores),
        f"{prefix}calls": len(truth),
        f"{prefix}worst": int(sum(truth)),
    }


def _worst(values: Sequence[float]) -> list[bool]:
    """Tell which values are among the lowest fifth; those that tie with its last are in."""
    return [bool(value <= np.quantile(values, _WORST, method="lower")) for value in values]


def _places(scores: Sequence[float]) -> list[float]:
    """Return the share of scores below each, 0 to 1."""
    ranked = np.sort(scores)
    return [float(place) for place in np.searchsorted(ranked, scores) / len(ranked)]


def _satisfaction(card: Scorecard) -> float | None:
    """Return the satisfaction that the scorecard estimates, higher is better; None where it can't tell."""
    return next((proxy.value for proxy in card.proxies if proxy.name == "satisfaction"), None)


def _interaction_quality(dialogue: Dialogue) -> float | None:
    values = [turn.labels.get("interaction_quality_1_5") for turn in dialogue.turns]
    return _mean([value for value in values if value is not None])


def _overall_satisfaction(dialogue: Dialogue) -> float | None:
    return _mean(dialogue.labels.get("overall_satisfaction_ratings_1_5") or [])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


_RATINGS: Final[Mapping[str, Callable[[Dialogue], float | None]]] = {
    "support_maia_dqe": _interaction_quality,
    "satisfaction_uss": _overall_satisfaction,
}
