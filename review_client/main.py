"""The `callqa` command: puts the commands together and turns failures into one sentence and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Final

import typer

from review_client import output
from review_client.commands import (
    acoustics,
    batches,
    calls,
    packs,
    quality,
    queues,
    rubrics,
    scorecards,
    upload,
)
from review_client.errors import ClientError, ExitCode
from review_client.plugins import add_plugins

if TYPE_CHECKING:
    from collections.abc import Sequence

DEBUG_VARIABLE: Final = "CALLQA_DEBUG"

# One line per paragraph: the help text is folded to the terminal's width.
_HELP: Final = (
    "Review recorded calls: upload them, read their scorecards, and see the words every point rests on."
    "\n\n"
    "Nothing leaves your machines: commands talk to the callqa server that you run, and to nothing else."
)
_EPILOG: Final = (
    "First steps: callqa up; callqa upload recordings/ --watch --explain; callqa scorecard CALL"
    "\n\n"
    "With --json lists print an array and single things an object, with the contract's field names; "
    'durations are written as "12.340s", times in RFC 3339. Notes, progress and mistakes go to stderr.'
)


def build_app(*, with_plugins: bool = True) -> typer.Typer:
    """Return the command with all its parts, and with what other packages add."""
    app = typer.Typer(
        name="callqa",
        help=_HELP,
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    app.command("upload", epilog=upload.EPILOG)(upload.upload)
    app.add_typer(calls.app)
    app.command("transcript", epilog="Example: callqa transcript 2026-05-02-0917")(calls.transcript)
    app.command("acoustics", epilog="Example: callqa acoustics 2026-05-02-0917")(acoustics.acoustics)
    app.command("quality", epilog="Example: callqa quality 2026-05-02-0917")(quality.quality)
    app.add_typer(scorecards.app)
    app.command("scorecard", epilog="Example: callqa scorecard 2026-05-02-0917")(scorecards.scorecard)
    app.add_typer(batches.app)
    app.add_typer(rubrics.app)
    app.add_typer(packs.app)
    app.add_typer(queues.app)
    if with_plugins:
        add_plugins(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; `arguments` are those of the process unless given."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}
    if not debug:
        # grpc logs tracebacks of errors that the command reports itself.
        logging.getLogger("grpc").addHandler(logging.NullHandler())
    try:
        code = _run(given)
        # What is left in the buffer would meet a full disk only at the interpreter's end, in its own words.
        sys.stdout.flush()
    except ClientError as error:
        if debug:
            raise
        output.complain(str(error))
        return error.exit_code
    except OSError as error:
        if debug:
            raise
        # Files that are read have their own sentences; what is left is the answer, as on a full disk.
        place = error.filename or "the output"
        _drop_answer()
        output.complain(f"{place}: can't be written ({error.strerror or 'unknown cause'}); make room for it")
        return ExitCode.FAILED
    except Exception as error:
        if debug:
            raise
        output.complain(
            f"callqa met an error of its own ({type(error).__name__}); "
            f"run it with {DEBUG_VARIABLE}=1 to see where, and report it"
        )
        return ExitCode.FAILED
    return code


def _run(arguments: list[str]) -> int:
    app = build_app(with_plugins=_needs_plugins(arguments))
    try:
        app(args=arguments, prog_name="callqa")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.DONE
    return ExitCode.DONE


def _drop_answer() -> None:
    """Send what can't be written nowhere, or the interpreter would try it again at its end."""
    # A stream that is no file, as in a test, has nothing to be redirected.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _needs_plugins(arguments: Sequence[str]) -> bool:
    """Tell whether a command of another package may be meant: importing them takes long."""
    command = next((argument for argument in arguments if not argument.startswith("-")), None)
    own = {
        "acoustics",
        "batches",
        "calls",
        "packs",
        "quality",
        "queues",
        "rubrics",
        "scorecard",
        "scorecards",
        "transcript",
        "upload",
    }
    return command not in own


def _show_version(value: bool) -> None:  # noqa: FBT001 - typer's signature
    if value:
        sys.stdout.write(f"callqa {version('callqa')}\n")
        raise typer.Exit


def _options(
    *,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Take the options before a command."""
