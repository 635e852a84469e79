"""Profiles of queues: a list, and one with its whole vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.table import Table

from review_client.render.evidence import role_word
from review_client.words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callqa.v1.queue_profile_pb2 import QueueProfile

_NOTHING: Final = "-"
_DETECTED: Final = "und"


def profiles_table(profiles: Iterable[QueueProfile]) -> Table:
    """Return one line per profile."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    table.add_column("QUEUE", overflow="fold")
    table.add_column("LANGUAGE", no_wrap=True)
    table.add_column("CHANNELS", overflow="fold")
    table.add_column("VOCABULARY", justify="right", no_wrap=True)
    for profile in profiles:
        table.add_row(
            profile.queue,
            profile.language or _NOTHING,
            _channels(profile) or _NOTHING,
            str(len(profile.vocabulary)),
        )
    return table


def profile_facts(profile: QueueProfile) -> Table:
    """Return the profile as lines of name and value."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    language = "detected in each call" if profile.language == _DETECTED else profile.language
    grid.add_row("queue", profile.queue)
    grid.add_row("language", language or "English, as by rule")
    grid.add_row("channels", _channels(profile) or "as by rule: of two channels the first is the agent's")
    for position, entry in enumerate(profile.vocabulary or ["none"]):
        grid.add_row("" if position else "vocabulary", entry)
    grid.add_row("changed", f"{moment(profile.update_time)} UTC")
    return grid


def _channels(profile: QueueProfile) -> str:
    return ", ".join(role_word(role) for role in profile.channel_roles)
