from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.speech.speech_detection import (
    FRAME_S,
    FRAME_SAMPLES,
    Region,
    SpeechDetector,
    padded_regions,
    speech_regions,
)

RECORDING = Path(__file__).parents[3] / "samples" / "recordings" / "no_empathy.wav"
LIMITS = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)


def found(probabilities: list[float], *, min_silence_frames: int = 3) -> list[tuple[int, int]]:
    regions = speech_regions(
        np.array(probabilities, dtype=np.float32),
        threshold=0.5,
        min_silence_s=min_silence_frames * FRAME_S,
    )
    return [(start // FRAME_SAMPLES, end // FRAME_SAMPLES) for start, end in regions]


def test_speech_ends_where_silence_that_is_long_enough_begins() -> None:
    assert found([0, 0.9, 0.9, 0, 0, 0.9, 0, 0, 0, 0.9]) == [(1, 6), (9, 10)]


def test_a_probability_just_below_the_threshold_ends_nothing() -> None:
    assert found([0.9, 0.4, 0.4, 0.4, 0.4, 0.9]) == [(0, 6)]
    assert found([0.4, 0.4, 0.4, 0.4]) == []


def test_padding_shares_a_short_pause_and_stays_within_the_channel() -> None:
    regions = [Region(1000, 2000), Region(3000, 4000), Region(40_000, 41_000)]
    assert padded_regions(regions, pad_s=0.4, sample_count=42_000) == [
        Region(0, 2500),
        Region(2500, 10_400),
        Region(33_600, 42_000),
    ]


@pytest.mark.parametrize("sample_count", [0, 1, FRAME_SAMPLES, FRAME_SAMPLES + 1])
def test_there_is_a_probability_for_every_begun_frame(sample_count: int) -> None:
    probabilities = SpeechDetector().probabilities(np.zeros(sample_count, dtype=np.float32))
    assert len(probabilities) == -(-sample_count // FRAME_SAMPLES)


def test_blocks_leave_no_trace() -> None:
    """Speech of more than one block gives what faster-whisper's own detector gives in one go."""
    from faster_whisper.vad import get_vad_model

    with RECORDING.open("rb") as file:
        channel = decode_leg(file, name="it", limits=LIMITS, check=lambda: None).channels[0]
    audio = np.asarray(channel[: 1100 * FRAME_SAMPLES], dtype=np.float32) / np.float32(32768)
    ours = SpeechDetector().probabilities(audio)
    # Theirs overwrites the end of the last frame.
    assert ours[:-1] == pytest.approx(get_vad_model()(audio.copy()).reshape(-1)[:-1], abs=1e-4)
    assert ours.max() > 0.9
