"""Splits embedded speech in two, and says how clearly it falls apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.speakers.voice_embedding import Embeddings
    from transcription.speakers.voice_phrases import Phrase

Scores = NDArray[np.float64]
"""One number for each word or stretch, above 0 for the second voice."""

_ROUNDS: Final = 50
# The widest spread of the speech need not be that between its voices: it may be that between loud and soft.
_STARTS: Final = 3
# More would say no more about where the middles are, and would cost memory in long calls.
_MAX_STRETCHES: Final = 8192
_LONG_PHRASE_S: Final = 0.6
_MIN_LONG_PHRASES: Final = 4
_MAX_PHRASE_WEIGHT_S: Final = 3.0
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Split:
    """A vector that may lead from the middle of one voice to that of the other.

    `fit` is the mean cosine between stretches and the middle nearest to each.
    """

    direction: NDArray[np.float64]
    fit: float


def possible_splits(embeddings: Embeddings, weights: NDArray[np.float64]) -> list[Split]:
    """Return splits by spherical 2-means, one from each of the widest spreads of the speech."""
    every = -(-len(embeddings) // _MAX_STRETCHES)
    vectors, weights = embeddings[::every].astype(np.float64), weights[::every]
    weighted = vectors * weights[:, None]
    centred = vectors - weighted.sum(axis=0) / weights.sum()
    _, axes = np.linalg.eigh((centred * weights[:, None]).T @ centred)
    return [_two_means(vectors, weighted, centred @ axes[:, -start] > 0) for start in range(1, _STARTS + 1)]


def _two_means(
    vectors: NDArray[np.float64], weighted: NDArray[np.float64], second: NDArray[np.bool_]
) -> Split:
    for _ in range(_ROUNDS):
        middles = np.stack([weighted[~second].sum(axis=0), weighted[second].sum(axis=0)])
        middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), _TINY)
        likeness = vectors @ middles.T
        moved = likeness[:, 1] > likeness[:, 0]
        if (moved == second).all():
            break
        second = moved
    fit = float((weighted * middles[second.astype(int)]).sum() / np.linalg.norm(weighted, axis=1).sum())
    return Split(middles[1] - middles[0], fit)


def split_strength(phrases: Sequence[Phrase], scores: Scores) -> tuple[float, float]:
    """Return how clearly phrases fall into two voices, and half the distance between the two.

    `scores` has one entry per word. The strength is the geometric mean of two: the distance between the
    voices, and that distance in standard deviations within a voice. 0 where there is too little to say.
    """
    long = [phrase for phrase in phrases if phrase.duration_s > _LONG_PHRASE_S]
    means = np.array([scores[phrase.first : phrase.last].mean() for phrase in long])
    second = means > 0
    if len(long) < _MIN_LONG_PHRASES or second.all() or not second.any():
        return 0.0, 1.0
    weights = np.array([min(phrase.duration_s, _MAX_PHRASE_WEIGHT_S) for phrase in long])
    middles = [np.average(means[side], weights=weights[side]) for side in (~second, second)]
    spread = weights * np.square(means - np.where(second, middles[1], middles[0]))
    # Two middles were fitted, which makes the spread of few phrases look smaller than it is.
    deviation = np.sqrt(spread.sum() / weights.sum() * len(long) / (len(long) - 2))
    gap = float(middles[1] - middles[0])
    return gap / float(np.sqrt(max(deviation, _TINY))), gap / 2
