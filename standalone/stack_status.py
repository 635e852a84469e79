"""How the pieces of a stack are, without touching any of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from standalone.database import answers, hosts_of
from standalone.mongod import EmbeddedMongod
from standalone.piece_starts import is_ready
from standalone.pieces import MONGOD, SERVERS, address_of
from standalone.processes import is_running, uptime_s
from standalone.stack_state import read_state

if TYPE_CHECKING:
    from pathlib import Path

    from standalone.stack_state import PieceRecord


class Health(StrEnum):
    """How a piece is."""

    SERVING = "SERVING"
    NOT_SERVING = "NOT_SERVING"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceStatus:
    """One line of `callqa status`. `uptime_s`, `pid` and `address` are None where there is none."""

    name: str
    health: Health
    pid: int | None = None
    address: str | None = None
    uptime_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse an uptime that cannot be."""
        if self.uptime_s is not None and self.uptime_s < 0:
            raise ValueError(f"uptime {self.uptime_s} s is negative")

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def stack_status(home: Path) -> list[PieceStatus]:
    """Return the database, the servers and the workers that were started, in this order."""
    home = home.resolve()
    state = read_state(home / "state.json")
    names = [*SERVERS, *sorted(name for name in state.pieces if name not in SERVERS)]
    with ThreadPoolExecutor(max_workers=len(names) + 1) as probes:
        database = probes.submit(_database, home, state.mongodb_uri)
        pieces = probes.map(lambda name: _piece(name, state.pieces.get(name)), names)
        return [database.result(), *pieces]


def _piece(name: str, record: PieceRecord | None) -> PieceStatus:
    if record is None or not is_running(record.process):
        return PieceStatus(name=name, health=Health.STOPPED)
    address = address_of(record.port) if record.port else None
    return PieceStatus(
        name=name,
        health=Health.SERVING if is_ready(address) else Health.NOT_SERVING,
        pid=record.process.pid,
        address=address,
        uptime_s=round(uptime_s(record.process), 1),
    )


def _database(home: Path, given_uri: str | None) -> PieceStatus:
    if given_uri:
        health = Health.SERVING if answers(given_uri) else Health.NOT_SERVING
        return PieceStatus(name="mongodb", health=health, address=hosts_of(given_uri))
    running = EmbeddedMongod(home / "mongodb").find()
    if running is None:
        return PieceStatus(name=MONGOD, health=Health.STOPPED)
    return PieceStatus(
        name=MONGOD,
        health=Health.SERVING if answers(running.uri) else Health.NOT_SERVING,
        pid=running.process.pid,
        address=address_of(running.port),
        uptime_s=round(uptime_s(running.process), 1),
    )
