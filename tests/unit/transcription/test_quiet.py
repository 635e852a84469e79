from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.unit.transcription.line_sounds import (
    at_level,
    cadence,
    keypad,
    melody,
    music,
    noise,
    recorded,
    silence,
    tone,
    voice,
)
from transcription.acoustics.quiet import quiet_spans, quiet_stretches
from transcription.acoustics.values import AcousticsLimits, QuietKind, QuietSpan, TalkSpan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SOUND_S = 14.0
TALK_S = 3.0
SOUNDS = {
    "chords": (music(SOUND_S), QuietKind.MUSIC),
    "other chords": (music(SOUND_S, seed=21), QuietKind.MUSIC),
    "a melody of pure notes": (melody(SOUND_S), QuietKind.MUSIC),
    "ringing in North America": (cadence(SOUND_S, [2, 4], 440, 480), QuietKind.RINGBACK),
    "ringing in the United Kingdom": (cadence(SOUND_S, [0.4, 0.2, 0.4, 2], 400, 450), QuietKind.RINGBACK),
    "ringing in Germany": (cadence(SOUND_S, [1, 4], 425), QuietKind.RINGBACK),
    "ringing in France": (cadence(SOUND_S, [1.5, 3.5], 440), QuietKind.RINGBACK),
    "busy in North America": (cadence(SOUND_S, [0.5, 0.5], 480, 620), QuietKind.TONE),
    "busy in the United Kingdom": (cadence(SOUND_S, [0.375, 0.375], 400), QuietKind.TONE),
    "busy in Europe": (cadence(SOUND_S, [0.48, 0.48], 425), QuietKind.TONE),
    "congestion": (cadence(SOUND_S, [0.25, 0.25], 425), QuietKind.TONE),
    "the dial tone of North America": (tone(SOUND_S, 350, 440), QuietKind.TONE),
    "the dial tone of Europe": (tone(SOUND_S, 425), QuietKind.TONE),
    "keys": (keypad(46), QuietKind.TONE),
    "a fax": (cadence(SOUND_S, [0.5, 1], 1100), QuietKind.TONE),
    "nothing": (silence(SOUND_S), QuietKind.SILENCE),
    "a hall": (noise(SOUND_S), QuietKind.NOISE),
    "a voice without words": (voice(SOUND_S), QuietKind.NOISE),
}


def call_with(sound: NDArray[np.float64], dbfs: float, *, noise_dbfs: float = -65) -> NDArray[np.int16]:
    """Three seconds of talk, the sound, three seconds of talk."""
    talk = at_level(voice(TALK_S), -22)
    return recorded(np.concatenate([talk, at_level(sound, dbfs), talk]), noise_dbfs=noise_dbfs)


def heard(
    channels: Sequence[NDArray[np.int16]], talk_s: Sequence[tuple[float, float]], **limits: float
) -> tuple[QuietSpan, ...]:
    return quiet_spans(
        channels,
        [TalkSpan(speaker=0, start_s=start_s, end_s=end_s) for start_s, end_s in talk_s],
        speech_dbfs=[-20.0] + [None] * (len(channels) - 1),
        duration_s=len(channels[0]) / 16000,
        limits=AcousticsLimits(**limits),
    )


def around(sound_s: float = SOUND_S) -> list[tuple[float, float]]:
    return [(0.0, TALK_S), (TALK_S + sound_s, 2 * TALK_S + sound_s)]


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("dbfs", [-18, -35])
def test_what_sounds_between_talk_is_named(name: str, dbfs: float) -> None:
    sound, kind = SOUNDS[name]
    spans = heard([call_with(sound, dbfs)], around(len(sound) / 8000))
    named_s = sum(span.end_s - span.start_s for span in spans if span.kind is kind)
    if kind is QuietKind.NOISE and dbfs < -32:
        # Far below speech: nobody would call it as loud as speech.
        kind, named_s = (
            QuietKind.SILENCE,
            sum(span.end_s - span.start_s for span in spans if span.kind is QuietKind.SILENCE),
        )
    # The last pause of a cadence belongs to nothing.
    assert named_s >= (0.7 if kind is QuietKind.RINGBACK else 0.85) * len(sound) / 8000
    assert not any(span.kind is QuietKind.MUSIC for span in spans) or kind is QuietKind.MUSIC


