"""What a scorecard says of the whole call: issues, occasions for empathy, mood, commitments, estimates."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from callqa.v1 import scorecard_pb2
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_client.render.evidence import findings_grid
from review_client.words import clock, number, slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callqa.v1.finding_pb2 import Finding
    from callqa.v1.transcript_pb2 import Transcript
    from google.type.date_pb2 import Date
    from rich.console import RenderableType

_INDENT: Final = 8
_STATE_STYLES: Final = {
    scorecard_pb2.Opportunity.ANSWERED: "green",
    scorecard_pb2.Opportunity.LATE: "yellow",
    scorecard_pb2.Opportunity.EMPTY: "yellow",
    scorecard_pb2.Opportunity.MISSED: "red",
}


def outcome_parts(
    card: scorecard_pb2.Scorecard, findings: Mapping[str, Finding], transcript: Transcript | None
) -> Iterable[RenderableType]:
    """Yield the result with the words that decided it, and each issue where there are several."""
    outcome = card.outcome
    yield Padding(Text(_result(outcome), style="bold"), (0, 0, 0, 2))
    several = len(outcome.issues) > 1
    if several:
        for position, issue in enumerate(outcome.issues, start=1):
            yield Padding(Text(f"Issue {position}: {_result(issue)}"), (0, 0, 0, 4))
            yield from _quotes(issue.finding_ids, findings, transcript)
    else:
        # In the server's order: the deciding one last.
        yield from _quotes(outcome.finding_ids, findings, transcript)


def _result(outcome: scorecard_pb2.Outcome | scorecard_pb2.Outcome.Issue) -> str:
    result = slug(word_of(scorecard_pb2.Outcome.Result, outcome.result)) or "-"
    reason = slug(word_of(scorecard_pb2.Outcome.EscalationReason, outcome.escalation_reason))
    return f"{result} ({reason.replace('-', ' ')})" if reason else result


def fact_parts(
    card: scorecard_pb2.Scorecard, findings: Mapping[str, Finding], transcript: Transcript | None
) -> Iterable[RenderableType]:
    """Yield a part for each sort of fact that the scorecard holds, under its heading."""
    for title, parts in (
        ("Occasions for empathy", list(_opportunities(card, findings, transcript))),
        ("The customer's mood, from words alone", list(_mood(card, findings))),
        ("Commitments", list(_commitments(card, findings))),
        ("Estimates", list(_estimates(card))),
    ):
        if parts:
            yield Text()
            yield Text(title, style="bold underline")
            yield from parts


def _quotes(
    finding_ids: Iterable[str], findings: Mapping[str, Finding], transcript: Transcript | None
) -> Iterable[RenderableType]:
    found = [findings[finding_id] for finding_id in finding_ids if finding_id in findings]
    if found:
        yield Padding(findings_grid(found, transcript), (0, 0, 0, _INDENT))


def _opportunities(
    card: scorecard_pb2.Scorecard, findings: Mapping[str, Finding], transcript: Transcript | None
) -> Iterable[RenderableType]:
    for opportunity in card.opportunities:
        state = slug(word_of(scorecard_pb2.Opportunity.State, opportunity.state))
        yield Padding(Text(state, style=_STATE_STYLES.get(opportunity.state, "")), (0, 0, 0, 2))
        yield from _quotes([opportunity.trigger_id, *opportunity.answer_ids], findings, transcript)


def _mood(card: scorecard_pb2.Scorecard, findings: Mapping[str, Finding]) -> Iterable[RenderableType]:
    """Yield one line per change of mood; turns that say nothing of it are counted together."""
    told = [emotion for emotion in card.customer_emotions if emotion.finding_ids]
    if not told:
        return
    grid = _grid()
    for label, group in groupby(told, key=lambda emotion: emotion.label):
        emotions = list(group)
        quotes = [
            findings[finding_id]
            for emotion in emotions
            for finding_id in emotion.finding_ids
            if finding_id in findings
        ]
        first = quotes[0].evidence[0] if quotes and quotes[0].evidence else None
        words = ", ".join(f"“{evidence.quote}”" for quote in quotes[:3] for evidence in quote.evidence)
        word = slug(word_of(scorecard_pb2.CustomerEmotion.Label, label))
        grid.add_row(clock(first.start_offset) if first else "", word, words)
    yield Padding(grid, (0, 0, 0, 2))


def _commitments(card: scorecard_pb2.Scorecard, findings: Mapping[str, Finding]) -> Iterable[RenderableType]:
    if not card.commitments:
        return
    grid = _grid()
    for commitment in card.commitments:
        finding = findings.get(commitment.finding_id)
        when = clock(finding.evidence[0].start_offset) if finding and finding.evidence else ""
        owner = slug(word_of(scorecard_pb2.Commitment.Owner, commitment.owner)) or "nobody named"
        due = _date(commitment.due_date) if commitment.HasField("due_date") else ""
        said = commitment.due_text and f"“{commitment.due_text}”"
        by_when = " = ".join(filter(None, (said, due))) or "no time said"
        grid.add_row(when, owner, f"“{commitment.what}”  {by_when}")
    yield Padding(grid, (0, 0, 0, 2))


def _date(date: Date) -> str:
    return f"{date.year:04}-{date.month:02}-{date.day:02}"


def _estimates(card: scorecard_pb2.Scorecard) -> Iterable[RenderableType]:
    for proxy in card.proxies:
        figure = Text(f"{proxy.name} {number(proxy.value)}", style="bold")
        figure.append(f", in nine of ten calls {number(proxy.low)} to {number(proxy.high)}", style="not bold")
        yield Padding(figure, (0, 0, 0, 2))
        yield Padding(Text(proxy.explanation, style="dim"), (0, 0, 0, _INDENT))


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
