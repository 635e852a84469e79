"""Reads the project's own samples/, whose reference texts are exact, into the same shape."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ValidationError

from evaluation.errors import DataError
from evaluation.speech.calls import RecordedCall, RecordedChannel, RecordedLeg, Segment, TimesFrom
from evaluation.speech.manifest import describe, lines_of, parse_row
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST_FILE: Final = "manifest.csv"
TRANSCRIPTS_FILE: Final = "transcripts.jsonl"
SET_NAME: Final = "samples"


class _Turn(BaseModel):
    role: Literal["agent", "customer"]
    start_s: float
    end_s: float
    text: str


class _Spoken(BaseModel):
    external_id: str
    turns: list[_Turn]


class _Upload(BaseModel):
    """The columns of an upload manifest that say where the sound is."""

    recording: str
    agent_recording: str
    customer_recording: str
    external_id: str
    language: str
    channel_roles: str


def read_samples(folder: Path) -> list[RecordedCall]:
    """Return the calls of an upload manifest with its transcripts beside it. Raises DataError."""
    transcripts = folder / TRANSCRIPTS_FILE
    spoken = {
        row.external_id: row.turns
        for row in (parse_row(_Spoken, line, transcripts, number) for number, line in lines_of(transcripts))
    }
    manifest = folder / MANIFEST_FILE
    calls = []
    with manifest.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.DictReader(file), start=2):
            try:
                row = _Upload.model_validate(cells)
            except ValidationError as error:
                raise DataError(f"{manifest}, line {number}, {describe(error)}") from error
            if row.external_id not in spoken:
                raise DataError(
                    f"{manifest}, line {number}, external_id: {row.external_id} is not in {TRANSCRIPTS_FILE}"
                )
            calls.append(_call_of(row, folder, spoken[row.external_id]))
    return calls


def _call_of(row: _Upload, folder: Path, turns: list[_Turn]) -> RecordedCall:
    if row.recording:
        files = [(row.recording, [SpeakerRole(name) for name in row.channel_roles.split(";")])]
    else:
        files = [
            (row.agent_recording, [SpeakerRole.AGENT]),
            (row.customer_recording, [SpeakerRole.CUSTOMER]),
        ]
    return RecordedCall(
        set_name=SET_NAME,
        call_id=row.external_id,
        language=row.language,
        legs=tuple(
            RecordedLeg(
                path=folder / name,
                channels=tuple(_channel(f"{name}#{index}", role, turns) for index, role in enumerate(roles)),
            )
            for name, roles in files
        ),
        times_from=TimesFrom.ROUGH,
        silver=False,
    )


def _channel(label: str, role: SpeakerRole, turns: list[_Turn]) -> RecordedChannel:
    own = [turn for turn in turns if turn.role == role.value]
    return RecordedChannel(
        label=label,
        role=role,
        reference=" ".join(turn.text for turn in own),
        segments=tuple(Segment(start_s=turn.start_s, end_s=turn.end_s) for turn in own),
    )
