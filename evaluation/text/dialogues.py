"""Labelled dialogues as they stand in a folder, and the transcript that the engine reads of each."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from evaluation.errors import DataError
from scoring.domain.transcript import Role, Transcript, Turn, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# Counselling calls its two sides otherwise; who helps is judged as an agent is.
_ROLES: Final[Mapping[str, Role]] = {
    "agent": Role.AGENT,
    "therapist": Role.AGENT,
    "supporter": Role.AGENT,
    "customer": Role.CUSTOMER,
    "client": Role.CUSTOMER,
    "seeker": Role.CUSTOMER,
}
# Text without times gets the pace of calm speech, about 150 words a minute with the pauses between turns.
_WORD_S: Final = 0.35
_PAUSE_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A labelled part of a turn: its characters there (half-open range) and its emotion, None unlabelled."""

    start_char: int
    end_char: int
    emotion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueTurn:
    """What one side says in a row; `text` has single spaces and at least one word."""

    role: Role
    text: str
    labels: Mapping[str, Any] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One labelled dialogue. Dialogues of one `group` share speakers or a post and are drawn together."""

    dialogue_id: str
    group: str
    source: str
    turns: tuple[DialogueTurn, ...]
    labels: Mapping[str, Any] = field(default_factory=dict)


def data_file(folder: Path, name: str) -> Path | None:
    """Return the file of a data set in `folder`, plain or gzipped, or None."""
    return next(
        (path for ending in ("jsonl", "jsonl.gz") if (path := folder / f"{name}.{ending}").is_file()), None
    )


def read_dialogues(path: Path, limit: int = 0) -> list[Dialogue]:
    """Return the dialogues of a file, the first `limit` or all when it is 0. Raises DataError."""
    dialogues: list[Dialogue] = []
    for number, line in _lines(path):
        if limit and len(dialogues) == limit:
            break
        if line.strip():
            dialogues.append(_dialogue(line, f"{path}:{number}"))
    return dialogues


def transcript_of(
    turns: Sequence[DialogueTurn], paced_as: Sequence[DialogueTurn] | None = None
) -> Transcript:
    """Return turns as a transcript: even times, every word and role sure.

    `paced_as` are the same turns in other words, whose times are kept: who says "I'm" for "I am" doesn't
    talk less of the call.
    """
    start_s = 0.0
    spoken = []
    for index, (turn, pace) in enumerate(zip(turns, paced_as or turns, strict=True)):
        texts = turn.text.split()
        word_s = _WORD_S * len(pace.text.split()) / len(texts)
        words = tuple(
            Word(
                text=text,
                start_s=start_s + word_s * place,
                end_s=start_s + word_s * (place + 1),
                confidence=1.0,
            )
            for place, text in enumerate(texts)
        )
        spoken.append(Turn(index=index, role=turn.role, role_confidence=1.0, text=turn.text, words=words))
        start_s = words[-1].end_s + _PAUSE_S
    digest = hashlib.sha256("\n".join(f"{turn.role}\t{turn.text}" for turn in turns).encode())
    return Transcript(
        name="", sha256=digest.hexdigest(), language="en", duration_s=start_s, turns=tuple(spoken)
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield number, line.decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} can't be read: {error}") from error


def _dialogue(line: str, place: str) -> Dialogue:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{place}: this line isn't JSON: {error}") from error
    if not isinstance(value, dict) or not isinstance(value.get("dialogue_id"), str):
        _wrong(place, "dialogue_id", "the dialogue's name as text")
    if not isinstance(value.get("turns"), list):
        _wrong(place, "turns", "a list of turns")
    turns = [_turn(turn, f"{place}: turns[{index}]") for index, turn in enumerate(value["turns"])]
    return Dialogue(
        dialogue_id=value["dialogue_id"],
        group=str(value.get("group") or value["dialogue_id"]),
        source=str(value.get("source", "")),
        turns=tuple(turn for turn in turns if turn.text),
        labels=value.get("labels") or {},
    )


def _turn(value: object, place: str) -> DialogueTurn:
    if not isinstance(value, dict) or value.get("role") not in _ROLES:
        _wrong(place, "role", f"one of {', '.join(_ROLES)}")
    if not isinstance(value.get("text"), str):
        _wrong(place, "text", "what is said as text")
    text = " ".join(value["text"].split())
    return DialogueTurn(
        role=_ROLES[value["role"]],
        text=text,
        labels=value.get("labels") or {},
        sentences=tuple(_sentences(value.get("sentences") or [], text)),
    )


def _sentences(values: Sequence[Mapping[str, Any]], text: str) -> Iterator[Sentence]:
    """Yield the sentences that stand in the turn in this order."""
    position = 0
    for value in values:
        wanted = " ".join(str(value.get("text", "")).split())
        start = text.find(wanted, position)
        if not wanted or start < 0:
            continue
        position = start + len(wanted)
        yield Sentence(start_char=start, end_char=position, emotion=value.get("emotion"))


def _wrong(place: str, field_name: str, expected: str) -> NoReturn:
    raise DataError(f"{place}: '{field_name}' must be {expected}")
