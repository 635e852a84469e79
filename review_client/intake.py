"""What is to be uploaded: calls as the user described them, and what is wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callqa.v1 import call_pb2
from google.protobuf.timestamp_pb2 import Timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from callqa.v1.transcript_pb2 import SpeakerRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the user wrote something: a file alone, a line of it (from 1), a column of that line."""

    file: str
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        column = f": {self.column}" if self.column else ""
        return f"{self.file}{line}{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why one call, or one file, is left out, and what to do."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        """Return the problem for programs; `line` and `column` are null where none is meant."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSpec:
    """One audio file of a call. Empty roles leave it to the server's rule for that number of channels."""

    path: Path
    channel_roles: tuple[SpeakerRole.ValueType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpec:
    """One call to upload. `place` is where the user named it."""

    place: Place
    external_id: str
    legs: tuple[LegSpec, ...]
    agent: str = ""
    queue: str = ""
    started_at: datetime | None = None
    language: str = ""
    labels: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.legs:
            raise ValueError("a call has at least one recording")
        if self.started_at is not None and self.started_at.tzinfo is None:
            raise ValueError("started_at needs its offset from UTC")

    def as_call(self, sha256_of: Mapping[Path, str]) -> call_pb2.Call:
        """Return the call on the wire; `sha256_of` gives the hash of every leg's file."""
        start_time = None
        if self.started_at is not None:
            start_time = Timestamp()
            start_time.FromDatetime(self.started_at)
        return call_pb2.Call(
            external_id=self.external_id,
            agent=self.agent,
            queue=self.queue,
            start_time=start_time,
            language=self.language,
            labels=self.labels,
            legs=[
                call_pb2.Leg(
                    recording=f"recordings/{sha256_of[leg.path]}",
                    channel_roles=leg.channel_roles,
                    file_name=leg.path.name,
                )
                for leg in self.legs
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The calls found, in a fixed order, the problems met, and remarks that are no problem."""

    calls: tuple[CallSpec, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


def file_problem(path: Path) -> str | None:
    """Say why `path` can't be uploaded as it is on disk, or None."""
    try:
        if path.exists() and not path.is_file():
            # Opening a pipe would wait for someone who writes into it.
            return f"is {'a folder' if path.is_dir() else 'a pipe or device'}; name the file itself"
        size_bytes = path.stat().st_size
        with path.open("rb"):
            pass
        path.name.encode()
    except UnicodeEncodeError:
        return "has a name that is not UTF-8, so the server can't be told it; rename the file"
    except FileNotFoundError:
        return "there is no such file; correct the path"
    except OSError as error:
        return f"can't be read ({error.strerror or 'unknown cause'}); correct the path or its permissions"
    except ValueError:
        # A NUL character, which no file system takes.
        return "is no file name; correct the path"
    return None if size_bytes else "is empty (0 bytes); export the recording again"