@pytest.mark.parametrize(
    "name", [name for name, (_, kind) in SOUNDS.items() if kind not in {QuietKind.NOISE, QuietKind.SILENCE}]
)
def test_a_noisy_line_hides_no_sound(name: str) -> None:
    sound, kind = SOUNDS[name]
    spans = heard([call_with(sound, -20, noise_dbfs=-40)], around(len(sound) / 8000))
    named_s = sum(span.end_s - span.start_s for span in spans if span.kind is kind)
    assert named_s >= 0.7 * len(sound) / 8000


@pytest.mark.parametrize("seed", range(6))
def test_a_voice_is_never_music(seed: int) -> None:
    spans = heard([recorded(at_level(voice(20, seed), -20))], [(0.0, 0.5)])
    assert QuietKind.MUSIC not in {span.kind for span in spans}


def test_music_on_either_channel_is_music() -> None:
    quiet = recorded(
        np.concatenate([at_level(voice(TALK_S), -22), silence(SOUND_S), at_level(voice(TALK_S), -22)])
    )
    other = recorded(np.concatenate([silence(TALK_S), at_level(music(SOUND_S), -25), silence(TALK_S)]))
    (span,) = heard([quiet, other], around())
    assert (span.kind, span.start_s, span.end_s, span.hold) == (QuietKind.MUSIC, 3.0, 17.0, True)


def test_sounds_in_a_row_are_told_apart() -> None:
    row = np.concatenate(
        [
            silence(4),
            at_level(cadence(8, [2, 4], 440, 480), -20),
            silence(3),
            at_level(music(6), -20),
            silence(2),
        ]
    )
    spans = heard([call_with(row, -22)], around(23))
    assert [span.kind.value for span in spans] == ["silence", "ringback", "silence", "music", "silence"]
    for span, start_s in zip(spans, (3, 7, 15, 18, 24), strict=True):
        assert span.start_s == pytest.approx(start_s, abs=0.2)
    assert all(span.hold for span in spans)


@pytest.mark.parametrize(
    ("sound", "held"),
    [
        (silence(9.5), False),
        (silence(10.5), True),
        (music(2.5), False),
        (music(3.5), True),
        (cadence(8, [2, 4], 440, 480), True),
        (cadence(4, [0.5, 0.5], 480, 620), False),
        (noise(4), False),
    ],
)
def test_a_hold_is_long_silence_or_some_music(
    sound: NDArray[np.float64],
    held: bool,  # noqa: FBT001
) -> None:
    spans = heard([call_with(sound, -22)], around(len(sound) / 8000))
    assert any(span.hold for span in spans) == held


def test_the_limits_of_a_hold_are_settings() -> None:
    call = call_with(silence(6), -22)
    assert not any(span.hold for span in heard([call], around(6)))
    assert all(span.hold for span in heard([call], around(6), hold_after_s=5.0))


def test_a_pause_of_the_music_is_still_on_hold() -> None:
    row = np.concatenate([music(4), silence(3), music(4)])
    spans = heard([call_with(row, -22)], around(11), hold_after_s=60.0)
    assert [(span.kind.value, span.hold) for span in spans] == [
        ("music", True),
        ("silence", True),
        ("music", True),
    ]


def test_nobody_is_on_hold_before_anybody_talks_or_in_the_silence_behind_the_call() -> None:
    sound = np.concatenate([at_level(music(12), -22), at_level(voice(3), -22), silence(12)])
    spans = heard([recorded(sound)], [(12.0, 15.0)])
    assert [(span.kind.value, span.hold) for span in spans] == [("music", False), ("silence", False)]


def test_who_is_left_in_the_music_is_on_hold() -> None:
    sound = np.concatenate([at_level(voice(3), -22), at_level(music(12), -22)])
    assert [(span.kind.value, span.hold) for span in heard([recorded(sound)], [(0.0, 3.0)])] == [
        ("music", True)
    ]


def test_a_call_without_talk_has_no_hold() -> None:
    assert [(span.kind.value, span.hold) for span in heard([recorded(silence(30))], [])] == [
        ("silence", False)
    ]


def test_short_quiet_is_left_out() -> None:
    assert heard([recorded(silence(2))], [(0.0, 0.8), (1.2, 2.0)]) == ()


def test_stretches_are_what_talk_leaves() -> None:
    talk = [
        TalkSpan(speaker=0, start_s=1.0, end_s=4.0),
        TalkSpan(speaker=1, start_s=2.0, end_s=3.0),
        TalkSpan(speaker=1, start_s=6.0, end_s=8.0),
    ]
    assert quiet_stretches(talk, 8.0) == [(0.0, 1.0), (4.0, 6.0)]
    assert quiet_stretches([], 8.0) == [(0.0, 8.0)]
