"""The sample calls' own sound, with words spread over the turns that the samples say they have."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from transcription.acoustics.measurement import measure_acoustics
from transcription.acoustics.values import Acoustics, OverlapKind, QuietKind
from transcription.engine import Samples
from transcription.recording.decoding import AudioLimits, decode_leg
from transcription.transcript import RoleSource, Speaker, SpeakerRole, SpokenWords, Turn, Word

SAMPLES = Path(__file__).parents[3] / "samples"
LIMITS = AudioLimits(max_call_duration_s=600, min_sample_rate_hz=8000, max_missing_s=1.0)
FACTS: dict[str, Any] = yaml.safe_load((SAMPLES / "facts.yaml").read_text(encoding="utf-8"))


def read_transcripts() -> dict[str, list[dict[str, Any]]]:
    lines = (SAMPLES / "transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    return {call["external_id"]: call["turns"] for call in map(json.loads, lines)}


def recordings() -> dict[str, tuple[list[Path], list[str]]]:
    """The files of each call, and the role on each of its channels."""
    found = {}
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            names = [row[column] for column in ("recording", "agent_recording", "customer_recording")]
            roles = (row["channel_roles"] or "agent;customer").split(";")
            found[row["external_id"]] = ([SAMPLES / name for name in names if name], roles)
    return found


def spread(turn: dict[str, Any]) -> list[Word]:
    texts = turn["text"].split()
    word_s = (turn["end_s"] - turn["start_s"]) / len(texts)
    return [
        Word(
            text=text,
            start_s=turn["start_s"] + index * word_s,
            end_s=turn["start_s"] + (index + 1) * word_s,
            confidence=0.9,
        )
        for index, text in enumerate(texts)
    ]


@cache
def measured(name: str) -> Acoustics:
    files, roles = recordings()[name]
    channels: list[Samples] = []
    for file in files:
        with file.open("rb") as source:
            channels += decode_leg(source, name=file.name, limits=LIMITS, check=lambda: None).channels
    said = read_transcripts()[name]
    speakers = [
        Speaker(
            index=index,
            channel=index,
            role=SpeakerRole(role),
            role_confidence=1.0,
            role_source=RoleSource.STATED,
        )
        for index, role in enumerate(roles)
    ]
    of_role = {speaker.role.value: speaker for speaker in speakers}
    turns = [Turn(speaker=of_role[turn["role"]], words=tuple(spread(turn))) for turn in said]
    spoken = [
        SpokenWords(
            speaker=speaker,
            words=tuple(word for turn in turns if turn.speaker is speaker for word in turn.words),
        )
        for speaker in speakers
    ]
    return measure_acoustics(
        channels, spoken, turns, duration_s=max(map(len, channels)) / 16000, language="en"
    )


@pytest.mark.parametrize("name", sorted(FACTS))
def test_holds_are_where_the_samples_say_and_voices_are_no_music(name: str) -> None:
    found = measured(name)
    holds = [(span.start_s, span.end_s) for span in found.quiet_spans if span.hold]
    expected: list[tuple[Any, Any]] = [
        (pytest.approx(hold["start_s"], abs=0.3), pytest.approx(hold["end_s"], abs=0.3))
        for hold in FACTS[name]["holds"]
    ]
    assert holds == expected
    assert {span.kind for span in found.quiet_spans} <= {QuietKind.SILENCE, QuietKind.NOISE}
    assert not any(overlap.kind is OverlapKind.ATTEMPT for overlap in found.overlaps)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_talk_covers_what_is_said(name: str) -> None:
    found = measured(name)
    said_s = sum(turn["end_s"] - turn["start_s"] for turn in read_transcripts()[name])
    talked_s = sum(one.talk_s for one in found.speakers)
    assert 0.93 <= talked_s / said_s <= 1.05
