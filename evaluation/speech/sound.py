"""Sound made from other sound: downmixed calls, and calls over worse lines."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from servicekit.errors import CallqaError
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.transcript import SAMPLE_RATE_HZ, SpeakerRole

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.speech.calls import RecordedCall, RecordedChannel

Sound = NDArray[np.float64]
"""One channel: shape (samples,), full scale ±1."""

_FULL_SCALE: Final = 32768
_LINE_BAND_HZ: Final = (300.0, 3400.0)
_LIMITS: Final = AudioLimits(max_call_duration_s=4 * 3600.0, min_sample_rate_hz=1000, max_missing_s=1.0)


def channel_sounds(call: RecordedCall) -> list[Sound]:
    """Return the call's channels at 16 kHz, in their order, each as long as its file. Raises DataError."""
    sounds: list[Sound] = []
    for leg in call.legs:
        try:
            with leg.path.open("rb") as file:
                decoded = decode_leg(file, name=leg.path.name, limits=_LIMITS, check=lambda: None).channels
        except CallqaError as error:
            raise DataError(f"{leg.path}: {error.message}") from error
        if len(decoded) != len(leg.channels):
            raise DataError(f"{leg.path} has {len(decoded)} channels where its manifest says otherwise")
        sounds.extend(np.asarray(samples, dtype=np.float64) / _FULL_SCALE for samples in decoded)
    return sounds


def write_wav(path: Path, channels: list[Sound], rate_hz: int = SAMPLE_RATE_HZ) -> None:
    """Write channels as 16-bit WAV: the shorter end in silence, what is louder than full scale clips."""
    length = max(len(sound) for sound in channels)
    frames = np.stack([np.pad(sound, (0, length - len(sound))) for sound in channels], axis=1)
    samples = np.clip(np.round(frames * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())


def downmixed(sounds: list[Sound]) -> Sound:
    """Return the mean of the channels, as a recorder with one channel would have kept the call."""
    length = max(len(sound) for sound in sounds)
    mixed: Sound = np.mean([np.pad(sound, (0, length - len(sound))) for sound in sounds], axis=0)
    return mixed


def gain(decibels: float) -> float:
    """Return the factor of amplitude that `decibels` stand for."""
    return float(10 ** (decibels / 20))


def noisy(sound: Sound, channel: RecordedChannel, *, snr_db: float, seed: int) -> Sound:
    """Return the channel under white noise of the telephone band; its speech is `snr_db` above the noise.

    The speech's level is measured over the channel's reference segments.
    """
    spoken = np.zeros(len(sound), dtype=np.bool_)
    for segment in channel.segments:
        spoken[round(segment.start_s * SAMPLE_RATE_HZ) : round(segment.end_s * SAMPLE_RATE_HZ)] = True
    power = float(np.mean(sound[spoken] ** 2)) if spoken.any() else 0.0
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(sound)))
    frequency_hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    low_hz, high_hz = _LINE_BAND_HZ
    noise = np.fft.irfft(spectrum * ((frequency_hz >= low_hz) & (frequency_hz <= high_hz)), n=len(sound))
    mixed: Sound = sound + noise * np.sqrt(power / np.mean(noise**2)) * gain(-snr_db)
    return mixed


def quieter_customer(sound: Sound, channel: RecordedChannel, *, by_db: float) -> Sound:
    """Return the customer's channel quieter; the agent's as it is."""
    return sound * gain(-by_db) if channel.role is SpeakerRole.CUSTOMER else sound


def overdriven_customer(sound: Sound, channel: RecordedChannel, *, by_db: float) -> Sound:
    """Return the customer's channel with its loudest moment `by_db` above full scale, and clipped there."""
    if channel.role is not SpeakerRole.CUSTOMER:
        return sound
    peak = float(np.abs(sound).max()) or 1.0
    clipped: Sound = np.clip(sound * (gain(by_db) / peak), -1, 1)
    return clipped
