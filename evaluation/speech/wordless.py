"""Twenty minutes without a word, made at each run from fixed seeds: each word heard there is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.speech.sound import Sound, gain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RATE_HZ: Final = 8000
CLIP_S: Final = 60.0

_LENGTH: Final = round(CLIP_S * RATE_HZ)
_TIME_S: Final[Sound] = np.arange(_LENGTH) / RATE_HZ
_DTMF_HZ: Final = {
    key: (row, column)
    for row, keys in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for column, key in zip((1209, 1336, 1477, 1633), keys, strict=True)
}


def wordless_clips() -> Mapping[str, Sound]:
    """Return clips of a minute at 8 kHz by name."""
    return {name: np.clip(make(), -1, 1) for name, make in _CLIPS.items()}


def _white(level_dbfs: float, seed: int) -> Sound:
    return gain(level_dbfs) * np.random.default_rng(seed).standard_normal(_LENGTH)


def _pink(level_dbfs: float, seed: int) -> Sound:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(_LENGTH))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 30)), n=_LENGTH)
    shaped: Sound = noise * (gain(level_dbfs) / np.sqrt(np.mean(noise**2)))
    return shaped


def _crackle(seed: int) -> Sound:
    generator = np.random.default_rng(seed)
    clicks = np.zeros(_LENGTH)
    places = generator.integers(0, _LENGTH, 400)
    clicks[places] = generator.uniform(-0.7, 0.7, len(places))
    return clicks + _white(-55, seed + 1)


def _tones(
    frequencies_hz: Sequence[float], pattern_s: Sequence[float] = (CLIP_S,), level_dbfs: float = -16
) -> Sound:
    """Return tones together, in turns on and off for the seconds of `pattern_s`."""
    tone = sum((np.sin(2 * np.pi * hz * _TIME_S) for hz in frequencies_hz), start=np.zeros(_LENGTH))
    edges = np.cumsum(pattern_s)
    on = np.searchsorted(edges, _TIME_S % edges[-1], side="right") % 2 == 0
    sounded: Sound = tone * on * gain(level_dbfs) / len(frequencies_hz)
    return sounded


def _special_information() -> Sound:
    clip = np.zeros(_LENGTH)
    for place, hz in enumerate((950.0, 1400.0, 1800.0)):
        clip += _tones([hz], (0.33, 3.67)).copy()[
            (np.arange(_LENGTH) - round(place * 0.33 * RATE_HZ)) % _LENGTH
        ]
    return clip


def _dialling(seed: int) -> Sound:
    generator = np.random.default_rng(seed)
    clip = np.zeros(_LENGTH)
    keys = sorted(_DTMF_HZ)
    for start_s in np.arange(0.5, CLIP_S - 1, 0.35):
        begin, end = round(start_s * RATE_HZ), round((start_s + 0.15) * RATE_HZ)
        for hz in _DTMF_HZ[keys[generator.integers(len(keys))]]:
            clip[begin:end] += 0.2 * np.sin(2 * np.pi * hz * _TIME_S[: end - begin])
    return clip


def _note(midi: float, seconds: float, *, harmonics: Sequence[float], decay_s: float) -> Sound:
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    hz = 440 * 2 ** ((midi - 69) / 12)
    tone = sum(
        (
            share * np.sin(2 * np.pi * hz * (order + 1) * at_s)
            for order, share in enumerate(harmonics)
            if hz * (order + 1) < RATE_HZ / 2
        ),
        start=np.zeros(len(at_s)),
    )
    note: Sound = tone * np.exp(-at_s / decay_s) * np.minimum(1, at_s / 0.01)
    return note


def _put(clip: Sound, sound: Sound, start_s: float, level: float) -> None:
    begin = round(start_s * RATE_HZ)
    room = clip[begin : begin + len(sound)]
    room += level * sound[: len(room)]


_PROGRESSIONS: Final = (
    ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14)),
    ((0, 3, 7), (8, 12, 15), (3, 7, 10), (10, 14, 17)),
)
_STRINGS: Final = (1.0, 0.6, 0.45, 0.3, 0.2, 0.12)
_PIANO: Final = (1.0, 0.4, 0.15, 0.08)
_SQUARE: Final = (1.0, 0.0, 0.33, 0.0, 0.2, 0.0, 0.14)


def _chords(
    *, key: int, beat_s: float, harmonics: Sequence[float], decay_s: float, minor: bool = False
) -> Sound:
    clip = np.zeros(_LENGTH)
    for place, start_s in enumerate(np.arange(0, CLIP_S, 4 * beat_s)):
        for step in _PROGRESSIONS[minor][place % 4]:
            _put(clip, _note(key + step, 4 * beat_s, harmonics=harmonics, decay_s=decay_s), start_s, 0.08)
    return clip


def _arpeggio(*, key: int, beat_s: float, harmonics: Sequence[float], minor: bool = False) -> Sound:
    clip = np.zeros(_LENGTH)
    for place, start_s in enumerate(np.arange(0, CLIP_S, beat_s / 2)):
        chord = _PROGRESSIONS[minor][place // 8 % 4]
        step = chord[(0, 1, 2, 1)[place % 4]] + 12 * (place % 8 > 3)
        _put(clip, _note(key + step, 1.0, harmonics=harmonics, decay_s=0.3), start_s, 0.15)
    return clip


def _melody(
    *, key: int, beat_s: float, harmonics: Sequence[float], seed: int, vibrato: bool = False
) -> Sound:
    """Return a tune in a voice's range that wanders over a pentatonic scale."""
    generator = np.random.default_rng(seed)
    clip = np.zeros(_LENGTH)
    scale = [12 * octave + step for octave in range(2) for step in (0, 2, 4, 7, 9)]
    degree, start_s = 4, 0.0
    while start_s < CLIP_S:
        length_s = beat_s * float(generator.choice([0.5, 1.0, 1.0, 2.0]))
        degree = int(np.clip(degree + generator.integers(-2, 3), 0, len(scale) - 1))
        note = _note(key + scale[degree], length_s, harmonics=harmonics, decay_s=1.5)
        if vibrato:
            note *= 1 + 0.3 * np.sin(2 * np.pi * 5.5 * np.arange(len(note)) / RATE_HZ)
        _put(clip, note, start_s, 0.12)
        start_s += length_s
    return clip


