from __future__ import annotations

import numpy as np
import pytest

from transcription.speakers.voice_features import MEL_COUNT, _mel_to_hz, mel_frames

# The first and last of librosa.mel_frequencies(n_mels=40) as its documentation prints them.
LIBROSA_HZ = [0.0, 85.317, 170.635, 255.952, 938.49, 1024.856, 1119.114, 2071.84, 10096.408, 11025.0]
LIBROSA_PLACES = [0, 1, 2, 3, 11, 12, 13, 20, 38, 39]


def tone(hz: float, seconds: float = 1.0) -> np.ndarray:
    return np.round(8000 * np.sin(2 * np.pi * hz * np.arange(int(16000 * seconds)) / 16000)).astype(np.int16)


def test_the_mel_scale_is_librosas() -> None:
    top_mel = 15 + 27 * np.log(11025 / 1000) / np.log(6.4)

    assert _mel_to_hz(np.linspace(0, top_mel, 40))[LIBROSA_PLACES] == pytest.approx(LIBROSA_HZ, abs=6e-4)


def test_a_frame_has_forty_powers() -> None:
    assert mel_frames(tone(440), 10, 7).shape == (7, MEL_COUNT)


def test_a_higher_tone_lies_in_a_higher_band() -> None:
    bands = [int(mel_frames(tone(hz), 20, 1)[0].argmax()) for hz in (200, 400, 1000, 2000, 4000)]

    assert bands == sorted(set(bands))


def test_powers_grow_with_the_square_of_the_sound() -> None:
    soft, loud = mel_frames(tone(440) // 2, 20, 1), mel_frames(tone(440), 20, 1)

    assert loud.sum() == pytest.approx(4 * soft.sum(), rel=1e-2)


def test_a_stretch_is_the_same_wherever_reading_begins() -> None:
    whole = mel_frames(tone(300), 0, 100)

    assert mel_frames(tone(300), 40, 20) == pytest.approx(whole[40:60])


def test_outside_the_channel_is_silence() -> None:
    assert not mel_frames(tone(300), -50, 10).any()
    assert not mel_frames(tone(300), 200, 10).any()
