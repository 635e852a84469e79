"""Level, noise, cut-off peaks and copies are found in sound whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.transcription.voices_of_noise import as_samples, voice
from transcription.engine import Samples
from transcription.recording.channel_sound import ChannelSound, measure
from transcription.recording.channel_warnings import sound_warnings, state_warnings
from transcription.recording.channels import CallChannel, assign_roles
from transcription.recording.copied_sound import is_copy
from transcription.recording.decoding import DecodedLeg
from transcription.transcript import SAMPLE_RATE_HZ, WarningCode

AGENT, CUSTOMER = voice(1), voice(2)
MIXED = AGENT + CUSTOMER
RNG = np.random.default_rng(7)
ONE_WORD = voice(8, says=((12.3, 12.7),))


def measured(samples: Samples) -> ChannelSound:
    return measure(samples, silence_floor_dbfs=-65.0)


def called(samples: Samples, declared_s: float | None = None) -> CallChannel:
    (channel,) = assign_roles([DecodedLeg(channels=(samples,), declared_s=declared_s)], [()])
    return channel


def overdriven(gain_db: float, afterwards: float = 1.0) -> Samples:
    loud = np.clip(AGENT / np.abs(AGENT).max() * 10 ** (gain_db / 20), -1, 1)
    return as_samples(loud * 32767 * afterwards)


COPIES = {
    "the same": MIXED,
    "quieter": MIXED * 0.2,
    "much quieter": MIXED * 0.02,
    "upside down": -MIXED,
    "20 ms late": np.roll(MIXED, 320),
    "20 ms early and noisier": np.roll(MIXED, -320) + RNG.normal(0, 20, len(MIXED)),
    "overdriven": MIXED * 4,
    "a little shorter": MIXED[:-8000],
    "with an offset": MIXED + 1000,
}
OWN = {
    "the other voice": CUSTOMER,
    "crosstalk at -10 dB": CUSTOMER + 0.3 * MIXED,
    "one short word over crosstalk": 0.1 * MIXED + ONE_WORD,
    "half as long": MIXED[: len(MIXED) // 2],
    "200 ms late": np.roll(MIXED, 3200),
    "silence": np.zeros(len(MIXED)),
}


@pytest.mark.parametrize("other", COPIES.values(), ids=COPIES.keys())
def test_a_copy_is_one_however_it_was_made(other: np.typing.NDArray[np.float64]) -> None:
    assert is_copy(as_samples(MIXED), as_samples(other))
    assert is_copy(as_samples(other), as_samples(MIXED))


@pytest.mark.parametrize("other", OWN.values(), ids=OWN.keys())
def test_a_channel_with_anything_of_its_own_is_no_copy(other: np.typing.NDArray[np.float64]) -> None:
    assert not is_copy(as_samples(MIXED), as_samples(other))
    assert not is_copy(as_samples(other), as_samples(MIXED))


@pytest.mark.parametrize("afterwards", [1.0, 0.3])
@pytest.mark.parametrize(("gain_db", "at_least", "at_most"), [(6, 0, 0.02), (20, 0.05, 0.5), (30, 0.2, 0.8)])
def test_cut_off_peaks_are_found_also_behind_a_quieter_setting(
    gain_db: float, at_least: float, at_most: float, afterwards: float
) -> None:
    assert at_least <= measured(overdriven(gain_db, afterwards)).clipped_share <= at_most


def test_loud_speech_and_tones_are_not_cut_off() -> None:
    time_s = np.arange(20 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = 20000 * np.sin(2 * np.pi * 440 * time_s) * (time_s % 6 < 2)
    for sound in (overdriven(0), as_samples(tone), as_samples(RNG.normal(0, 4000, 160_000))):
        assert measured(sound).clipped_share < 0.01


@pytest.mark.parametrize("level_db", [0, -30])
def test_level_and_noise_are_what_they_were_made(level_db: float) -> None:
    noise = RNG.normal(0, 32.768, len(AGENT))
    sound = measured(as_samples((AGENT + noise + 500) * 10 ** (level_db / 20)))
    assert sound.noise_dbfs == pytest.approx(-60 + level_db, abs=1.5)
    loud_dbfs = 20 * np.log10(AGENT[np.abs(AGENT) > 500].std() / 32768)
    assert sound.level_dbfs == pytest.approx(loud_dbfs + level_db, abs=4)


def test_a_click_on_a_dead_line_does_not_bring_it_to_life() -> None:
    line = np.zeros(10 * SAMPLE_RATE_HZ, dtype=np.int16)
    assert measured(line).is_dead
    line[800:803] = 20000
    assert measured(line).is_dead
    line[: SAMPLE_RATE_HZ // 2] = as_samples(RNG.normal(0, 500, SAMPLE_RATE_HZ // 2))
    assert not measured(line).is_dead


@pytest.mark.parametrize("count", [0, 1, 160, 399, 400, 401])
def test_the_shortest_sounds_are_measured(count: int) -> None:
    assert measured(as_samples(np.full(count, 1000))).is_dead
    assert not measured(as_samples(RNG.normal(0, 3000, max(count, 401)))).is_dead


def test_reviewers_are_told_with_the_figure() -> None:
    noisy = called(as_samples(AGENT + RNG.normal(0, 900, len(AGENT))))
    loud = called(overdriven(30))
    assert [warning.code for warning in sound_warnings(noisy)] == [WarningCode.NOISY]
    assert f"{noisy.sound.above_noise_db:.0f} dB" in sound_warnings(noisy)[0].message
    assert sound_warnings(loud)[0].code is WarningCode.CLIPPED
    assert f"{loud.sound.clipped_share:.0%}" in sound_warnings(loud)[0].message
    assert sound_warnings(called(as_samples(AGENT))) == []


@pytest.mark.parametrize(("declared_s", "said"), [(None, []), (30.1, []), (30.8, ["lacks 0.8 s"])])
def test_a_length_that_is_not_quite_there_is_said(declared_s: float | None, said: list[str]) -> None:
    found = state_warnings([called(as_samples(AGENT), declared_s=declared_s)])
    assert [warning.code for warning in found] == [WarningCode.SHORTER_THAN_DECLARED] * len(said)
    assert all(part in warning.message for part, warning in zip(said, found, strict=True))
