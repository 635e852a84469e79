"""`callqa up`, `callqa status` and `callqa down`: the stack on this machine."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Self

import typer
from rich.console import Console
from rich.table import Table

from review_client.errors import ClientError, ExitCode
from review_client.home import stack_home
from servicekit.cores import usable_cores
from servicekit.errors import CallqaError
from standalone.stack import START_TIMEOUT_S, Stack
from standalone.stack_status import Health, stack_status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from rich.status import Status

_PANEL = "Local stack"

app = typer.Typer(help="callqa on this machine.")


class ConsoleProgress:
    """A line on stderr for each piece that is done, and on a terminal a spinner with those that are not."""

    def __init__(self, doing: str) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._doing = doing
        self._status: Status = self._console.status(doing)
        self.pieces_done = 0

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def waiting_for(self, pieces: list[str]) -> None:
        """Name the pieces beside the spinner."""
        self._status.update(f"{self._doing} {', '.join(pieces)}")

    def done(self, piece: str, what: str) -> None:
        """Print the piece's line."""
        self.pieces_done += 1
        self._console.print(f"{piece:<14} {what}", markup=False, soft_wrap=True)


@app.command(rich_help_panel=_PANEL)
def up(
    workers: Annotated[
        int | None,
        typer.Option(
            envvar="CALLQA_WORKERS", min=1, max=64, help="Calls worked on at once.", show_default="CPU cores"
        ),
    ] = None,
    start_timeout_s: Annotated[
        float, typer.Option(envvar="CALLQA_START_TIMEOUT_S", min=1, help="How long the pieces may take.")
    ] = START_TIMEOUT_S,
) -> None:
    """Start callqa on this machine, or repair it; what runs already is left alone.

    Everything lives in CALLQA_HOME (else the nearest .callqa folder, else ~/.callqa): data, logs, state. Set
    MONGODB_URI to use a MongoDB of your own. CALLQA_TRANSCRIPTION_*, CALLQA_SCORING_*, CALLQA_REVIEW_API_*
    and CALLQA_WORKER_* variables reach the pieces. The pieces run until `callqa down`.
    """
    with _plain_errors(), ConsoleProgress("starting") as progress:
        stack = Stack(
            stack_home(), environment=os.environ, progress=progress, start_timeout_s=start_timeout_s
        )
        stack.up(workers=workers or usable_cores())


@app.command(rich_help_panel=_PANEL)
def status(*, as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array.")] = False) -> None:
    """Show the pieces of callqa on this machine. Exit code 0 when all of them serve, else 3."""
    with _plain_errors():
        pieces = stack_status(stack_home())
    if as_json:
        print(json.dumps([piece.as_json() for piece in pieces], indent=2))
    else:
        table = Table("PIECE", "HEALTH", "PID", "ADDRESS", "UPTIME", box=None, pad_edge=False)
        for piece in pieces:
            table.add_row(
                piece.name,
                piece.health,
                str(piece.pid or ""),
                piece.address or "",
                "" if piece.uptime_s is None else _duration(piece.uptime_s),
            )
        Console(highlight=False).print(table)
    if any(piece.health is not Health.SERVING for piece in pieces):
        raise typer.Exit(ExitCode.UNREACHABLE)


@app.command(rich_help_panel=_PANEL)
def down() -> None:
    """Stop callqa on this machine; its data stay."""
    with _plain_errors(), ConsoleProgress("stopping") as progress:
        Stack(stack_home(), environment=os.environ, progress=progress).down()
    if not progress.pieces_done:
        print("nothing runs", file=sys.stderr)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Let the client print our errors as it prints its own."""
    try:
        yield
    except CallqaError as error:
        raise ClientError(error.message) from error
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        raise ClientError(f"{what} (CALLQA_HOME names the folder to use)") from error


def _duration(seconds: float) -> str:
    minutes, rest_s = divmod(int(seconds), 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest_min} min"
    return f"{rest_min} min {rest_s} s" if minutes else f"{rest_s} s"
