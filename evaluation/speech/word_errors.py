"""Word error rate: both sides normalised alike, aligned, counted, and its interval by resampling."""

from __future__ import annotations

import functools
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import jiwer
import numpy as np
from whisper_normalization import BasicTextNormalizer, EnglishTextNormalizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BOOTSTRAP_SEED: Final = 20250301
_RESAMPLES: Final = 2000
# About one long sentence: errors within it hang together, so words can't be drawn one by one.
_BLOCK_WORDS: Final = 20
_DIGIT: Final = re.compile(r"\d")
_FIGURES: Final = re.compile(r"\d[\d.,:-]*")


@functools.cache
def _english() -> EnglishTextNormalizer:
    with warnings.catch_warnings():
        # It leaves its own word list open.
        warnings.simplefilter("ignore", ResourceWarning)
        return EnglishTextNormalizer()


def normalised_words(text: str, language: str) -> list[str]:
    """Return the words of `text` as Whisper's own evaluation compares them: "Press 1" is press, one.

    What has neither letter nor digit is no word: the normaliser leaves a full stop of "..." standing. Figures
    are compared digit by digit, since "370 318" and "3 7 0 3 1 8" are the same words said.
    """
    english = language.lower().split("-")[0] == "en"
    normalise = _english() if english else BasicTextNormalizer()
    words = [word for word in normalise(text).split() if any(sign.isalnum() for sign in word)]
    return [part for word in words for part in (_DIGIT.findall(word) if _FIGURES.fullmatch(word) else [word])]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordErrors:
    """What differs on one channel.

    `blocks` are (errors, reference words) of stretches of about 20 reference words, which together are the
    whole channel. `longest_lost_run` counts consecutive reference words without any counterpart.
    """

    insertions: int
    deletions: int
    substitutions: int
    words: int
    longest_lost_run: int
    blocks: tuple[tuple[int, int], ...]


def count_word_errors(reference: Sequence[str], heard: Sequence[str]) -> WordErrors:
    """Align the words with the fewest insertions, deletions and substitutions, and count these."""
    if not reference:
        return WordErrors(
            insertions=len(heard),
            deletions=0,
            substitutions=0,
            words=0,
            longest_lost_run=0,
            blocks=((len(heard), 0),),
        )
    aligned = jiwer.process_words([" ".join(reference)], [" ".join(heard)])
    errors_at = np.zeros(len(reference), dtype=np.int64)
    longest_lost_run = 0
    for chunk in aligned.alignments[0]:
        if chunk.type == "insert":
            # Behind the last word there is no next one to charge it to.
            errors_at[min(chunk.ref_start_idx, len(reference) - 1)] += chunk.hyp_end_idx - chunk.hyp_start_idx
        elif chunk.type != "equal":
            errors_at[chunk.ref_start_idx : chunk.ref_end_idx] += 1
        if chunk.type == "delete":
            longest_lost_run = max(longest_lost_run, chunk.ref_end_idx - chunk.ref_start_idx)
    parts = np.array_split(errors_at, max(1, round(len(reference) / _BLOCK_WORDS)))
    return WordErrors(
        insertions=aligned.insertions,
        deletions=aligned.deletions,
        substitutions=aligned.substitutions,
        words=len(reference),
        longest_lost_run=longest_lost_run,
        blocks=tuple((int(part.sum()), len(part)) for part in parts),
    )


def error_rate(channels: Iterable[WordErrors]) -> float | None:
    """Return errors per reference word over all channels; None without reference words."""
    channels = list(channels)
    words = sum(channel.words for channel in channels)
    errors = sum(channel.insertions + channel.deletions + channel.substitutions for channel in channels)
    return errors / words if words else None


def error_rate_interval(channels: Iterable[WordErrors]) -> tuple[float, float] | None:
    """Return the 95 % interval of the rate: blocks drawn with replacement 2000 times, seed 20250301."""
    blocks = np.array([block for channel in channels for block in channel.blocks], dtype=np.int64)
    if not len(blocks) or not blocks[:, 1].sum():
        return None
    drawn = np.random.default_rng(BOOTSTRAP_SEED).integers(0, len(blocks), (_RESAMPLES, len(blocks)))
    errors, words = blocks[drawn].sum(axis=1).T
    low, high = np.percentile(errors / np.maximum(words, 1), [2.5, 97.5])
    return float(low), float(high)
