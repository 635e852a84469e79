"""The manifest: a CSV file with one call a row.

A bad row gives one Problem per mistake, each with file, line and column, and does not stop the other rows.
Only what makes every row doubtful (the header, the encoding) refuses the whole file.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from callqa.v1.transcript_pb2 import AGENT, CUSTOMER

from review_client.cells import CellError, language, roles, started_at, text_labels
from review_client.errors import WrongInputError
from review_client.intake import CallSpec, Intake, LegSpec, Place, Problem, file_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from callqa.v1.transcript_pb2 import SpeakerRole

RECORDING: Final = "recording"
PAIR: Final = ("agent_recording", "customer_recording")
COLUMNS: Final = (
    RECORDING,
    *PAIR,
    "external_id",
    "agent",
    "queue",
    "started_at",
    "language",
    "channel_roles",
    "labels",
)

# What spreadsheets write instead of commas in some countries.
_OTHER_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row: its first line in the file and its cells by column, without spaces around them."""

    line: int
    cells: Mapping[str, str]


def read_manifest(path: Path) -> Intake:
    """Return the manifest's calls in its order. Recordings are looked up next to the manifest.

    Raises WrongInputError when the file can't be read as a manifest at all.
    """
    calls: list[CallSpec] = []
    problems: list[Problem] = []
    first_line_of: dict[tuple[str, ...], int] = {}
    for row in _rows(path):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        call, wrong = _call_of(row, path)
        if call is None:
            problems += wrong
            continue
        twice = _duplicate(call, row, first_line_of)
        if twice is None:
            calls.append(call)
        else:
            problems.append(twice)
    if not calls and not problems:
        raise WrongInputError(f"{path}: the manifest has a header and no rows; add one row per call")
    return Intake(calls=tuple(calls), problems=tuple(problems))


def _rows(path: Path) -> Iterator[_Row | Problem]:
    header: Sequence[str] | None = None
    for line, cells in _csv_lines(_text_of(path)):
        place = Place(file=str(path), line=line)
        if isinstance(cells, str):
            if header is None:
                raise WrongInputError(f"{place}: is no CSV ({cells}); save the manifest as CSV UTF-8")
            yield Problem(place=place, message=f"is no CSV row ({cells}); check its quotes")
        elif header is None:
            header = _checked_header(cells, place)
        elif len(cells) != len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}; check commas and quotes"
            yield Problem(place=place, message=message)
        else:
            yield _Row(line=line, cells=dict(zip(header, cells, strict=True)))
    if header is None:
        raise WrongInputError(f"{path}: is empty; its first line has to name columns: {', '.join(COLUMNS)}")


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongInputError(
            f"{path}: the manifest can't be read ({error.strerror}); correct the path"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongInputError(f"{path}:{line}: is not UTF-8; save the manifest as CSV UTF-8") from None


def _csv_lines(text: str) -> Iterator[tuple[int, Sequence[str] | str]]:
    """Yield every row that isn't blank as its first line and its cells; the reader's complaint ends it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        # A quoted cell may hold line breaks, so a row begins after the last one's end.
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield line, str(error)
            return
        if any(cells):
            yield line, cells


def _checked_header(header: Sequence[str], place: Place) -> Sequence[str]:
    separators = (separator for separator in _OTHER_SEPARATORS if separator in header[0])
    if len(header) == 1 and (separator := next(separators, None)):
        name = _OTHER_SEPARATORS[separator]
        raise WrongInputError(f"{place}: {name} separate the columns; save the manifest with commas")
    for column in header:
        if column not in COLUMNS:
            near = difflib.get_close_matches(column.lower(), COLUMNS, n=1)
            advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(COLUMNS)}"
            raise WrongInputError(f"{place}: {column!r} is no column of a manifest; {advice}")
    doubled = sorted({column for column in header if header.count(column) > 1})
    if doubled:
        raise WrongInputError(f"{place}: the column {doubled[0]} stands there twice; remove one of the two")
    if RECORDING not in header and not set(PAIR) <= set(header):
        raise WrongInputError(
            f"{place}: a column is missing; add {RECORDING}, or both {PAIR[0]} and {PAIR[1]}"
        )
    return header


def _call_of(row: _Row, path: Path) -> tuple[CallSpec | None, Sequence[Problem]]:
    problems: list[Problem] = []

    def wrong(column: str | None, message: str) -> None:
        place = Place(file=str(path), line=row.line, column=column)
        problems.append(Problem(place=place, message=message))

    def cell(column: str, read: Callable[[str], _Value]) -> _Value | None:
        try:
            return read(row.cells.get(column, ""))
        except CellError as error:
            wrong(column, str(error))
            return None

    legs = _legs(row, path, wrong)
    channel_roles = cell("channel_roles", roles) or ()
    if channel_roles and len(legs) == 2:
        wrong("channel_roles", f"goes with {RECORDING} only; the two files say who speaks: empty the cell")
    if len(legs) == 1:
        legs = [LegSpec(path=legs[0].path, channel_roles=channel_roles)]
    started = cell("started_at", started_at)
    spoken = cell("language", language)
    labels = cell("labels", text_labels)
    if problems:
        return None, problems
    call = CallSpec(
        place=Place(file=str(path), line=row.line),
        external_id=row.cells.get("external_id") or legs[0].path.stem,
        legs=tuple(legs),
        agent=row.cells.get("agent", ""),
        queue=row.cells.get("queue", ""),
        started_at=started,
        language=spoken or "",
        labels=labels or {},
    )
    return call, ()


def _legs(row: _Row, path: Path, wrong: Callable[[str | None, str], None]) -> list[LegSpec]:
    single = row.cells.get(RECORDING, "")
    pair = [row.cells.get(column, "") for column in PAIR]
    if single and any(pair):
        wrong(RECORDING, f"is given beside {PAIR[0]} or {PAIR[1]}; keep the one file or the two")
        return []
    named: list[tuple[str, str, tuple[SpeakerRole.ValueType, ...]]] = []
    if single:
        named = [(RECORDING, single, ())]
    if any(pair):
        named = [(PAIR[0], pair[0], (AGENT,)), (PAIR[1], pair[1], (CUSTOMER,))]
    if not named:
        wrong(None, f"names no recording; fill {RECORDING}, or both {PAIR[0]} and {PAIR[1]}")
        return []
    legs = []
    for column, value, channel_roles in named:
        if not value:
            wrong(column, "is empty beside the other side's file; name this side's file")
            continue
        file = path.parent / value
        problem = file_problem(file)
        if problem is not None:
            hint = "; write folders with / instead of \\" if "\\" in value and os.sep == "/" else ""
            wrong(column, f"{file}: {problem}{hint}")
            continue
        legs.append(LegSpec(path=file, channel_roles=channel_roles))
    if len(legs) == 2 and legs[0].path.resolve() == legs[1].path.resolve():
        wrong(PAIR[1], f"is the same file as {PAIR[0]}; name the other side's file")
    return legs


def _duplicate(call: CallSpec, row: _Row, first_line_of: dict[tuple[str, ...], int]) -> Problem | None:
    files = tuple(str(leg.path.resolve()) for leg in call.legs)
    for key, what, column in (
        (("file", *files), "the same recording", None),
        (("id", call.external_id), f"the same external id {call.external_id!r}", "external_id"),
    ):
        earlier = first_line_of.setdefault(key, row.line)
        if earlier != row.line:
            place = Place(file=call.place.file, line=row.line, column=column)
            return Problem(
                place=place, message=f"{what} as on line {earlier}; remove or correct one of the rows"
            )
    return None
