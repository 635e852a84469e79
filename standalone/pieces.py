"""The pieces of a local stack: what each one runs, with which settings, and where it answers.

Pure: the same ports, database and environment give the same pieces.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from standalone.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

TRANSCRIPTION: Final = "transcription"
SCORING: Final = "scoring"
REVIEW_API: Final = "review_api"
MONGOD: Final = "mongod"
SERVERS: Final = (TRANSCRIPTION, SCORING, REVIEW_API)
MONGODB_VARIABLE: Final = "MONGODB_URI"
# Says in a process's environment whose piece it is, so that one whose record was lost is found again.
MARK_VARIABLE: Final = "CALLQA_STACK_HOME"

# A user who changes these for review_api means the workers too: both use the same store.
_SHARED_WITH_WORKERS: Final = ("MONGODB_DATABASE", "RECORDINGS_URL")
_PREFIXES: Final = {
    TRANSCRIPTION: "CALLQA_TRANSCRIPTION_",
    SCORING: "CALLQA_SCORING_",
    REVIEW_API: "CALLQA_REVIEW_API_",
    "worker": "CALLQA_WORKER_",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One process to run. `environment` is all of it and may hold a password: it never shows in a repr.

    `packages` are the top-level packages whose code it runs; `port` is None for what serves nothing.
    """

    name: str
    argv: tuple[str, ...]
    packages: tuple[str, ...]
    port: int | None
    environment: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a piece that cannot be started."""
        if not (self.name and self.argv):
            raise ValueError("a piece needs a name and an argv")

    @property
    def address(self) -> str | None:
        """Where it answers, as `127.0.0.1:PORT`."""
        return address_of(self.port) if self.port else None


def address_of(port: int) -> str:
    """Return the loopback address of a port, as `127.0.0.1:PORT`."""
    return f"{LOOPBACK}:{port}"


def port_variable(server: str) -> str:
    """Return the variable with which a user fixes a server's port."""
    return f"{_PREFIXES[server]}PORT"


def engine_pieces(
    *,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
    home: str,
    hearing_processes: int | None = None,
) -> list[Piece]:
    """Return the pieces that need no database: they load models while it starts.

    `hearing_processes` is the number of calls heard at once; None leaves it to transcription.
    """
    hearing = {} if hearing_processes is None else {"HEARING_PROCESSES": str(hearing_processes)}
    return [
        _server(TRANSCRIPTION, ports=ports, environment=environment, home=home, wiring=hearing),
        _server(SCORING, ports=ports, environment=environment, home=home, wiring={}),
    ]


def store_pieces(
    *, ports: Mapping[str, int], environment: Mapping[str, str], home: str, mongodb_uri: str, workers: int
) -> list[Piece]:
    """Return review_api and the workers, which share the database at `mongodb_uri`."""
    wiring = {
        "MONGODB_URI": mongodb_uri,
        "SCORING_ADDRESS": address_of(ports[SCORING]),
        "TRANSCRIPTION_ADDRESS": address_of(ports[TRANSCRIPTION]),
    }
    shared = {
        name: environment[variable]
        for name in _SHARED_WITH_WORKERS
        if (variable := f"{_PREFIXES[REVIEW_API]}{name}") in environment
    }
    review_api = _server(
        REVIEW_API,
        ports=ports,
        environment=environment,
        home=home,
        wiring={
            "MONGODB_URI": mongodb_uri,
            "SCORING_ADDRESS": address_of(ports[SCORING]),
            # Two for each worker: whoever is done early takes over from who is not.
            "TARGET_SHARDS": str(2 * workers),
        },
    )
    return [
        review_api,
        *(
            Piece(
                name=f"worker-{number}",
                argv=(*_python("review_api.worker"), "--watch"),
                packages=("callqa", "review_api", "servicekit"),
                port=None,
                environment=_environment(
                    "worker", environment=environment, home=home, settings={**wiring, **shared}
                ),
            )
            for number in range(1, workers + 1)
        ),
    ]


def _server(
    name: str,
    *,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
    home: str,
    wiring: Mapping[str, str],
) -> Piece:
    # Nothing on this machine balances load over several servers, so none has to move away before one stops.
    settings = {"PORT": str(ports[name]), "DRAIN_S": "0", **wiring}
    return Piece(
        name=name,
        argv=_python(name),
        packages=("callqa", name, "servicekit"),
        port=ports[name],
        environment=_environment(name, environment=environment, home=home, settings=settings),
    )


def _python(module: str) -> tuple[str, ...]:
    # -P: a folder `scoring` where the user happens to stand is not our package.
    return (sys.executable, "-P", "-m", module)


def _environment(
    kind: str, *, environment: Mapping[str, str], home: str, settings: Mapping[str, str]
) -> dict[str, str]:
    """Return the user's environment without other pieces' settings, with ours where the user set none."""
    others = tuple(prefix for other, prefix in _PREFIXES.items() if other != kind)
    passed = {
        key: value
        for key, value in environment.items()
        if not key.startswith(others) and key != MONGODB_VARIABLE and value
    }
    ours = {f"{_PREFIXES[kind]}{key}": value for key, value in settings.items()}
    return {**ours, **passed, MARK_VARIABLE: home}
