from __future__ import annotations

import numpy as np
import pytest

from transcription.speech.heard_words import RawWord
from transcription.speech.speech_detection import FRAME_S, Probabilities
from transcription.speech.word_times import stretched, trimmed


def speech(*spans_s: tuple[float, float]) -> Probabilities:
    probabilities = np.zeros(round(10 / FRAME_S), dtype=np.float32)
    for start_s, end_s in spans_s:
        probabilities[round(start_s / FRAME_S) : round(end_s / FRAME_S)] = 0.9
    return probabilities


def word(text: str, start_s: float, end_s: float) -> RawWord:
    return RawWord(text=text, start_s=start_s, end_s=end_s, confidence=0.9)


def test_a_pause_before_a_word_is_not_the_word() -> None:
    (fitted,) = trimmed([word(" Thank", 1.0, 4.0)], speech((0, 1.02), (3.5, 5)), threshold=0.15)
    assert fitted.start_s == pytest.approx(3.5, abs=0.05)
    assert fitted.end_s == 4.0


def test_a_pause_behind_a_word_is_not_the_word() -> None:
    (fitted,) = trimmed([word(" you.", 1.0, 4.0)], speech((1, 1.5)), threshold=0.15)
    assert fitted.start_s == 1.0
    assert fitted.end_s == pytest.approx(1.7, abs=0.05)


def test_a_number_keeps_the_pauses_between_its_digits() -> None:
    (fitted,) = trimmed([word(" 34289", 1.0, 4.0)], speech((1.2, 1.8), (2.4, 3.4)), threshold=0.15)
    assert fitted.start_s == pytest.approx(1.2, abs=0.05)
    assert fitted.end_s == pytest.approx(3.6, abs=0.05)


def test_a_word_the_detector_missed_keeps_its_time() -> None:
    assert trimmed([word(" um", 1.0, 1.3)], speech((5, 6)), threshold=0.15) == [word(" um", 1.0, 1.3)]


def test_words_beside_a_pause_take_the_sound_that_nobody_has() -> None:
    words = [word(" Hello", 1.1, 1.3), word(" there.", 1.3, 1.5), word(" Bye.", 4.0, 4.4)]
    fitted = stretched(words, speech((1.0, 1.7), (3.0, 4.4)), threshold=0.15)
    assert fitted[0].start_s == pytest.approx(1.0, abs=0.05)
    assert fitted[0].end_s == 1.3
    assert fitted[1].end_s == pytest.approx(1.7, abs=0.05)
    assert fitted[2].start_s == pytest.approx(3.7, abs=0.05)


def test_stretching_leaves_silence_and_neighbours_alone() -> None:
    words = [word(" one", 1.0, 1.5), word(" two", 1.65, 2.0)]
    fitted = stretched(words, speech((0.98, 2.02)), threshold=0.15)
    assert fitted[0].end_s <= fitted[1].start_s
    assert stretched(words, speech(), threshold=0.15) == words
