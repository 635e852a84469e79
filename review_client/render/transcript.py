"""A transcript as people read it: one turn after another, with its time and its speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from review_client.render.evidence import role_word
from review_client.render.speakers import speaker_names, speakers_table
from review_client.words import clock, counted

if TYPE_CHECKING:
    from callqa.v1.call_pb2 import Call
    from callqa.v1.transcript_pb2 import Transcript
    from rich.console import RenderableType

# A role that nobody stated may be a guess; the reader should know.
_SURE_ROLE: Final = 0.9
_ROLE_STYLE: Final = {"agent": "bold cyan", "customer": "bold magenta"}


def transcript_text(transcript: Transcript, call: Call) -> Group:
    """Return who speaks, then the turns in order: start time, speaker, words."""
    head = Text(call.external_id or call.name, style="bold")
    head.append(
        f"  {clock(transcript.duration)}  {counted(len(transcript.turns), 'turn')}  {transcript.language}",
        style="not bold",
    )
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, justify="right", style="dim")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    names = speaker_names(transcript)
    for turn in transcript.turns:
        role = role_word(turn.role)
        speaker = Text(names.get(turn.speaker, role), style=_ROLE_STYLE.get(role, ""))
        if 0 < turn.role_confidence < _SURE_ROLE:
            speaker.append(f" {turn.role_confidence:.0%}", style="dim not bold")
        start = clock(turn.words[0].start_offset) if turn.words else ""
        grid.add_row(start, speaker, turn.text)
    model = Text(f"heard by {transcript.model_version}", style="dim", overflow="fold")
    parts: list[RenderableType] = [head]
    if transcript.speakers:
        parts += [Text(), speakers_table(transcript)]
    return Group(*parts, Text(), grid, Text(), model)
