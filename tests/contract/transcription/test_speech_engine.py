"""What every SpeechEngine keeps; the fake one too, so that it may stand in for the real one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.unit.transcription.fake_engine import FakeSpeechEngine
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.settings import TranscriptionSettings
from transcription.speech.faster_whisper_engine import FasterWhisperEngine
from transcription.transcript import SAMPLE_RATE_HZ
from transcription.weights import find_weights

if TYPE_CHECKING:
    from transcription.engine import HeardSegment, Samples, SpeechEngine

RECORDING = Path(__file__).parents[3] / "samples" / "recordings" / "no_empathy.wav"
LIMITS = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisperEngine:
    settings = TranscriptionSettings(model="tiny.en")
    weights = find_weights("tiny.en", cache_dir=tmp_path_factory.mktemp("models"), fetch=lambda _, path: path)
    return FasterWhisperEngine(weights, settings)


@pytest.fixture(params=["fake", pytest.param("faster_whisper", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> SpeechEngine:
    if request.param == "fake":
        return FakeSpeechEngine()
    whisper: SpeechEngine = request.getfixturevalue("whisper")
    return whisper


@pytest.fixture(scope="module")
def speech() -> Samples:
    """The first twenty seconds of an agent who speaks."""
    with RECORDING.open("rb") as recording:
        leg = decode_leg(recording, name="the recording", limits=LIMITS, check=lambda: None)
    return np.array(leg.channels[0][: 20 * SAMPLE_RATE_HZ])


def heard(engine: SpeechEngine, samples: Samples) -> list[HeardSegment]:
    return list(engine.hear([samples], language="en", vocabulary=()))


def test_words_lie_within_the_channel_and_in_order(engine: SpeechEngine, speech: Samples) -> None:
    words = [word for segment in heard(engine, speech) for word in segment.words]
    assert len(words) > 5
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert all(word.end_s <= 20 for word in words)


def test_it_listens_to_the_end_and_never_goes_back(engine: SpeechEngine, speech: Samples) -> None:
    reached_s = [segment.heard_s for segment in heard(engine, speech)]
    assert reached_s == sorted(reached_s)
    assert reached_s[-1] == 20.0


def test_the_same_sound_gives_the_same_words_twice(engine: SpeechEngine, speech: Samples) -> None:
    assert heard(engine, speech) == heard(engine, speech)


def test_channels_are_told_apart_and_count_together(engine: SpeechEngine, speech: Samples) -> None:
    """One speaks for ten seconds, the other is silent, a third has a leg that is twice as long."""
    channels = [speech[: 10 * SAMPLE_RATE_HZ], np.zeros(10 * SAMPLE_RATE_HZ, dtype=np.int16), speech]
    hearing = engine.hear(channels, language="en", vocabulary=())
    segments = []
    while True:
        try:
            segments.append(next(hearing))
        except StopIteration as end:
            reports = end.value
            break
    speaking = {segment.channel for segment in segments if segment.words}
    assert speaking == {0, 2}
    for channel in speaking:
        starts_s = [
            word.start_s for segment in segments if segment.channel == channel for word in segment.words
        ]
        assert starts_s == sorted(starts_s)
    assert [segment.heard_s for segment in segments] == sorted(segment.heard_s for segment in segments)
    assert segments[-1].heard_s == 40.0
    assert [report.detected_s > 1 for report in reports] == [True, False, True]
    assert [report.loud_s > 1 for report in reports] == [True, False, True]


def test_a_call_without_samples_has_no_words(engine: SpeechEngine) -> None:
    segments = heard(engine, np.zeros(0, dtype=np.int16))
    assert [segment.words for segment in segments if segment.words] == []


def test_the_language_is_one_that_it_knows(engine: SpeechEngine, speech: Samples) -> None:
    language, probability = engine.detect_language([speech])
    assert language in engine.languages
    assert 0 <= probability <= 1


@pytest.mark.parametrize("sample_count", [1, 160, 5 * SAMPLE_RATE_HZ])
def test_silence_has_no_words(engine: SpeechEngine, sample_count: int) -> None:
    segments = heard(engine, np.zeros(sample_count, dtype=np.int16))
    assert [segment.words for segment in segments if segment.words] == []
    assert segments[-1].heard_s == sample_count / SAMPLE_RATE_HZ


def test_a_click_of_a_millisecond_breaks_nothing(engine: SpeechEngine) -> None:
    assert heard(engine, np.full(16, 9000, dtype=np.int16))[-1].heard_s == 0.001


def test_whoever_stops_listening_stops_the_work(engine: SpeechEngine, speech: Samples) -> None:
    hearing = engine.hear([speech], language="en", vocabulary=())
    first = next(hearing)
    del hearing
    assert heard(engine, speech)[0] == first


def test_it_says_what_it_is_without_naming_a_folder(engine: SpeechEngine) -> None:
    assert engine.model_version
    assert "\n" not in engine.model_version
    assert "/tmp" not in engine.model_version  # noqa: S108 - looked for, not written to
    assert "en" in engine.languages
