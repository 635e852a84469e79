from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.speech.speech_detection import FRAME_SAMPLES, Region
from transcription.speech.windows import WINDOW_SAMPLES, Window, pack, split_long
from transcription.transcript import SAMPLE_RATE_HZ

S = SAMPLE_RATE_HZ


def seconds(*bounds: tuple[float, float]) -> list[Region]:
    return [Region(round(start * S), round(end * S)) for start, end in bounds]


def test_time_in_a_window_leads_back_to_the_channel() -> None:
    window = Window(channel=0, regions=tuple(seconds((10, 12), (20, 23))))
    assert window.seams_s == (0.0, 2.0)
    assert (window.region_at(1.9), window.region_at(2.0), window.region_at(9.0)) == (0, 1, 1)
    assert window.channel_s(1.5, 0) == pytest.approx(11.5)
    assert window.channel_s(2.5, 1) == pytest.approx(20.5)


def test_a_time_is_held_within_its_region() -> None:
    window = Window(channel=0, regions=tuple(seconds((10, 12), (20, 23))))
    assert window.channel_s(2.4, 0) == 12.0
    assert window.channel_s(1.4, 1) == 20.0


def test_a_window_is_not_longer_than_whisper_hears() -> None:
    with pytest.raises(ValueError, match="480000 samples"):
        Window(channel=0, regions=(Region(0, WINDOW_SAMPLES + 1),))
    with pytest.raises(ValueError, match="480000 samples"):
        Window(channel=0, regions=())


def test_a_window_takes_what_fits() -> None:
    regions = seconds((0, 20), (20, 22), (25, 31), (31, 31.5), (40, 45))
    windows, rest = pack(3, regions, max_samples=28 * S, keep_rest=False)
    assert [window.regions for window in windows] == [tuple(regions[:3]), tuple(regions[3:])]
    assert {window.channel for window in windows} == {3}
    assert rest == []


def test_what_does_not_fill_a_window_is_given_back() -> None:
    regions = seconds((0, 20), (25, 40), (41, 42))
    windows, rest = pack(0, regions, max_samples=28 * S, keep_rest=True)
    assert [window.regions for window in windows] == [(regions[0],)]
    assert rest == regions[1:]


def test_speech_without_a_pause_is_cut_where_it_is_least_probable() -> None:
    probabilities = np.full(2000, 0.9, dtype=np.float32)
    probabilities[700] = 0.1
    parts = split_long([Region(0, 1000 * FRAME_SAMPLES)], probabilities, 800 * FRAME_SAMPLES)
    cut = 700 * FRAME_SAMPLES + FRAME_SAMPLES // 2
    assert parts == [Region(0, cut), Region(cut, 1000 * FRAME_SAMPLES)]


@given(st.lists(st.tuples(st.integers(0, 5 * S), st.integers(1, 40 * S)), max_size=30), st.integers(10, 30))
def test_nothing_is_lost_doubled_or_out_of_order(gaps: list[tuple[int, int]], max_s: int) -> None:
    regions, reached = [], 0
    for pause, length in gaps:
        regions.append(Region(reached + pause, reached + pause + length))
        reached = regions[-1].end
    probabilities = np.zeros(reached // FRAME_SAMPLES + 1, dtype=np.float32)
    parts = split_long(regions, probabilities, max_s * S)
    windows, rest = pack(0, parts, max_samples=max_s * S, keep_rest=True)
    assert [region for window in windows for region in window.regions] + rest == parts
    assert sum(end - start for start, end in parts) == sum(end - start for start, end in regions)
    assert all(window.sample_count <= max_s * S for window in windows)
