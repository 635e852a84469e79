"""Two legs get one clock where their sound or headers tell it, and stay as they are where nothing does."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from servicekit.errors import CancelledError
from tests.unit.transcription.voices_of_noise import as_samples, voice
from transcription.recording.decoding import DecodedLeg
from transcription.recording.legs import align_legs
from transcription.transcript import SAMPLE_RATE_HZ, QualityWarning, WarningCode

if TYPE_CHECKING:
    from pathlib import Path

Sound = np.typing.NDArray[np.float64]


def conversation(duration_s: float = 160.0) -> tuple[Sound, Sound]:
    """Two voices who take turns of one to six seconds."""
    rng = np.random.default_rng(3)
    times_s = np.cumsum(rng.uniform(1.0, 6.0, int(duration_s)))
    spans = [(start, end - rng.uniform(0.1, 0.6)) for start, end in pairwise(times_s)]
    spans = [span for span in spans if span[1] < duration_s]
    return voice(11, duration_s, says=tuple(spans[::2])), voice(12, duration_s, says=tuple(spans[1::2]))


AGENT, CUSTOMER = conversation()


def began_apart(one: Sound, other: Sound, offset_s: float, drift_ppm: float = 0.0) -> list[DecodedLeg]:
    """The two as recorders give them that began `offset_s` apart, the second on a clock of its own."""
    cut = int(abs(offset_s) * SAMPLE_RATE_HZ)
    one, other = (one, other[cut:]) if offset_s > 0 else (one[cut:], other)
    # They also stop apart.
    other = other[: -SAMPLE_RATE_HZ * 3]
    count = int(len(other) * (1 + drift_ppm / 1e6))
    drifted = np.interp(np.arange(count) / (1 + drift_ppm / 1e6), np.arange(len(other)), other)
    return [DecodedLeg(channels=(as_samples(one),)), DecodedLeg(channels=(as_samples(drifted),))]


def aligned(legs: list[DecodedLeg]) -> tuple[tuple[DecodedLeg, ...], tuple[QualityWarning, ...]]:
    return align_legs(legs, spool_dir=None, check=lambda: None)


def apart_s(one: DecodedLeg, other: DecodedLeg, at_s: float, truth: tuple[Sound, Sound]) -> float:
    """How far the legs are from where they belong to each other around a time, by their true sound."""
    places = []
    for leg, sound in zip((one, other), truth, strict=True):
        part = np.asarray(leg.channels[0][int(at_s * 16000) : int((at_s + 20) * 16000)], dtype=float)
        # An eighth of the rate is half a millisecond, and enough.
        coarse, coarse_part = (
            whole[: len(whole) // 8 * 8].reshape(-1, 8).mean(axis=1) for whole in (sound, part)
        )
        size = 1 << (len(coarse) + len(coarse_part)).bit_length()
        found = np.fft.irfft(np.fft.rfft(coarse, size) * np.conj(np.fft.rfft(coarse_part, size)), size)
        places.append(int(found[: len(coarse)].argmax()))
    return (places[1] - places[0]) * 8 / SAMPLE_RATE_HZ


@pytest.mark.parametrize(("offset_s", "drift_ppm"), [(2.3, 0), (-7.1, 0), (-5.0, 100), (3.0, -100)])
def test_legs_with_crosstalk_are_moved_to_the_millisecond(offset_s: float, drift_ppm: float) -> None:
    truth = (AGENT + 0.3 * CUSTOMER, CUSTOMER + 0.3 * AGENT)
    (one, other), (warning,) = aligned(began_apart(*truth, offset_s, drift_ppm))
    assert other.start_offset_s == pytest.approx(offset_s, abs=0.02)
    for at_s in (20, 110):
        assert apart_s(one, other, at_s, truth) == pytest.approx(0, abs=0.02)
    assert (warning.code, warning.channel) == (WarningCode.LEGS_SHIFTED, None)
    assert ("clock ran" in warning.message) == bool(drift_ppm)


@pytest.mark.parametrize("offset_s", [2.3, -7.1, 30.0])
def test_legs_without_crosstalk_are_moved_by_who_speaks_when(offset_s: float) -> None:
    truth = (AGENT, CUSTOMER)
    (one, other), (warning,) = aligned(began_apart(*truth, offset_s))
    assert other.start_offset_s == pytest.approx(offset_s, abs=0.5)
    assert apart_s(one, other, 100, truth) == pytest.approx(0, abs=0.5)
    assert re.search(rf"began {abs(offset_s):.0f} s (later|earlier)", warning.message)


def test_the_times_in_both_headers_tell_the_offset() -> None:
    one, other = began_apart(AGENT[: 20 * SAMPLE_RATE_HZ], CUSTOMER[: 22 * SAMPLE_RATE_HZ], 0.0)
    stamped = [
        DecodedLeg(channels=one.channels, clock_start_s=86_399.0),
        DecodedLeg(channels=other.channels, clock_start_s=1.25),
    ]
    (first, second), (warning,) = aligned(stamped)
    assert second.start_offset_s == pytest.approx(2.25)
    assert len(second.channels[0]) - len(other.channels[0]) == 2.25 * SAMPLE_RATE_HZ
    assert not second.channels[0][: int(2.25 * SAMPLE_RATE_HZ)].any()
    assert np.array_equal(second.channels[0][int(2.25 * SAMPLE_RATE_HZ) :], other.channels[0])
    assert first is stamped[0]
    assert "2.25 s later" in warning.message


UNTOUCHED = {
    "one leg": [DecodedLeg(channels=(as_samples(AGENT), as_samples(CUSTOMER)))],
    "equal lengths": [
        DecodedLeg(channels=(as_samples(sound),)) for sound in (AGENT, np.roll(CUSTOMER, 48000))
    ],
    "in step": [DecodedLeg(channels=(as_samples(sound),)) for sound in (AGENT, CUSTOMER[:-48000])],
    "half a second apart without crosstalk": began_apart(AGENT, CUSTOMER, 0.5),
    "strangers": [DecodedLeg(channels=(as_samples(voice(seed, 60.0 + seed)),)) for seed in (21, 22)],
    "a few words": began_apart(AGENT[: 25 * SAMPLE_RATE_HZ], CUSTOMER[: 25 * SAMPLE_RATE_HZ], 4.0),
    "silence beside a voice": [
        DecodedLeg(channels=(as_samples(AGENT),)),
        DecodedLeg(channels=(np.zeros(160_000, dtype=np.int16),)),
    ],
    "one sample": [
        DecodedLeg(channels=(as_samples(AGENT[:SAMPLE_RATE_HZ]),)),
        DecodedLeg(channels=(np.zeros(1, dtype=np.int16),)),
    ],
}


@pytest.mark.parametrize("legs", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_legs_stay_as_they_are_where_nothing_is_sure(legs: list[DecodedLeg]) -> None:
    after, warnings = aligned(legs)
    assert [leg.channels for leg in after] == [leg.channels for leg in legs]
    assert not warnings


def test_moved_legs_leave_no_file_and_lack_nothing(tmp_path: Path) -> None:
    legs = began_apart(AGENT + 0.1 * CUSTOMER, CUSTOMER, 5.0)
    legs[1] = DecodedLeg(channels=legs[1].channels, declared_s=legs[1].decoded_s + 0.3)
    (_, moved), _ = align_legs(legs, spool_dir=tmp_path, check=lambda: None)
    assert moved.missing_s == pytest.approx(0.3, abs=0.001)
    assert moved.decoded_s == pytest.approx(legs[1].decoded_s + 5.0, abs=0.01)
    assert list(tmp_path.iterdir()) == []


def test_the_work_stops_when_nobody_waits() -> None:
    def gone() -> None:
        raise CancelledError("the client gave the call up")

    with pytest.raises(CancelledError):
        align_legs(began_apart(AGENT, CUSTOMER, 5.0), spool_dir=None, check=gone)
