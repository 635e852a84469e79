from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from transcription.recording.sample_file import SampleFile

SAMPLES = np.arange(-50, 50, dtype=np.int16)


@pytest.fixture
def channel() -> SampleFile:
    with tempfile.TemporaryFile() as file:
        file.write(SAMPLES.tobytes())
        return SampleFile(file)


def test_every_way_to_index_it_gives_what_an_array_gives(channel: SampleFile) -> None:
    assert len(channel) == 100
    assert channel.dtype == np.int16
    for index in (
        slice(None),
        slice(10, 20),
        slice(-5, None),
        slice(90, 200),
        slice(20, 10),
        slice(0, 100, 7),
        slice(None, None, -1),
        5,
        -1,
        [3, 1],
    ):
        assert np.array_equal(channel[index], SAMPLES[index])
    assert np.array_equal(np.asarray(channel)[30:40], SAMPLES[30:40])
    # What begins in the middle still counts from there.
    assert np.array_equal(channel[10:20][2:4], SAMPLES[12:14])
    assert np.array_equal(channel.view()[10:20], SAMPLES[10:20])
    assert float(np.abs(channel.astype(np.float32)).max()) == 50.0


def test_slices_are_no_part_of_the_map(channel: SampleFile) -> None:
    assert not np.shares_memory(channel[10:20], channel)


def test_a_long_slice_is_read_slice_by_slice(monkeypatch: pytest.MonkeyPatch, channel: SampleFile) -> None:
    monkeypatch.setattr("transcription.recording.sample_file._MAX_READ_SAMPLES", 30)
    part = channel[20:90][5:]
    assert isinstance(part, SampleFile)
    assert np.array_equal(part, SAMPLES[25:90])
    assert np.array_equal(part[10:20], SAMPLES[35:45])
    assert not np.shares_memory(part[10:20], channel)
    del channel
    gc.collect()
    assert np.array_equal(part[-10:], SAMPLES[80:90])


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files where Linux lists them")
def test_its_file_is_closed_with_it() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(SAMPLES.tobytes())
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names of links, not paths
        made = SampleFile(file)
        assert len(os.listdir("/proc/self/fd")) > before  # noqa: PTH208 - as above
        del made
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above
