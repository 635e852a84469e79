"""What a telephone line carries beside words, made from a seed: tones, music, noise and voices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ, RoleSource, Speaker, SpeakerRole, SpokenWords, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LINE_HZ = 8000


def silence(duration_s: float) -> NDArray[np.float64]:
    return np.zeros(round(duration_s * LINE_HZ))


def tone(duration_s: float, *frequencies_hz: float) -> NDArray[np.float64]:
    time_s = np.arange(round(duration_s * LINE_HZ)) / LINE_HZ
    sines = np.stack([np.sin(2 * np.pi * hz * time_s) for hz in frequencies_hz])
    mean: NDArray[np.float64] = sines.mean(axis=0)
    return mean


def cadence(duration_s: float, beats_s: Sequence[float], *frequencies_hz: float) -> NDArray[np.float64]:
    """`beats_s` are on, off, on, off ..., over and over."""
    pieces: list[NDArray[np.float64]] = []
    length, place = 0, 0
    while length < duration_s * LINE_HZ:
        beat_s = beats_s[place % len(beats_s)]
        pieces.append(tone(beat_s, *frequencies_hz) if place % 2 == 0 else silence(beat_s))
        length += len(pieces[-1])
        place += 1
    return np.concatenate(pieces)[: round(duration_s * LINE_HZ)]


def keypad(keys: int) -> NDArray[np.float64]:
    pairs = [(697, 1209), (770, 1336), (852, 1477), (941, 1336)]
    pressed = [np.concatenate([tone(0.1, *pairs[key % 4]), silence(0.2)]) for key in range(keys)]
    return np.concatenate(pressed)


def music(duration_s: float, seed: int = 7) -> NDArray[np.float64]:
    """Chords of three notes with four harmonics each, a new one every 0.4 to 1.2 s, plucked."""
    rng = np.random.default_rng(seed)
    scale_hz = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    pieces: list[NDArray[np.float64]] = []
    while sum(map(len, pieces)) < duration_s * LINE_HZ:
        length_s = float(rng.uniform(0.4, 1.2))
        chord = rng.choice(scale_hz, size=3, replace=False)
        notes = [tone(length_s, hz * order) / order for hz in chord for order in (1, 2, 3, 4)]
        fading = np.exp(-np.arange(len(notes[0])) / LINE_HZ / 1.5)
        pieces.append(np.sum(notes, axis=0) * fading)
    return np.concatenate(pieces)[: round(duration_s * LINE_HZ)]


def melody(duration_s: float, seed: int = 7) -> NDArray[np.float64]:
    """One pure note after another, as a ringtone or a flute."""
    rng = np.random.default_rng(seed)
    scale_hz = 523 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    notes = [tone(0.4, float(hz)) for hz in rng.choice(scale_hz, size=int(duration_s / 0.4))]
    return np.concatenate(notes)


def noise(duration_s: float, seed: int = 7) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(round(duration_s * LINE_HZ))


def voice(duration_s: float, seed: int = 7) -> NDArray[np.float64]:
    """A gliding pitch with its harmonics in syllables: what speech looks like to a spectrum."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(duration_s * LINE_HZ)) / LINE_HZ
    turns_hz = rng.uniform(110, 190, size=int(duration_s * 5) + 2)
    pitch_hz = np.interp(time_s, np.arange(len(turns_hz)) / 5, turns_hz)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / LINE_HZ
    harmonics = np.sum([np.sin(order * phase) / order for order in range(2, 20)], axis=0)
    syllables = np.maximum(0, np.sin(2 * np.pi * 4 * time_s)) ** 0.5
    sound: NDArray[np.float64] = harmonics * syllables
    return sound


def at_level(sound: NDArray[np.float64], dbfs: float) -> NDArray[np.float64]:
    power = float(np.mean(sound**2))
    return sound * (10 ** (dbfs / 20) / np.sqrt(power)) if power else sound


def recorded(sound: NDArray[np.float64], *, noise_dbfs: float = -65, seed: int = 3) -> NDArray[np.int16]:
    """Add line noise, take it through G.711 mu-law at 8 kHz, and return it at 16 kHz as the decoder does."""
    line = np.clip(sound + at_level(noise(len(sound) / LINE_HZ, seed), noise_dbfs), -1, 1)
    law = np.round(np.sign(line) * np.log1p(255 * np.abs(line)) / np.log(256) * 127) / 127
    heard = np.sign(law) * (256 ** np.abs(law) - 1) / 255
    spectrum = np.zeros(len(heard) + 1, dtype=np.complex128)
    spectrum[: len(heard) // 2 + 1] = np.fft.rfft(heard)
    doubled = np.fft.irfft(spectrum, n=2 * len(heard)) * (SAMPLE_RATE_HZ / LINE_HZ)
    return np.clip(np.round(doubled * 32767), -32768, 32767).astype(np.int16)


def speaker(index: int, channel: int | None = None) -> Speaker:
    return Speaker(
        index=index,
        channel=index if channel is None else channel,
        role=SpeakerRole.UNKNOWN,
        role_confidence=0.0,
        role_source=RoleSource.CONVENTION,
    )


def said(text: str, start_s: float, word_s: float = 0.3) -> list[Word]:
    return [
        Word(
            text=word,
            start_s=round(start_s + index * word_s, 3),
            end_s=round(start_s + (index + 1) * word_s, 3),
            confidence=0.9,
        )
        for index, word in enumerate(text.split())
    ]


def spoken(*voices: Sequence[Word]) -> tuple[SpokenWords, ...]:
    """One speaker with a channel of their own for each sequence of words."""
    return tuple(
        SpokenWords(speaker=speaker(index), words=tuple(words)) for index, words in enumerate(voices)
    )