def _drums(*, beat_s: float, seed: int) -> Sound:
    generator = np.random.default_rng(seed)
    clip = np.zeros(_LENGTH)
    for place, start_s in enumerate(np.arange(0, CLIP_S, beat_s / 2)):
        length = round(0.15 * RATE_HZ)
        fall = np.exp(-np.arange(length) / (0.03 * RATE_HZ))
        _put(clip, generator.standard_normal(length) * fall, start_s, 0.05)
        if place % 4 == 0:
            kick = np.sin(2 * np.pi * 90 * np.arange(length) / RATE_HZ * (1 + fall))
            _put(clip, kick * fall, start_s, 0.5)
        if place % 4 == 2:
            _put(clip, generator.standard_normal(length) * fall, start_s, 0.25)
    return clip


_CLIPS: Final[Mapping[str, Callable[[], Sound]]] = {
    "digital_silence": lambda: np.zeros(_LENGTH),
    "line_hiss": lambda: _white(-60, 1),
    "white_noise": lambda: _white(-30, 2),
    "loud_white_noise": lambda: _white(-14, 3),
    "pink_noise": lambda: _pink(-30, 4),
    "loud_pink_noise": lambda: _pink(-16, 5),
    "crackle": lambda: _crackle(6),
    "ringback_us": lambda: _tones((440, 480), (2, 4)),
    "ringback_uk": lambda: _tones((400, 450), (0.4, 0.2, 0.4, 2.0)),
    "busy_us": lambda: _tones((480, 620), (0.5, 0.5)),
    "busy_eu": lambda: _tones((425,), (0.48, 0.48)),
    "dial_tone": lambda: _tones((350, 440)),
    "special_information": _special_information,
    "dtmf": lambda: _dialling(7),
    "piano_chords": lambda: _chords(key=60, beat_s=0.6, harmonics=_PIANO, decay_s=0.9),
    "string_pad_minor": lambda: _chords(key=52, beat_s=0.8, harmonics=_STRINGS, decay_s=6, minor=True),
    "arpeggio": lambda: _arpeggio(key=57, beat_s=0.5, harmonics=_PIANO, minor=True),
    "melody_with_drums": lambda: (
        _melody(key=62, beat_s=0.45, harmonics=_SQUARE, seed=8) + _drums(beat_s=0.45, seed=9)
    ),
    "full_band": lambda: (
        _chords(key=48, beat_s=0.5, harmonics=_STRINGS, decay_s=2)
        + _melody(key=60, beat_s=0.5, harmonics=_STRINGS, seed=10, vibrato=True)
        + _drums(beat_s=0.5, seed=11)
    ),
    "singing_tone_in_noise": lambda: (
        _melody(key=57, beat_s=0.7, harmonics=_STRINGS, seed=12, vibrato=True) + _pink(-30, 13)
    ),
}
