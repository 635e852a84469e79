"""Lists: one row per thing, ids in full, readable at 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import batch_pb2, call_pb2, scorecard_pb2
from rich.table import Table
from rich.text import Text

from review_client.words import clock, moment, number, slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callqa.v1.rubric_pb2 import Rubric, RubricRevision
    from callqa.v1.scorecard_service_pb2 import ScorecardSummary

    from review_client.results import Result

NOTHING: Final = "-"
_STATE_STYLE: Final = {"QUARANTINED": "bold red", "SCORED": "green", "DONE": "green", "COMPLETE": "green"}


def score_text(score: float | None) -> Text:
    """Return the score, coloured by how much it asks to be read."""
    if score is None:
        return Text(NOTHING)
    style = "bold red" if score < 50 else "yellow" if score < 80 else "green"
    return Text(number(score), style=style)


def results_table(results: Iterable[Result]) -> Table:
    """Return one line per call: external id, agent, score, outcome, flags; or why it is quarantined."""
    table = _table()
    _id_column(table, "CALL")
    table.add_column("AGENT", overflow="fold")
    table.add_column("SCORE", justify="right", no_wrap=True)
    table.add_column("OUTCOME", no_wrap=True)
    table.add_column("FLAGS", overflow="fold")
    for result in results:
        if result.state == "QUARANTINED":
            outcome, notes = Text("QUARANTINED", style="bold red"), Text(result.quarantine_message)
        elif result.state == "DONE":
            outcome = Text(slug(result.outcome) or NOTHING)
            notes = Text(", ".join(result.flags) or NOTHING)
        else:
            outcome, notes = Text(slug(result.state), style="dim"), Text(NOTHING)
        name = _call_id(result.external_id, result.call)
        table.add_row(name, result.agent or NOTHING, score_text(result.score), outcome, notes)
    return table


def calls_table(calls: Iterable[call_pb2.Call]) -> Table:
    """Return one line per call."""
    table = _table()
    _id_column(table, "CALL")
    table.add_column("AGENT", overflow="fold")
    table.add_column("QUEUE", overflow="fold")
    table.add_column("STARTED (UTC)", overflow="fold")
    table.add_column("LENGTH", justify="right", no_wrap=True)
    table.add_column("STATE", no_wrap=True)
    for call in calls:
        table.add_row(
            _call_id(call.external_id, call.name),
            call.agent or NOTHING,
            call.queue or NOTHING,
            moment(call.start_time) or NOTHING,
            clock(call.duration) if call.HasField("duration") else NOTHING,
            state_text(word_of(call_pb2.Call.State, call.state)),
        )
    return table


def scorecards_table(summaries: Iterable[ScorecardSummary]) -> Table:
    """Return one line per scorecard."""
    table = _table()
    _id_column(table, "CALL")
    table.add_column("AGENT", overflow="fold")
    table.add_column("QUEUE", overflow="fold")
    table.add_column("SCORE", justify="right", no_wrap=True)
    table.add_column("OUTCOME", no_wrap=True)
    table.add_column("FLAGS", overflow="fold")
    for summary in summaries:
        table.add_row(
            _call_id(summary.external_id, summary.scorecard),
            summary.agent or NOTHING,
            summary.queue or NOTHING,
            score_text(summary.score if summary.HasField("score") else None),
            slug(word_of(scorecard_pb2.Outcome.Result, summary.outcome)) or NOTHING,
            ", ".join(summary.flags) or NOTHING,
        )
    return table


def batches_table(batches: Iterable[batch_pb2.Batch]) -> Table:
    """Return one line per batch."""
    table = _table()
    _id_column(table, "BATCH")
    table.add_column("STATE", no_wrap=True)
    table.add_column("CALLS", overflow="fold")
    table.add_column("MADE (UTC)", overflow="fold")
    for batch in batches:
        counts = batch.counts
        left = counts.pending + counts.transcribing + counts.scoring
        parts = ((counts.done, "done"), (counts.quarantined, "quarantined"), (left, "to do"))
        table.add_row(
            batch.name.removeprefix("batches/"),
            state_text(word_of(batch_pb2.Batch.State, batch.state)),
            ", ".join(f"{count} {word}" for count, word in parts if count) or NOTHING,
            moment(batch.create_time) or NOTHING,
        )
    return table


def rubrics_table(rubrics: Iterable[Rubric]) -> Table:
    """Return one line per rubric."""
    table = _table()
    table.add_column("RUBRIC", overflow="fold")
    table.add_column("CURRENT REVISION", overflow="fold")
    for rubric in rubrics:
        table.add_row(
            rubric.name.removeprefix("rubrics/"), rubric.current_revision.rpartition("/")[2] or NOTHING
        )
    return table


def criteria_table(revision: RubricRevision) -> Table:
    """Return one line per question of a scorecard form; the questions take the room that is left."""
    table = _table()
    table.expand = True
    table.add_column("SECTION", overflow="fold")
    _id_column(table, "CRITERION")
    table.add_column("POINTS", justify="right", no_wrap=True)
    table.add_column("QUESTION", overflow="fold", ratio=1)
    section = None
    for criterion in revision.criteria:
        question = Text(criterion.title)
        if criterion.auto_fail:
            question.append(" (auto-fail)", style="red")
        shown = criterion.section if criterion.section != section else ""
        section = criterion.section
        table.add_row(shown, criterion.id, number(criterion.points), question)
    return table


def state_text(word: str) -> Text:
    """Return a state's word, coloured when it is an end."""
    return Text(slug(word) or NOTHING, style=_STATE_STYLE.get(word, ""))


def _call_id(external_id: str, name: str) -> str:
    # Every command takes an external id for a call; --json has the names.
    return external_id or name.split("/")[1]


def _table() -> Table:
    # No frame: lines can be cut out with standard tools, and 80 columns hold more.
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")


def _id_column(table: Table, title: str) -> None:
    # Folded where the terminal is narrow, never cut: an id that lacks its end is worth nothing.
    table.add_column(title, overflow="fold")
