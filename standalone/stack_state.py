"""What a stack remembers between two commands: its processes, their ports and its database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from standalone.private_files import read_json, write_private_json
from standalone.processes import ProcessIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRecord:
    """A piece that was started: which process, from which fingerprint, serving where (None: nowhere)."""

    process: ProcessIdentity
    fingerprint: str
    port: int | None

    def __post_init__(self) -> None:
        """Refuse a record that tells nothing."""
        if not self.fingerprint:
            raise ValueError("a piece's fingerprint is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackState:
    """The state of one home folder. `mongodb_uri` is the user's own database (None: the embedded one)."""

    pieces: Mapping[str, PieceRecord] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    mongodb_uri: str | None = field(default=None, repr=False)

    def with_piece(self, name: str, record: PieceRecord) -> Self:
        """Return the state with this piece started."""
        return replace(self, pieces={**self.pieces, name: record})

    def without_piece(self, name: str) -> Self:
        """Return the state with this piece stopped; its port stays its own."""
        return replace(self, pieces={key: value for key, value in self.pieces.items() if key != name})


def read_state(path: Path) -> StackState:
    """Read the state; what is missing or damaged counts as not remembered."""
    content = read_json(path)
    pieces = {}
    for name, entry in _mapping(content.get("pieces")).items():
        try:
            process = ProcessIdentity(pid=int(entry["pid"]), started_s=float(entry["started_s"]))
            port = None if entry["port"] is None else int(entry["port"])
            pieces[name] = PieceRecord(process=process, fingerprint=str(entry["fingerprint"]), port=port)
        except (KeyError, TypeError, ValueError):
            continue
    ports = {name: port for name, port in _mapping(content.get("ports")).items() if isinstance(port, int)}
    uri = content.get("mongodb_uri")
    return StackState(pieces=pieces, ports=ports, mongodb_uri=uri if isinstance(uri, str) else None)


def write_state(path: Path, state: StackState) -> None:
    """Replace the state file (mode 0600: it may hold the password of the user's own database)."""
    pieces = {
        name: {
            "pid": record.process.pid,
            "started_s": record.process.started_s,
            "fingerprint": record.fingerprint,
            "port": record.port,
        }
        for name, record in state.pieces.items()
    }
    write_private_json(path, {"pieces": pieces, "ports": dict(state.ports), "mongodb_uri": state.mongodb_uri})


def _mapping(content: object) -> dict[str, Any]:
    return content if isinstance(content, dict) else {}
