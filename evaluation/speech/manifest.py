"""Reads evaluation audio: DATA/manifest.jsonl, a recording a line, as docs/evaluation.md describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from evaluation.errors import DataError
from evaluation.speech.calls import RecordedCall, RecordedChannel, RecordedLeg, Segment, TimesFrom
from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST_FILE: Final = "manifest.jsonl"
SILVER_FILE: Final = "silver_reference.json"

Row = TypeVar("Row", bound=BaseModel)

# Whoever else speaks, a menu or a second agent, speaks for the company.
_CUSTOMER_NAMES: Final = frozenset({"customer", "caller"})
_TIMES_FROM: Final = {"gold_human": TimesFrom.HUMAN, "silver_asr": TimesFrom.ROUGH}
_SILVER: Final = "silver"
_SILVER_TEXTS: Final = TypeAdapter(dict[str, str])


class _SegmentRow(BaseModel):
    role: str | None = None
    channel: Annotated[int, Field(ge=0, le=1)] | None = None
    start_s: Annotated[float, Field(ge=0)]
    end_s: Annotated[float, Field(ge=0)]
    text: str | None = None

    @model_validator(mode="after")
    def _forward(self) -> _SegmentRow:
        if self.end_s < self.start_s:
            raise ValueError(f"end_s {self.end_s} lies before start_s {self.start_s}")
        return self


class _Row(BaseModel):
    """One file. Other keys, as licence and source, are left alone."""

    model_config = ConfigDict(extra="ignore")

    file: Annotated[str, Field(min_length=1, pattern=r"^[^/]")]
    call_id: str | None = None
    channels: Annotated[int, Field(ge=1, le=2)] = 1
    language: str = "en"
    roles: dict[str, str] = {}
    reference_text: dict[str, str | None] | None = None
    segments: list[_SegmentRow] | None = None
    reference_quality: str = "none"

    @property
    def set_name(self) -> str:
        return self.file.split("/", 1)[0] if "/" in self.file else "."

    def role(self, channel: int) -> SpeakerRole:
        name = self.roles.get(str(channel), "").lower()
        return SpeakerRole.CUSTOMER if name in _CUSTOMER_NAMES else SpeakerRole.AGENT

    def of_channel(self, segment: _SegmentRow, channel: int) -> bool:
        if self.channels == 1:
            return True
        if segment.channel is not None:
            return segment.channel == channel
        return segment.role is not None and segment.role == self.roles.get(str(channel))


def read_manifest(folder: Path) -> list[RecordedCall]:
    """Return the calls of `folder`/manifest.jsonl in its order. Raises DataError.

    Files of one call_id that carry a side each are the two legs of one call.
    """
    manifest = folder / MANIFEST_FILE
    silver: dict[str, dict[str, str]] = {}
    calls: dict[tuple[str, str], RecordedCall] = {}
    for number, line in lines_of(manifest):
        row = parse_row(_Row, line, manifest, number)
        if row.set_name not in silver:
            silver[row.set_name] = _silver_texts(folder / row.set_name / SILVER_FILE)
        if not (folder / row.file).is_file():
            raise DataError(f"{manifest}, line {number}, file: {row.file} does not lie beside the manifest")
        call = _call_of(row, folder, silver[row.set_name])
        key = (call.set_name, call.call_id)
        other = calls.get(key)
        if other is None:
            calls[key] = call
        elif _is_other_side(other, call):
            calls[key] = _joined(other, call)
        else:
            raise DataError(
                f"{manifest}, line {number}, call_id: {call.call_id} is taken by another file that is not the"
                " other side of this one"
            )
    if not calls:
        raise DataError(f"{manifest} has no line; write one for each recording")
    return list(calls.values())


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of `path` that hold something, with their numbers from 1. Raises DataError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} can't be read as UTF-8 text: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def parse_row(model: type[Row], line: str, path: Path, number: int) -> Row:
    """Return the line as `model`. Raises DataError naming the first field that is wrong."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        raise DataError(f"{path}, line {number}, {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """Return the first mistake as `field: what is wrong`; never the value, which a caller may have said."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the whole line"
    return f"{field}: {first['msg']}"


def _silver_texts(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return _SILVER_TEXTS.validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        wrong = describe(error) if isinstance(error, ValidationError) else str(error)
        raise DataError(f"{path}, {wrong}; it maps file names to what is said in them") from error


def _call_of(row: _Row, folder: Path, silver: dict[str, str]) -> RecordedCall:
    name = row.file.rsplit("/", 1)[-1]
    times_from = _TIMES_FROM.get(row.reference_quality, TimesFrom.NOWHERE)
    channels = []
    from_silver = row.reference_quality.startswith(_SILVER)
    for index in range(row.channels):
        # An empty text marks a noise or a breath: nobody talks there.
        spoken = [
            segment for segment in row.segments or () if segment.text != "" and row.of_channel(segment, index)
        ]
        reference = (row.reference_text or {}).get(str(index))
        if reference is None and spoken and all(segment.text for segment in spoken):
            reference = " ".join(segment.text or "" for segment in spoken)
        if reference is None and row.channels == 1 and name in silver:
            reference, from_silver = silver[name], True
        segments = tuple(Segment(start_s=segment.start_s, end_s=segment.end_s) for segment in spoken)
        channels.append(
            RecordedChannel(
                label=f"{row.file}#{index}", role=row.role(index), reference=reference, segments=segments
            )
        )
    return RecordedCall(
        set_name=row.set_name,
        call_id=row.call_id or row.file,
        language=row.language,
        legs=(RecordedLeg(path=folder / row.file, channels=tuple(channels)),),
        times_from=times_from if any(channel.segments for channel in channels) else TimesFrom.NOWHERE,
        silver=from_silver,
    )


def _is_other_side(one: RecordedCall, other: RecordedCall) -> bool:
    sides = [*one.channels, *other.channels]
    return len(sides) == 2 and sides[0].role is not sides[1].role


def _joined(one: RecordedCall, other: RecordedCall) -> RecordedCall:
    return RecordedCall(
        set_name=one.set_name,
        call_id=one.call_id,
        language=one.language,
        legs=(*one.legs, *other.legs),
        times_from=one.times_from if one.times_from is other.times_from else TimesFrom.NOWHERE,
        silver=one.silver or other.silver,
    )
