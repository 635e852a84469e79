"""wordllama's static embeddings, loaded from its own wheel without a network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from wordllama import WordLlama

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHTS: Final = "weights/l2_supercat_256.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A text's word pieces: a vector each (pieces x 256, float64) and one past each one's last character."""

    vectors: NDArray[np.float64]
    end_chars: tuple[int, ...]


class StaticEmbedding:
    """Vectors of word pieces. Case and punctuation are left out: a speech recogniser guesses both.

    `sha256` names the weights.
    """

    def __init__(self) -> None:
        package = Path(str(files("wordllama")))
        # wordllama 0.4.0 looks for its tokenizer in `tokenizer/` but ships `tokenizers/`, which is where it
        # looks below a cache folder; its own package in that role needs no network and no home.
        model = WordLlama.load(cache_dir=package, disable_download=True)
        self._tokenizer = model.tokenizer
        self._table: NDArray[np.float32] = model.embedding
        self.sha256 = hashlib.sha256((package / _WEIGHTS).read_bytes()).hexdigest()

    def pieces(self, text: str) -> Pieces:
        """Return the pieces of `text` that hold a letter or a digit."""
        # Only ASCII is lowered, so that characters keep their places.
        lowered = "".join(char.lower() if char.isascii() else char for char in text)
        encoded = self._tokenizer.encode(lowered, add_special_tokens=False)
        kept = [
            (piece, end)
            for piece, (start, end) in zip(encoded.ids, encoded.offsets, strict=True)
            if any(char.isalnum() for char in lowered[start:end])
        ]
        rows = np.minimum([piece for piece, _ in kept] or [0], len(self._table) - 1)[: len(kept)]
        return Pieces(vectors=self._table[rows].astype(np.float64), end_chars=tuple(end for _, end in kept))

    def sentence(self, text: str) -> NDArray[np.float64]:
        """Return the unit vector of a whole sentence, zeros when it has no word."""
        return unit(self.pieces(text).vectors.sum(axis=0))


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vectors along the last axis at length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: NDArray[np.float64] = vectors / np.where(lengths > 0, lengths, 1.0)
    return result


@cache
def static_embedding() -> StaticEmbedding:
    """Return the embedding, loaded once per process: 16 MB that nothing changes."""
    return StaticEmbedding()
