"""Samples with both sides on one channel, the real voice encoder, and the words where they were spoken.

The words come from the samples' own text, laid evenly over their sentences; no engine is needed.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from transcription.engine import Samples
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.speakers.roles import assign_speaker_roles
from transcription.speakers.voice_embedding import VoiceEncoder
from transcription.speakers.voice_weights import load_voice_tensors
from transcription.speakers.voices import Voices, separate_voices, separation_warning, spoken_by_voice
from transcription.transcript import SpeakerRole, Word

SAMPLES = Path(__file__).parents[3] / "samples"
LIMITS = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def encoder() -> VoiceEncoder:
    return VoiceEncoder(load_voice_tensors())


def channels(call: str) -> dict[str, Samples]:
    rows = csv.DictReader((SAMPLES / "manifest.csv").read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if row["external_id"] == call)
    with (SAMPLES / row["recording"]).open("rb") as file:
        decoded = decode_leg(file, name="the recording", limits=LIMITS, check=lambda: None)
    roles: list[str] = row["channel_roles"].split(";")
    return dict(zip(roles, decoded.channels, strict=True))


def words(call: str) -> list[tuple[str, Word]]:
    lines = (SAMPLES / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    turns = next(entry for entry in map(json.loads, lines) if entry["external_id"] == call)["turns"]
    said = []
    for turn in turns:
        texts = turn["text"].split()
        times_s = np.linspace(turn["start_s"], turn["end_s"], len(texts) + 1)
        said += [
            (turn["role"], Word(text=text, start_s=float(start), end_s=float(end), confidence=0.9))
            for text, start, end in zip(texts, times_s[:-1], times_s[1:], strict=True)
        ]
    return sorted(said, key=lambda one: one[1].start_s)


def downmix(call: str) -> Samples:
    agent, customer = channels(call).values()
    return np.asarray((agent.astype(np.int32) + customer) // 2, dtype=np.int16)


def separate(samples: Samples, said: list[tuple[str, Word]], encoder: VoiceEncoder) -> Voices:
    return separate_voices(samples, [word for _, word in said], encoder, language="en", check=lambda: None)


@pytest.mark.parametrize("call", ["happy_enquiry", "repeat_contact"])
def test_both_voices_are_told_apart_and_get_their_roles(call: str, encoder: VoiceEncoder) -> None:
    said = words(call)

    voices = separate(downmix(call), said, encoder)
    spoken = spoken_by_voice([word for _, word in said], voices, channel=0, first_index=0)
    settled, warnings = assign_speaker_roles(spoken, language="en")

    role_of_voice = {one.speaker.index: one.speaker.role for one in settled}
    right = [
        role_of_voice[voice] is SpeakerRole(role) for (role, _), voice in zip(said, voices.voice, strict=True)
    ]
    assert sorted(role.value for role in role_of_voice.values()) == ["agent", "customer"]
    assert sum(right) / len(right) >= 0.96
    assert all(one.speaker.separation_confidence > 0.7 for one in settled)
    assert warnings == ()
    assert separation_warning(voices, channel=0) is None


def test_the_same_sound_gives_the_same_voices(encoder: VoiceEncoder) -> None:
    said = words("happy_enquiry")

    assert separate(downmix("happy_enquiry"), said, encoder) == separate(
        downmix("happy_enquiry"), said, encoder
    )


@pytest.mark.parametrize(
    ("count", "strength", "warned"),
    [(2, 2.0, False), (2, 1.4, True), (1, 1.2, True), (1, 0.6, False)],
)
def test_voices_that_may_be_mixed_up_are_warned_of(count: int, strength: float, *, warned: bool) -> None:
    voices = Voices(count=count, voice=(0,), confidence=(0.9,), strength=strength)

    warning = separation_warning(voices, channel=0)

    assert (warning is not None) == warned


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_one_voice_is_not_split(role: str, encoder: VoiceEncoder) -> None:
    said = [one for one in words("repeat_contact") if one[0] == role]

    voices = separate(channels("repeat_contact")[role], said, encoder)

    assert voices.count == 1
    assert set(voices.voice) == {0}


def test_no_words_have_one_voice(encoder: VoiceEncoder) -> None:
    assert separate(np.zeros(16000, dtype=np.int16), [], encoder).count == 1


def test_words_on_silence_have_one_voice(encoder: VoiceEncoder) -> None:
    said = [("agent", Word(text="so.", start_s=n * 2.0, end_s=n * 2 + 1.5, confidence=0.3)) for n in range(8)]

    assert separate(np.zeros(16 * 16000, dtype=np.int16), said, encoder).count == 1


def test_nobody_waiting_stops_it(encoder: VoiceEncoder) -> None:
    class GoneError(Exception):
        pass

    def gone() -> None:
        raise GoneError

    with pytest.raises(GoneError):
        separate_voices(
            downmix("happy_enquiry"),
            [word for _, word in words("happy_enquiry")],
            encoder,
            language="en",
            check=gone,
        )
