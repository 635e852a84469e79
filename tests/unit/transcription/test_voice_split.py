"""Phrases, splits and paths of voices, on numbers made for the purpose."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from transcription.speakers.voice_path import best_path, change_costs
from transcription.speakers.voice_phrases import (
    WINDOW_FRAMES,
    Phrase,
    cut_into_phrases,
    phrase_pieces,
    window_starts,
)
from transcription.speakers.voice_split import possible_splits, split_strength
from transcription.transcript import Word


def words(*timed: tuple[str, float, float]) -> list[Word]:
    return [Word(text=text, start_s=start, end_s=end, confidence=0.9) for text, start, end in timed]


def test_phrases_end_in_pauses_and_after_sentences() -> None:
    said = words(("One", 0, 0.3), ("two.", 0.3, 0.6), ("Three", 0.6, 0.9), ("four", 1.4, 1.7))

    assert cut_into_phrases(said) == [Phrase(0, 2, 0, 0.6), Phrase(2, 3, 0.6, 0.9), Phrase(3, 4, 1.4, 1.7)]


def test_no_words_have_no_phrases() -> None:
    assert cut_into_phrases([]) == []


def test_every_word_has_a_window_around_its_middle() -> None:
    said = words(("a", 0.0, 0.2), ("b", 3.1, 3.2), ("long", 7.0, 9.4))
    middles_s = [(start + WINDOW_FRAMES / 2) / 100 for start in window_starts(said)]

    assert all(
        min(abs(middle - (word.start_s + word.end_s) / 2) for middle in middles_s) <= 0.25 for word in said
    )
    assert not any(4 < middle < 6 for middle in middles_s)


def test_long_phrases_are_heard_whole_in_pieces_of_a_window() -> None:
    pieces = list(phrase_pieces([Phrase(0, 9, 10.0, 13.3)]))

    assert pieces[0][1] == 995
    assert pieces[-1][1] + pieces[-1][2] == 1335
    assert all(count == WINDOW_FRAMES for *_, count in pieces)
    assert all(later[1] - piece[1] <= WINDOW_FRAMES for piece, later in pairwise(pieces))


def test_a_word_without_length_still_has_sound() -> None:
    assert next(phrase_pieces([Phrase(0, 1, 5.0, 5.0)]))[2] >= 25


def unit_vectors(*groups: tuple[int, int], spread: float = 0.05) -> NDArray[np.float32]:
    random = np.random.default_rng(3)
    made = np.concatenate(
        [np.eye(8)[axis] + random.normal(0, spread, (count, 8)) for axis, count in groups]
    ).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True))


def test_two_groups_are_split_however_unequal() -> None:
    vectors = unit_vectors((0, 40), (1, 6))

    best = max(possible_splits(vectors, np.ones(46)), key=lambda split: split.fit)
    side = vectors @ best.direction > 0

    assert side[:40].min() == side[:40].max() != side[40:].min() == side[40:].max()


def test_many_stretches_cost_no_more_than_some() -> None:
    vectors = np.tile(unit_vectors((0, 40), (1, 20)), (300, 1))

    best = max(possible_splits(vectors, np.ones(len(vectors))), key=lambda split: split.fit)
    side = vectors[:60] @ best.direction > 0

    assert side[:40].min() == side[:40].max() != side[40:].min() == side[40:].max()


def phrases(count: int, words_each: int = 3) -> list[Phrase]:
    return [Phrase(n * words_each, (n + 1) * words_each, n * 2.0, n * 2.0 + 1.5) for n in range(count)]


def test_strength_grows_with_distance_and_falls_with_spread() -> None:
    random = np.random.default_rng(4)
    sides = np.repeat(np.tile([-1.0, 1.0], 6), 3)
    near = split_strength(phrases(12), 0.2 * sides + random.normal(0, 0.02, 36))[0]
    far = split_strength(phrases(12), 0.4 * sides + random.normal(0, 0.02, 36))[0]
    wide = split_strength(phrases(12), 0.4 * sides + random.normal(0, 0.4, 36))[0]

    assert wide < near < far


@pytest.mark.parametrize("scores", [np.full(9, 0.3), np.array([-1.0] * 6 + [1.0] * 3)], ids=["side", "short"])
def test_too_little_to_say_has_no_strength(scores: NDArray[np.float64]) -> None:
    assert split_strength(phrases(3), scores)[0] == 0


def test_a_path_takes_a_doubtful_word_along() -> None:
    said = words(*[("word", n * 0.3, n * 0.3 + 0.3) for n in range(5)])

    assert best_path(np.array([1.0, 1, -0.4, 1, 1]), change_costs(said)).tolist() == [1, 1, 1, 1, 1]


def test_a_path_changes_after_a_sentence() -> None:
    said = words(("Why", 0, 0.3), ("not?", 0.3, 0.6), ("Because.", 0.6, 0.9), ("Oh", 0.9, 1.2))

    assert best_path(np.array([1.0, 1, -0.4, 1]), change_costs(said)).tolist() == [1, 1, 0, 1]


def test_a_path_changes_within_a_sentence_when_the_voice_is_clear() -> None:
    said = words(*[("word", n * 0.3, n * 0.3 + 0.3) for n in range(6)])

    assert best_path(np.array([1.0, 1, 1, -1, -1, -1]), change_costs(said)).tolist() == [1, 1, 1, 0, 0, 0]
