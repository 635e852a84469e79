"""wordllama's static embeddings, loaded from its own wheel without a network.

Vectors are whole numbers, so that sums are exact: a similarity has the same digits on every machine, in every
batch and with every version of the linear algebra below numpy.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from wordllama import WordLlama

from scoring.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

# Every threshold was measured with these weights (wordllama 0.4.0.post1).
_WEIGHTS: Final = "weights/l2_supercat_256.safetensors"
_WEIGHTS_SHA256: Final = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
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

    `sha256` names the weights. Not safe for threads. WeightsError when they aren't the pinned ones.
    """

    def __init__(self) -> None:
        package = Path(str(files("wordllama")))
        self.sha256 = pinned_sha256(package / _WEIGHTS)
        # wordllama 0.4.0 looks for its tokenizer in `tokenizer/` but ships `tokenizers/`, which is where it
        # looks below a cache folder; its own package in that role needs no network and no home.
        model = WordLlama.load(cache_dir=package, disable_download=True)
        self._tokenizer = model.tokenizer
        table = model.embedding
        scaled = np.rint(table.astype(np.float64) * (_LARGEST / float(np.abs(table).max())))
        self._table: NDArray[np.int16] = scaled.astype(np.int16)
        self._words: dict[str, NDArray[np.int32]] = {}

    def words(self, norms: Iterable[str]) -> NDArray[np.int64]:
        """Return a vector per word as spaCy normalises it (words x 256); punctuation is zeros."""
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


def pinned_sha256(weights: Path) -> str:
    """Return the hash of the weights' file; WeightsError when it isn't the pinned one or can't be read."""
    try:
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(
            f"{weights.name} can't be read; install wordllama again in the locked version"
        ) from error
    if digest != _WEIGHTS_SHA256:
        raise WeightsError(
            f"{weights.name} has the sha256 {digest}, not the pinned {_WEIGHTS_SHA256}, and is not used; "
            "install wordllama again in the locked version"
        )
    return digest


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


@cache
def static_embedding() -> StaticEmbedding:
    """Return the embedding, loaded once per process."""
    return StaticEmbedding()
