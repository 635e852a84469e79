"""The telephone line of the sample calls: its band, noise and levels, and the files that recorders write."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Samples = npt.NDArray[np.float64]

LINE_HZ = 8_000
PASS_BAND_HZ = (300.0, 3_400.0)
# The line fades out over this width on both sides of the pass band.
EDGE_HZ = 120.0

# Both sides of a call stay apart in the codec: who listens to one channel must not hear the other.
CODEC_ARGUMENTS = {
    "wav-pcm": (".wav", ["-c:a", "pcm_s16le"]),
    "wav-mulaw": (".wav", ["-c:a", "pcm_mulaw"]),
    "wav-alaw": (".wav", ["-c:a", "pcm_alaw"]),
    "legs-mulaw": (".wav", ["-c:a", "pcm_mulaw"]),
    "flac": (".flac", ["-c:a", "flac", "-compression_level", "12"]),
    "mp3": (".mp3", ["-c:a", "libmp3lame", "-b:a", "32k", "-joint_stereo", "0"]),
    "opus": (".opus", ["-c:a", "libopus", "-b:a", "32k", "-application", "audio"]),
    "m4a": (".m4a", ["-c:a", "aac", "-b:a", "32k", "-aac_ms", "0", "-aac_is", "0"]),
}


def to_line(spoken: Samples, *, rate_hz: int) -> Samples:
    """Return `spoken` (mono, `rate_hz` a multiple of 8 kHz) band-limited and at 8 kHz."""
    ratio = rate_hz // LINE_HZ
    padded = np.pad(spoken, (0, -len(spoken) % (2 * ratio)))
    length = len(padded) // ratio
    spectrum = np.fft.rfft(padded)[: length // 2 + 1] * _band(length)
    line: Samples = np.fft.irfft(spectrum, n=length) / ratio
    return line


def line_noise(length: int, *, level_dbfs: float, seed: int) -> Samples:
    """Return `length` samples of line noise at 8 kHz: more hiss below than above, `level_dbfs` RMS."""
    white = np.random.default_rng(seed).standard_normal(length)
    frequency_hz = np.fft.rfftfreq(length, 1 / LINE_HZ)
    tilt = 1 / np.sqrt(np.maximum(frequency_hz, PASS_BAND_HZ[0]))
    shaped: Samples = np.fft.irfft(np.fft.rfft(white) * _band(length) * tilt, n=length)
    return shaped * (amplitude(level_dbfs) / float(np.sqrt(np.mean(shaped**2))))


def amplitude(level_dbfs: float) -> float:
    """Return the share of full scale that `level_dbfs` stands for."""
    return float(10 ** (level_dbfs / 20))


def write_recording(path: Path, channels: list[Samples], *, codec: str) -> float:
    """Write `channels` (8 kHz, in [-1, 1], equally long) to `path`.

    Return the duration in seconds that the file decodes to.
    """
    pcm = np.round(np.stack(channels, axis=1) * 32_767).astype("<i2").tobytes()
    raw = ["-f", "s16le", "-ar", str(LINE_HZ), "-ac", str(len(channels))]
    # Without bitexact a file holds the encoder's version and, in Ogg, a random serial number.
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"]
    _ffmpeg([*raw, "-i", "-", *CODEC_ARGUMENTS[codec][1], *plain, str(path)], pcm)
    decoded = _ffmpeg(["-i", str(path), *raw, "-"], b"")
    return len(decoded) / 2 / len(channels) / LINE_HZ


def _band(length: int) -> Samples:
    """Return the gain of the line at the frequencies of a real FFT of `length` samples at 8 kHz."""
    frequency_hz = np.fft.rfftfreq(length, 1 / LINE_HZ)
    low_hz, high_hz = PASS_BAND_HZ
    rise = np.clip((frequency_hz - low_hz) / EDGE_HZ + 1, 0, 1)
    fall = np.clip((high_hz - frequency_hz) / EDGE_HZ + 1, 0, 1)
    gain: Samples = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return gain


def _ffmpeg(arguments: list[str], stdin: bytes) -> bytes:
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout
