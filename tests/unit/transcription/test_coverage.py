from __future__ import annotations

import numpy as np

from transcription.speech.coverage import lost_regions
from transcription.speech.heard_words import RawWord
from transcription.speech.speech_detection import FRAME_S, FRAME_SAMPLES, Probabilities, Region


def speech(*spans_s: tuple[float, float], length_s: float = 20.0) -> Probabilities:
    probabilities = np.zeros(round(length_s / FRAME_S), dtype=np.float32)
    for start_s, end_s in spans_s:
        probabilities[round(start_s / FRAME_S) : round(end_s / FRAME_S)] = 0.9
    return probabilities


def word(start_s: float, end_s: float) -> RawWord:
    return RawWord(text=" word", start_s=start_s, end_s=end_s, confidence=0.9)


def frames(first: int, end: int) -> Region:
    return Region(first * FRAME_SAMPLES, end * FRAME_SAMPLES)


WHOLE = [frames(0, 620)]


def test_speech_that_has_words_is_not_lost() -> None:
    words = [word(1.0, 1.4), word(1.6, 2.0), word(5.0, 6.0)]
    assert lost_regions(WHOLE, words, speech((1, 2), (5, 6)), min_lost_s=0.5) == []


def test_speech_without_a_word_is_lost_and_given_with_its_edges() -> None:
    (lost,) = lost_regions(WHOLE, [word(1, 2)], speech((1, 2), (5, 6.5)), min_lost_s=0.5)
    assert lost == frames(round(5 / FRAME_S) - 8, round(6.5 / FRAME_S) + 8)


def test_what_is_shorter_than_asked_for_is_not_heard_again() -> None:
    assert lost_regions(WHOLE, [], speech((5, 5.4)), min_lost_s=0.5) == []


def test_breath_and_noise_are_not_lost_speech() -> None:
    assert lost_regions(WHOLE, [], speech((5, 8)) * 0.4, min_lost_s=0.5) == []


def test_a_lost_part_stays_within_its_region() -> None:
    regions = [frames(100, 130), frames(130, 160)]
    lost = lost_regions(regions, [], speech((0, 20)), min_lost_s=0.5)
    assert lost == regions


def test_without_regions_nothing_is_lost() -> None:
    assert lost_regions([], [], speech((5, 8)), min_lost_s=0.5) == []
