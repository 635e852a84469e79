"""The voices of a call: who they are, how sure that is, and how it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2
from rich.table import Table

from review_client.render.evidence import role_word
from review_client.words import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCES: Final[Mapping[transcript_pb2.RoleSource.ValueType, str]] = {
    transcript_pb2.STATED: "stated",
    transcript_pb2.CONVENTION: "by rule: the first of two channels is the agent's",
    transcript_pb2.SPEECH: "by what is said",
    transcript_pb2.CORRECTED: "set by a person",
}


def speaker_names(transcript: transcript_pb2.Transcript) -> dict[int, str]:
    """Return each speaker's role by index, with the index where several have the same."""
    roles = [role_word(speaker.role) for speaker in transcript.speakers]
    return {index: f"{role} {index}" if roles.count(role) > 1 else role for index, role in enumerate(roles)}


def speakers_table(transcript: transcript_pb2.Transcript) -> Table:
    """Return one line per speaker: index, role, how sure it is, where it comes from, channel."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    table.add_column("SPEAKER", justify="right", no_wrap=True)
    table.add_column("ROLE", no_wrap=True)
    table.add_column("SURE", justify="right", no_wrap=True)
    table.add_column("HOW", overflow="fold")
    table.add_column("CHANNEL", justify="right", no_wrap=True)
    for speaker in transcript.speakers:
        how = _SOURCES.get(speaker.role_source, "-")
        if speaker.separation_confidence < 1:
            how += f"; its words are told apart with {percent(speaker.separation_confidence)}"
        table.add_row(
            str(speaker.index),
            role_word(speaker.role),
            percent(speaker.role_confidence),
            how,
            str(speaker.channel),
        )
    return table
