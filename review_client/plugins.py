"""Commands that other packages add: typer apps under the entry-point group `callqa.commands`."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from review_client.errors import WrongInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

GROUP: Final = "callqa.commands"
# Commands of extras that may be missing: whoever types one should learn where it is.
_COMMANDS_OF_EXTRA: Final = {"standalone": ("up", "status", "down")}


def add_plugins(app: typer.Typer) -> None:
    """Add the commands of every plug-in that is installed, and a hint in place of those that are not."""
    missing = dict.fromkeys(_COMMANDS_OF_EXTRA, "it is not installed")
    for entry_point in sorted(entry_points(group=GROUP), key=lambda found: found.name):
        try:
            plugin = entry_point.load()
        except ModuleNotFoundError as error:
            missing[entry_point.name] = f"the module {error.name} is missing"
            continue
        missing.pop(entry_point.name, None)
        app.add_typer(plugin)
    for extra, why in missing.items():
        for command in _COMMANDS_OF_EXTRA.get(extra, ()):
            app.command(
                command,
                help=f"Needs the extra {extra}, which is not installed.",
                context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
                rich_help_panel="Local stack",
            )(_hint(command, extra, why))


def _hint(command: str, extra: str, why: str) -> Callable[[], None]:
    def hint() -> None:
        raise WrongInputError(
            f"`callqa {command}` needs the extra {extra} ({why}): "
            f"install it with `pip install 'callqa[{extra}]'`"
        )

    return hint
