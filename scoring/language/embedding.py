"""Static embeddings: a vector per piece of a word, whatever stands around it.

Vectors are whole numbers, so that sums are exact: a similarity has the same digits on every machine, in every
batch and with every version of the linear algebra below numpy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from scoring.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scoring.language.weights import Weights

# The table's largest value becomes 2^14: a turn of a hundred thousand words still sums within 64 bits.
_LARGEST: Final = 2.0**14
# Unit vectors have this length. Any sum of products of two of them stays below 2^24 and is exact in float32.
UNIT: Final = 4000
# Distinct words whose vectors are kept (1 kB each) until all are forgotten.
_MAX_WORDS: Final = 20_000
# What is left of "it's" and "I'd" when the tokenizer has cut them.
_SPOKEN: Final = {"'s": "is", "\N{RIGHT SINGLE QUOTATION MARK}s": "is", "'d": "would"}


class StaticEmbedding:
    """Vectors of words. Case and punctuation are left out: a speech recogniser guesses both.

    `name` is the weights' name with the start of their hash. Not safe for threads. WeightsError when the
    files can't be used.
    """

    def __init__(self, weights: Weights) -> None:
        self.name = f"{weights.name}@{weights.sha256[:16]}"
        self._tokenizer = _tokenizer(weights)
        table = _table(weights)
        scaled = np.rint(table.astype(np.float64) * (_LARGEST / float(np.abs(table).max())))
        self._table: NDArray[np.int16] = scaled.astype(np.int16)
        self._words: dict[str, NDArray[np.int32]] = {}

    def words(self, norms: Iterable[str]) -> NDArray[np.int64]:
        """Return a vector per word as spaCy normalises it (words x dimensions); punctuation is zeros."""
        if len(self._words) > _MAX_WORDS:
            self._words.clear()
        rows = [self._word(norm) for norm in norms]
        return np.array(rows, dtype=np.int64).reshape(len(rows), self._table.shape[1])

    def _word(self, norm: str) -> NDArray[np.int32]:
        known = self._words.get(norm)
        if known is None:
            encoded = self._tokenizer.encode(_SPOKEN.get(norm, norm).lower(), add_special_tokens=False)
            pieces = [
                piece
                for piece, text in zip(encoded.ids, encoded.tokens, strict=True)
                if piece < len(self._table) and any(char.isalnum() for char in text)
            ]
            # A word known only in pieces is mostly a name or misspelt: it shouldn't outweigh the others.
            sums = self._table[pieces].sum(axis=0) / math.sqrt(max(len(pieces), 1))
            known = self._words[norm] = np.rint(sums).astype(np.int32)
        return known


def _tokenizer(weights: Weights) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(weights.tokenizer))
    except Exception as error:
        # The library raises nothing more precise.
        raise WeightsError(f"{weights.tokenizer.name} of {weights.name} is no tokenizer") from error


def _table(weights: Weights) -> NDArray[np.float32]:
    """Return the only table of the file (pieces x dimensions)."""
    try:
        tables = [table for table in load_file(weights.table).values() if table.ndim == 2]
    except Exception as error:
        # As above.
        raise WeightsError(f"{weights.table.name} of {weights.name} can't be read as safetensors") from error
    if len(tables) != 1:
        raise WeightsError(
            f"{weights.table.name} has {len(tables)} tables; static embeddings have one, a row for each piece"
        )
    return np.asarray(tables[0], dtype=np.float32)


def unit(sums: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return whole-numbered vectors along the last axis at length UNIT; zeros stay zeros."""
    lengths = np.sqrt((sums * sums).sum(axis=-1, keepdims=True).astype(np.float64))
    scaled = np.rint(sums * (UNIT / np.where(lengths > 0, lengths, 1.0)))
    result: NDArray[np.float32] = scaled.astype(np.float32)
    return result


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the cosine of every row of `left` with every row of `right`, both from `unit`, in 1/10,000."""
    products: NDArray[np.float32] = left @ right.T
    whole: NDArray[np.int32] = np.rint(products.astype(np.float64) * (10_000 / UNIT**2)).astype(np.int32)
    return np.minimum(whole, 10_000)


def cosine_pairs(sums: NDArray[np.int64], right: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the cosine, in 1/10,000, of each row of whole-numbered sums with the same row of `right`."""
    # The sums are whole numbers and exact; square root and division are rounded alike everywhere.
    products = (sums * right.astype(np.int64)).sum(axis=1)
    lengths = np.sqrt((sums * sums).sum(axis=1).astype(np.float64))
    near = products / (np.where(lengths > 0, lengths, 1.0) * (UNIT / 10_000))
    whole: NDArray[np.int32] = np.rint(near).astype(np.int32)
    return np.minimum(whole, 10_000)
