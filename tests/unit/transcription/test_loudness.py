from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from transcription.recording.loudness import (
    FRAME_SAMPLES,
    frame_levels,
    is_silent,
    levelling_gain,
    slice_bounds,
)
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples


def tone(level_dbfs: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    peak = 32768 * np.sqrt(2) * 10 ** (level_dbfs / 20)
    samples: Samples = np.clip(np.sin(2 * np.pi * 440 * time_s) * peak, -32768, 32767).astype(np.int16)
    return samples


@pytest.mark.parametrize("level_dbfs", [-6.0, -26.0, -50.0])
def test_a_frames_level_is_its_root_mean_square(level_dbfs: float) -> None:
    assert frame_levels(tone(level_dbfs, 70.0)) == pytest.approx(level_dbfs, abs=0.3)


def test_digital_silence_is_at_the_bottom() -> None:
    assert frame_levels(np.zeros(FRAME_SAMPLES, dtype=np.int16)).tolist() == [-120.0]


def test_a_channel_shorter_than_a_frame_is_silent() -> None:
    assert is_silent(frame_levels(np.full(10, 20000, dtype=np.int16)), -65)


def test_one_loud_frame_ends_the_silence() -> None:
    levels = np.array([-80.0, -60.0, -80.0], dtype=np.float32)
    assert is_silent(levels, -60)
    assert not is_silent(levels, -61)


@pytest.mark.parametrize("level_dbfs", [-6.0, -40.0])
def test_speech_is_brought_to_the_target(level_dbfs: float) -> None:
    gain = levelling_gain(frame_levels(tone(level_dbfs, 2.0)), -26)
    assert 20 * np.log10(gain) == pytest.approx(-26 - level_dbfs, abs=0.3)


def test_a_few_words_in_a_long_hush_set_the_level_and_not_the_hush() -> None:
    samples = np.concatenate([tone(-60, 100.0), tone(-20, 2.0), tone(-60, 100.0)])
    assert 20 * np.log10(levelling_gain(frame_levels(samples), -26)) == pytest.approx(-6, abs=0.5)


def test_faint_noise_is_not_raised_without_end() -> None:
    assert 20 * np.log10(levelling_gain(frame_levels(tone(-64, 2.0)), -26)) == pytest.approx(30)


def test_slices_are_cut_in_the_pauses_and_lose_nothing() -> None:
    samples = np.concatenate([tone(-20, 8.0), tone(-70, 1.0), tone(-20, 8.0), tone(-70, 1.0), tone(-20, 3.0)])
    bounds = slice_bounds(frame_levels(samples), len(samples), slice_s=10.0, search_s=4.0)
    assert [first for first, _ in bounds[1:]] == [end for _, end in bounds[:-1]]
    assert (bounds[0][0], bounds[-1][1]) == (0, len(samples))
    cuts_s = [end / SAMPLE_RATE_HZ for _, end in bounds[:-1]]
    assert cuts_s == [pytest.approx(8.5, abs=0.3), pytest.approx(17.5, abs=0.3)]


def test_a_short_channel_is_one_slice() -> None:
    samples = tone(-20, 3.0)
    assert slice_bounds(frame_levels(samples), len(samples), slice_s=10.0, search_s=4.0) == [
        (0, len(samples))
    ]
