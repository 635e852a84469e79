"""Words that a recogniser may have misheard, read as a sentence has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.language.embedding import cosine_pairs
from scoring.language.mishearing import are_alike

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scoring.language.embedding import StaticEmbedding
    from scoring.language.stretches import Group, Places

# Recognisers mishear: in a sentence of at least so many words a word that sounds or is spelled alike is read
# as the sentence has it, one for every four words; where no more than a word in six is lacking, one
# that isn't in the sentence may be left out. Both cost a little, so that what was said so wins.
_MEND_MIN_WORDS: Final = 4
_WORDS_PER_SWAP: Final = 4
_WORDS_PER_LACK: Final = 6
_SWAP_COST: Final = 200
_LEFT_OUT_COST: Final = 300
# A stretch that is further than this from mattering isn't tried.
_MEND_GAIN: Final = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardWords:
    """The words of all turns: norms, vectors (words x dimensions) and their running sums (one more)."""

    norms: list[str]
    words: NDArray[np.int64]
    sums: NDArray[np.int64]
    embedding: StaticEmbedding


def mend(near: NDArray[np.int32], group: Group, places: Places, heard: HeardWords) -> None:
    """Raise in `near` what comes nearer when words that may be misheard are read as the sentence has them."""
    if group.words < _MEND_MIN_WORDS:
        return
    enough = 10_000 - (10_000 - group.matters) / group.strictness - _MEND_GAIN
    hopeful = (near >= enough) & (near < 10_000) & (places.ends - places.starts >= _MEND_MIN_WORDS)[:, None]
    mended: list[tuple[int, int, int, NDArray[np.int64]]] = []
    for row, column in np.argwhere(hopeful).tolist():
        start, end = int(places.starts[row]), int(places.ends[row])
        wanted = group.norms[column]
        odd = [at for at in range(start, end) if heard.norms[at] not in wanted]
        said = frozenset(heard.norms[start:end])
        lacking = [norm for norm in wanted if norm not in said]
        changes, cost = _changes(odd, lacking, heard, group.words)
        mended += [(row, column, cost, change) for change in changes]
    if mended:
        rows, columns, costs = (np.array([one[part] for one in mended]) for part in range(3))
        sums = heard.sums[places.ends[rows]] - heard.sums[places.starts[rows]]
        scores = cosine_pairs(sums + np.stack([change for *_, change in mended]), group.vectors[columns])
        np.maximum.at(near, (rows, columns), scores - costs.astype(np.int32))


def _changes(
    odd: list[int], lacking: list[str], heard: HeardWords, words: int
) -> tuple[list[NDArray[np.int64]], int]:
    """Return what to add to a stretch's sum to mend it, each a way of its own, and what that costs.

    `odd` are the words that the sentence lacks, `lacking` those of the sentence that weren't said.
    """
    swaps = [
        (at, norm)
        for norm in lacking
        if (at := next((at for at in odd if are_alike(heard.norms[at], norm)), None)) is not None
    ][: max(1, words // _WORDS_PER_SWAP)]
    if swaps:
        right = heard.embedding.words(norm for _, norm in swaps).sum(axis=0)
        return [right - heard.words[sorted({at for at, _ in swaps})].sum(axis=0)], _SWAP_COST * len(swaps)
    if len(lacking) <= words // _WORDS_PER_LACK:
        return [-heard.words[at] for at in odd], _LEFT_OUT_COST
    return [], 0
