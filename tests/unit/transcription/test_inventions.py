from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcription.speech.decoding import Utterance
from transcription.speech.heard_words import RawWord
from transcription.speech.inventions import invented, looping, voice_under
from transcription.transcript import RemovalReason


def segment(text: str, *, word_s: float = 0.3) -> Utterance:
    words = tuple(
        RawWord(text=f" {part}", start_s=index * word_s, end_s=(index + 1) * word_s, confidence=0.9)
        for index, part in enumerate(text.split())
    )
    return Utterance(words=words, avg_logprob=-0.2, compression_ratio=1.1, no_speech=0.05)


SAID = segment("Thank you for calling.")


@pytest.mark.parametrize(
    ("heard", "voice"),
    [
        (SAID, 0.9),
        (SAID, 0.1),
        (replace(SAID, avg_logprob=-1.3), 0.1),
        (replace(SAID, avg_logprob=-1.5), 0.9),
        (replace(SAID, no_speech=0.7), 0.9),
        (segment("yes " * 12), 0.9),
    ],
    ids=[
        "clear",
        "too quiet for the detector",
        "mumbled",
        "mumbled aloud",
        "a voice in noise",
        "twelve words in 3.6 s",
    ],
)
def test_speech_is_believed_while_something_stands_up_for_it(heard: Utterance, voice: float) -> None:
    assert invented(heard, voice=voice, min_avg_logprob=-1.4) is None


@pytest.mark.parametrize(
    ("heard", "voice", "reason"),
    [
        (replace(SAID, avg_logprob=-1.5), 0.1, RemovalReason.LOW_PROBABILITY),
        (replace(SAID, no_speech=0.8), 0.1, RemovalReason.NOT_SPEECH),
        (replace(SAID, no_speech=0.8, avg_logprob=-1.2), 0.9, RemovalReason.NOT_SPEECH),
        (replace(SAID, compression_ratio=2.5), 0.9, RemovalReason.REPETITION),
        (segment("yes " * 12, word_s=0.1), 0.9, RemovalReason.REPETITION),
    ],
)
def test_inventions_are_known(heard: Utterance, voice: float, reason: RemovalReason) -> None:
    assert invented(heard, voice=voice, min_avg_logprob=-1.4) is reason


def test_the_same_again_and_again_is_a_loop() -> None:
    said = [segment(text) for text in ("No.", "Yeah.", " yeah", "Yeah,", "YEAH!", "Okay.", "Okay.", "Okay.")]
    assert looping(said) == {1, 2, 3, 4}
    assert looping([]) == set()


def test_the_voice_under_words_is_the_mean_over_their_frames() -> None:
    probabilities = (np.arange(10) / 10).astype(np.float32)
    assert voice_under([(0, 2), (8, 10)], probabilities) == pytest.approx((0.0 + 0.1 + 0.8 + 0.9) / 4)
    assert voice_under([], probabilities) == 0.0
