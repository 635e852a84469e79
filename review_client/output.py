"""The two streams of a command: what was asked for goes to stdout, notes and progress go to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import RenderableType

_Listed = TypeVar("_Listed", bound=Message)

# Nothing is cut in a pipe: a table is as wide as its content.
_PIPE_WIDTH: Final = 2000
# Longer lines of prose are hard to read, however wide the terminal.
PROSE_WIDTH: Final = 100


def stdout() -> Console:
    """Return the console for answers; made when asked for, so that it follows a redirected stream."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else _PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, emoji=False, markup=False)


def stderr() -> Console:
    """Return the console for people: notes, progress, mistakes."""
    width = None if sys.stderr.isatty() or os.environ.get("COLUMNS") else _PIPE_WIDTH
    return Console(file=sys.stderr, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


def note(sentence: str) -> None:
    """Tell people something that is no part of the answer."""
    stderr().print(sentence)


def complain(sentence: str) -> None:
    """Tell people about a mistake, marked as one."""
    stderr().print(Text.assemble(("error: ", "bold red"), _as_text(sentence)))


def show(*renderables: RenderableType) -> None:
    """Print answers for people: tables as wide as the terminal allows."""
    console = stdout()
    _print(console, renderables, width=console.width)


def show_prose(renderable: RenderableType) -> None:
    """Print an answer that is mostly sentences, in a width that reads well."""
    console = stdout()
    _print(console, [renderable], width=min(console.width, PROSE_WIDTH))


def _print(console: Console, renderables: Iterable[RenderableType], *, width: int) -> None:
    with console.capture() as captured:
        for renderable in renderables:
            console.print(renderable, width=width)
    # Cells are padded to their column; in a file or a copied line that padding is noise.
    for line in captured.get().splitlines():
        sys.stdout.write(line.rstrip() + "\n")


def as_json(message: Message) -> dict[str, Any]:
    """Return protobuf JSON with the contract's field names and enum words; unset plain fields are there too.

    Durations stay as in protobuf JSON ("12.340s"), times RFC 3339. An optional field without a value
    (`score` of a call in which nothing could be scored) is absent.
    """
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def show_object(content: Message | Mapping[str, Any]) -> None:
    """Print one JSON object."""
    _write_json(content if isinstance(content, Mapping) else as_json(content))


def show_array(messages: Iterable[Message]) -> None:
    """Print a JSON array, also of one message or none."""
    _write_json([as_json(message) for message in messages])


def show_list(
    messages: Sequence[_Listed],
    table: Callable[[Sequence[_Listed]], RenderableType],
    *,
    as_json: bool,
    more: bool,
    empty: str,
) -> None:
    """Print a list: a JSON array, or a table; notes say that it is empty or that there is `more`."""
    if as_json:
        show_array(messages)
    elif messages:
        show(table(messages))
    else:
        note(empty)
    if more:
        note(f"these are the first {len(messages)}; --limit 0 shows all")


def _write_json(content: Any) -> None:  # noqa: ANN401 - any JSON value
    text = json.dumps(content, indent=2, ensure_ascii=False)
    sys.stdout.write(_as_text(text) + "\n")


def _as_text(text: str) -> str:
    """Write the bytes of a file name that are no text as escapes, which JSON knows as well."""
    return text.encode(errors="backslashreplace").decode()
