from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.transcription.line_sounds import (
    at_level,
    music,
    recorded,
    said,
    silence,
    speaker,
    spoken,
    voice,
)
from transcription.acoustics.talk import speech_level, talk_spans
from transcription.recording.loudness import frame_levels
from transcription.transcript import SpokenWords, Word

PAUSE_S = 0.4


def sounding(*voices_s: tuple[float, float], duration_s: float = 12.0, seed: int = 7) -> np.ndarray:
    """A channel on which a voice is heard from one second to the other, each time."""
    line = silence(duration_s)
    for start_s, end_s in voices_s:
        piece = at_level(voice(end_s - start_s, seed), -22)
        first = round(start_s * 8000)
        line[first : first + len(piece)] = piece
    return recorded(line)


def word(start_s: float, end_s: float) -> Word:
    return Word(text="so", start_s=start_s, end_s=end_s, confidence=0.9)


def spans(words: list[Word], samples: np.ndarray) -> list[tuple[Any, Any]]:
    found = talk_spans(
        spoken(words), [frame_levels(samples)], duration_s=len(samples) / 16000, max_pause_s=PAUSE_S
    )
    return [(span.start_s, span.end_s) for span in found]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("right", [word(3.0, 4.0), word(4.0, 5.0)]),
        ("a word too early, with the silence in it", [word(1.2, 4.0), word(4.0, 5.0)]),
        ("a last word too long", [word(3.0, 4.0), word(4.0, 6.8)]),
        ("all a little early", [word(2.8, 3.9), word(3.9, 4.8)]),
        ("all a little late", [word(3.2, 4.1), word(4.1, 5.2)]),
        ("the middle missed for less than a pause", [word(3.0, 3.9), word(4.1, 5.0)]),
    ],
)
def test_talk_begins_and_ends_with_its_sound(why: str, words: list[Word]) -> None:
    ((start_s, end_s),) = spans(words, sounding((3.0, 5.0)))
    assert start_s == pytest.approx(3.0, abs=0.1)
    assert end_s == pytest.approx(5.0, abs=0.1)


def test_a_pause_inside_a_word_ends_the_talk() -> None:
    found = spans([word(1.0, 2.0), word(2.0, 6.0)], sounding((1.0, 2.2), (5.0, 6.0)))
    assert found == [
        (pytest.approx(1.0, abs=0.1), pytest.approx(2.2, abs=0.1)),
        (pytest.approx(5.0, abs=0.1), pytest.approx(6.0, abs=0.1)),
    ]


def test_breath_does_not_end_it() -> None:
    assert len(spans([word(1.0, 2.0), word(2.3, 3.0)], sounding((1.0, 2.0), (2.3, 3.0)))) == 1


def test_a_word_that_nothing_is_heard_of_keeps_its_time() -> None:
    assert spans([word(1.0, 2.0), word(8.0, 8.4)], sounding((1.0, 2.0)))[1] == (7.95, 8.45)


def test_sound_without_words_is_no_talk() -> None:
    assert len(spans([word(1.0, 2.0)], sounding((1.0, 2.0), (4.0, 9.0)))) == 1
    assert spans([], sounding((1.0, 2.0))) == []


def test_music_behind_a_voice_does_not_lengthen_it() -> None:
    line = at_level(music(12), -36)
    piece = at_level(voice(2.0), -20)
    line[3 * 8000 : 5 * 8000] += piece
    ((start_s, end_s),) = spans([word(3.0, 4.0), word(4.0, 5.0)], recorded(line))
    assert start_s == pytest.approx(3.0, abs=0.2)
    assert end_s == pytest.approx(5.0, abs=0.2)


def test_two_voices_on_one_channel_leave_each_other_their_sound() -> None:
    samples = sounding((1.0, 5.0))
    one = SpokenWords(speaker=speaker(0, channel=0), words=(word(1.0, 3.0),))
    other = SpokenWords(speaker=speaker(1, channel=0), words=(word(3.0, 5.0),))
    found = talk_spans([one, other], [frame_levels(samples)], duration_s=12.0, max_pause_s=PAUSE_S)
    expected: list[tuple[int, Any, Any]] = [
        (0, pytest.approx(1.0, abs=0.1), pytest.approx(3.0, abs=0.1)),
        (1, pytest.approx(3.0, abs=0.1), pytest.approx(5.0, abs=0.1)),
    ]
    assert [(span.speaker, span.start_s, span.end_s) for span in found] == expected


def test_the_level_of_speech_is_that_of_its_words() -> None:
    levels = frame_levels(sounding((1.0, 2.0)))
    assert speech_level(said("so", 1.0, 1.0), levels) == pytest.approx(-19, abs=3)
    assert speech_level([], levels) is None
