"""Sound that the evaluation makes itself."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from evaluation.speech.calls import RecordedChannel, Segment
from evaluation.speech.sound import downmixed, noisy, overdriven_customer, quieter_customer, write_wav
from evaluation.speech.wordless import CLIP_S, RATE_HZ, wordless_clips
from transcription.transcript import SAMPLE_RATE_HZ, SpeakerRole

TONE = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ)


def channel(role: SpeakerRole) -> RecordedChannel:
    return RecordedChannel(label="a#0", role=role, reference="", segments=(Segment(start_s=0, end_s=1),))


def test_a_downmix_is_the_mean_and_as_long_as_the_longer_channel() -> None:
    assert downmixed([np.array([0.5, 0.5, 0.5]), np.array([0.1])]).tolist() == [0.3, 0.25, 0.25]


def test_noise_lies_10_db_below_the_speech_and_is_the_same_at_every_run() -> None:
    silent_half = TONE * (np.arange(len(TONE)) < SAMPLE_RATE_HZ)
    mixed = noisy(silent_half, channel(SpeakerRole.AGENT), snr_db=10, seed=3)
    noise = mixed - silent_half
    # The tone has a power of 1/8 in the one second that is a segment.
    assert 10 * np.log10(0.125 / np.mean(noise**2)) == pytest.approx(10, abs=0.1)
    assert np.array_equal(mixed, noisy(silent_half, channel(SpeakerRole.AGENT), snr_db=10, seed=3))
    assert not np.array_equal(mixed, noisy(silent_half, channel(SpeakerRole.AGENT), snr_db=10, seed=4))


def test_only_the_customer_is_quieter_or_overdriven() -> None:
    agent, customer = channel(SpeakerRole.AGENT), channel(SpeakerRole.CUSTOMER)
    assert np.abs(quieter_customer(TONE, customer, by_db=12)).max() == pytest.approx(0.5 * 10**-0.6)
    clipped = overdriven_customer(TONE, customer, by_db=12)
    assert np.abs(clipped).max() == 1
    assert np.mean(np.abs(clipped) == 1) > 0.5
    for alter in (quieter_customer, overdriven_customer):
        assert np.array_equal(alter(TONE, agent, by_db=12), TONE)


def test_files_have_the_channels_their_rate_and_the_longer_length(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", [np.array([0.5, 2.0]), np.array([-1.0])], 8000)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 2)
        samples = np.frombuffer(file.readframes(2), dtype="<i2")
    assert samples.tolist() == [16384, -32768, 32767, 0]


def test_there_are_twenty_minutes_without_words_and_they_never_change() -> None:
    clips = wordless_clips()
    assert len(clips) * CLIP_S == 20 * 60
    assert {len(sound) for sound in clips.values()} == {round(CLIP_S * RATE_HZ)}
    for name, again in wordless_clips().items():
        assert np.array_equal(clips[name], again)
    audible = {name: float(np.sqrt(np.mean(sound**2))) for name, sound in clips.items()}
    assert audible.pop("digital_silence") == 0
    assert min(audible.values()) > 0.0005
    assert max(audible.values()) < 0.35
    assert len({sound.tobytes() for sound in clips.values()}) == len(clips)
