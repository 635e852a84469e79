"""Every format that telephony exports: the right samples, on the right channel, at the right time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.unit.transcription.recordings import encoded, tones, wav
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from transcription.engine import Samples

LIMITS = AudioLimits(max_call_duration_s=60, min_sample_rate_hz=8000, max_missing_s=1.0)
SAMPLES = Path(__file__).parents[3] / "samples" / "recordings"


def decode(recording: bytes) -> tuple[Samples, ...]:
    return decode_leg(io.BytesIO(recording), name="the recording", limits=LIMITS, check=lambda: None).channels


def loudness(samples: Samples, from_s: float, to_s: float) -> float:
    part = samples[int(from_s * SAMPLE_RATE_HZ) : int(to_s * SAMPLE_RATE_HZ)].astype(np.float64)
    return float(np.sqrt(np.square(part).mean()))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("container", "codec", "codec_rate_hz"),
    [
        ("wav", "pcm_s16le", 8000),
        ("wav", "pcm_u8", 8000),
        ("wav", "pcm_s24le", 44100),
        ("wav", "pcm_f32le", 48000),
        ("wav", "pcm_mulaw", 8000),
        ("wav", "pcm_alaw", 8000),
        ("wav", "adpcm_ima_wav", 8000),
        ("mp3", "libmp3lame", 8000),
        ("mp3", "libmp3lame", 44100),
        ("flac", "flac", 8000),
        ("ogg", "libopus", 48000),
        ("ipod", "aac", 16000),
        ("matroska", "libopus", 48000),
        ("au", "pcm_mulaw", 8000),
    ],
)
def test_each_channel_comes_out_where_it_went_in(
    container: str, codec: str, codec_rate_hz: int, channels: int
) -> None:
    recording = encoded(
        tones(4.0, channels=channels), container=container, codec=codec, codec_rate_hz=codec_rate_hz
    )
    decoded = decode(recording)
    assert len(decoded) == channels
    assert {channel.dtype for channel in decoded} == {np.dtype(np.int16)}
    for index, channel in enumerate(decoded):
        assert len(channel) / SAMPLE_RATE_HZ == pytest.approx(4.0, abs=0.15)
        share_s = 4.0 / channels
        own = loudness(channel, index * share_s + 0.3, (index + 1) * share_s - 0.3)
        assert own == pytest.approx(9000 / np.sqrt(2), rel=0.1)
        if channels == 2:
            other = (index + 1) % 2
            assert loudness(channel, other * share_s + 0.3, (other + 1) * share_s - 0.3) < own / 20


@pytest.mark.parametrize("data_size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_file_of_unknown_length_is_read_to_its_end(data_size: int) -> None:
    left, _ = decode(wav(tones(3.0), data_size=data_size))
    assert len(left) == 3 * SAMPLE_RATE_HZ


def test_samples_survive_their_file_and_need_no_name(tmp_path: Path) -> None:
    limits = AudioLimits(
        max_call_duration_s=60, min_sample_rate_hz=8000, max_missing_s=1.0, spool_dir=tmp_path
    )
    (mono,) = decode_leg(
        io.BytesIO(wav(tones(2.0, channels=1))), name="the recording", limits=limits, check=lambda: None
    ).channels
    assert list(tmp_path.iterdir()) == []
    assert loudness(mono, 0.2, 1.8) > 5000


def test_two_recordings_joined_with_another_rate_keep_their_time() -> None:
    joined = encoded(tones(2.0, 16000, 1), container="mp3", codec="libmp3lame", rate_hz=16000) + encoded(
        tones(2.0, 16000, 1), container="mp3", codec="libmp3lame", rate_hz=16000, codec_rate_hz=44100
    )
    (mono,) = decode(joined)
    assert len(mono) / SAMPLE_RATE_HZ == pytest.approx(4.0, abs=0.3)
    assert loudness(mono, 2.5, 3.5) > 5000


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_every_sample_recording_is_read(path: Path) -> None:
    with path.open("rb") as recording:
        decoded = decode_leg(
            recording,
            name="the recording",
            limits=AudioLimits(max_call_duration_s=300, min_sample_rate_hz=8000, max_missing_s=1.0),
            check=lambda: None,
        ).channels
    assert len(decoded[0]) > 30 * SAMPLE_RATE_HZ
