"""The engine with real weights on callers who are hard to hear, and on sound in which nobody speaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.settings import TranscriptionSettings
from transcription.speech.faster_whisper_engine import FasterWhisperEngine
from transcription.transcript import SAMPLE_RATE_HZ
from transcription.weights import find_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from transcription.engine import ChannelHearing, HeardSegment, Samples

pytestmark = pytest.mark.slow

RECORDING = Path(__file__).parents[3] / "samples" / "recordings" / "exemplary.wav"
LIMITS = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)
SPOKEN = (
    "good morning thank you for calling harbour lane bank my name is hannah how can i help you today"
    " i understand how inconvenient that must be and i am very sorry about it please don't worry we will sort"
    " this out together right now before i open your account i need to confirm your identity"
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisperEngine:
    settings = TranscriptionSettings(model="tiny.en", compute_path="ctranslate2")
    weights = find_weights("tiny.en", cache_dir=tmp_path_factory.mktemp("models"), fetch=lambda _, path: path)
    return FasterWhisperEngine(weights, settings)


@pytest.fixture(scope="module")
def agent() -> NDArray[np.float32]:
    """The first half minute of an agent, full scale ±1."""
    with RECORDING.open("rb") as recording:
        channel = decode_leg(recording, name="it", limits=LIMITS, check=lambda: None).channels[0]
    return np.asarray(channel[: 30 * SAMPLE_RATE_HZ], dtype=np.float32) / np.float32(32768)


def samples(sound: NDArray[np.float32] | NDArray[np.float64]) -> Samples:
    quantised: Samples = np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16)
    return quantised


def hear(
    engine: FasterWhisperEngine, channels: Sequence[Samples], vocabulary: Sequence[str] = ()
) -> tuple[list[HeardSegment], tuple[ChannelHearing, ...]]:
    hearing = engine.hear(channels, language="en", vocabulary=vocabulary)
    segments = []
    while True:
        try:
            segments.append(next(hearing))
        except StopIteration as end:
            return segments, end.value


def words_of(segments: Sequence[HeardSegment], channel: int = 0) -> list[str]:
    return [
        word.text.lower().strip(".,?!")
        for segment in segments
        if segment.channel == channel
        for word in segment.words
    ]


def line_noise(seconds: float, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE_HZ))


@pytest.mark.parametrize("line", ["clear", "quiet", "overdriven", "noisy"])
def test_hardly_a_word_is_lost_on_a_bad_line(
    engine: FasterWhisperEngine, agent: NDArray[np.float32], line: str
) -> None:
    speech_power = float(np.mean(agent[np.abs(agent) > 0.01] ** 2))
    sound = {
        "clear": agent,
        "quiet": agent * 10 ** (-30 / 20),
        "overdriven": np.clip(agent * 10 / np.abs(agent).max(), -1, 1),
        "noisy": agent + line_noise(30, seed=1) * np.sqrt(speech_power / 10),
    }[line]
    segments, _ = hear(engine, [samples(sound)])
    heard = words_of(segments)
    expected = SPOKEN.split()
    assert len(set(heard) & set(expected)) >= 0.85 * len(set(expected))
    assert len(heard) <= 1.2 * len(expected)


@pytest.mark.parametrize(
    "name", ["silence", "hiss", "loud noise", "ringback", "busy", "chord", "rising tone", "clicks"]
)
@pytest.mark.parametrize("vocabulary", [(), ("Hannah", "Harbour Lane Bank")], ids=["plain", "vocabulary"])
def test_no_word_is_invented_where_nobody_speaks(
    engine: FasterWhisperEngine, name: str, vocabulary: tuple[str, ...]
) -> None:
    time_s = np.arange(20 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    ring = 0.2 * (np.sin(2 * np.pi * 440 * time_s) + np.sin(2 * np.pi * 480 * time_s))
    sound = {
        "silence": np.zeros_like(time_s),
        "hiss": 0.003 * line_noise(20, seed=2),
        "loud noise": 0.2 * line_noise(20, seed=3),
        "ringback": ring * (time_s % 6 < 2),
        "busy": ring * (time_s % 1 < 0.5),
        "chord": 0.1 * np.sin(2 * np.pi * np.outer((261.6, 329.6, 392.0, 523.3), time_s)).sum(axis=0),
        "rising tone": 0.3 * np.sin(2 * np.pi * (200 + 60 * time_s) * time_s),
        "clicks": 0.9 * (np.random.default_rng(4).random(len(time_s)) < 0.0005),
    }[name]
    segments, _ = hear(engine, [samples(sound)], vocabulary)
    assert words_of(segments) == []


def test_a_name_is_written_as_the_vocabulary_has_it(
    engine: FasterWhisperEngine, agent: NDArray[np.float32]
) -> None:
    heard = words_of(hear(engine, [samples(agent[: 10 * SAMPLE_RATE_HZ])], ("Hanna", "Harbor Lane"))[0])
    assert {"hanna", "harbor"} <= set(heard)


def test_one_channel_does_not_change_the_other(
    engine: FasterWhisperEngine, agent: NDArray[np.float32]
) -> None:
    """Words never cross over: a silent partner, and one who says the same, leave the words as they are."""
    alone, _ = hear(engine, [samples(agent)])
    with_silence, reports = hear(engine, [np.zeros(len(agent), dtype=np.int16), samples(agent)])
    twice, _ = hear(engine, [samples(agent), samples(agent)])
    assert words_of(with_silence, 1) == words_of(alone)
    assert words_of(with_silence, 0) == []
    assert words_of(twice, 0) == words_of(twice, 1) == words_of(alone)
    assert (reports[0].detected_s, reports[0].loud_s) == (0, 0)
    assert 10 < reports[1].detected_s < 30
