"""One call with everything that is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import call_pb2
from rich.table import Table
from rich.text import Text

from review_client.render.evidence import role_word
from review_client.render.quality import gravest_warning
from review_client.render.tables import state_text
from review_client.words import clock, moment, word_of

if TYPE_CHECKING:
    from callqa.v1.transcript_pb2 import Transcript
    from rich.console import RenderableType


def call_facts(call: call_pb2.Call, transcript: Transcript | None) -> Table:
    """Return the call as lines of name and value, with the gravest warning of its transcript.

    What isn't known is left out.
    """
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")

    def fact(title: str, value: RenderableType) -> None:
        if value:
            grid.add_row(title, value)

    fact("call", call.name)
    fact("external id", call.external_id)
    fact("state", state_text(word_of(call_pb2.Call.State, call.state)))
    if call.HasField("quarantine"):
        fact("quarantined", Text(call.quarantine.message, style="red"))
        fact("reason", call.quarantine.reason)
    if transcript is not None and transcript.quality.warnings:
        fact("warning", Text(gravest_warning(transcript), style="yellow"))
    fact("agent", call.agent)
    fact("queue", call.queue)
    fact("started", f"{moment(call.start_time)} UTC" if moment(call.start_time) else "")
    fact("length", clock(call.duration) if call.HasField("duration") else "")
    fact("language", call.language)
    for leg in call.legs:
        roles = ", ".join(role_word(role) for role in leg.channel_roles)
        fact("recording", f"{leg.file_name} ({roles})" if roles else leg.file_name)
        fact("", leg.recording)
    for key, value in sorted(call.labels.items()):
        fact(f"label {key}", value)
    fact("transcript", call.transcript)
    fact("scorecard", call.scorecard)
    fact("stored", f"{moment(call.create_time)} UTC" if moment(call.create_time) else "")
    return grid
