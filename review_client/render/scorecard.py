"""One scorecard: every answer with its reason, its quotes and what was searched."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from callqa.v1 import scorecard_pb2
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from review_client.render.call_facts import fact_parts, outcome_parts
from review_client.render.evidence import findings_grid
from review_client.render.quality import listen_first, other_warnings
from review_client.render.tables import NOTHING, score_text
from review_client.words import clock, moment, number, slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callqa.v1.call_pb2 import Call
    from callqa.v1.finding_pb2 import Finding
    from callqa.v1.rubric_pb2 import Criterion, RubricRevision
    from callqa.v1.transcript_pb2 import Transcript
    from rich.console import RenderableType

_BADGES: Final = {
    scorecard_pb2.Answer.PASS: ("PASS", "bold green"),
    scorecard_pb2.Answer.FAIL: ("FAIL", "bold red"),
    scorecard_pb2.Answer.NOT_APPLICABLE: ("N.A.", "dim"),
    scorecard_pb2.Answer.INSUFFICIENT_EVIDENCE: ("?", "bold yellow"),
}
_LEGEND: Final = (
    "N.A.: the call gave no occasion for it (--full says why).  "
    "?: the words are too few or too unsure; listen yourself."
)
# Under the badge's column, so that answers can be skimmed along the left edge.
_INDENT: Final = 8
# Findings of one answer; a talkative call may have dozens of the same sort.
_QUOTES: Final = 6


def scorecard_card(
    card: scorecard_pb2.Scorecard,
    call: Call,
    revision: RubricRevision | None,
    transcript: Transcript | None,
    *,
    full: bool = False,
) -> Group:
    """Return the scorecard of `call` as text.

    `revision` gives titles and sections; ids serve without it. `transcript` gives the sentences that quotes
    stand in; quotes stand alone without it. Unless `full`, questions without an occasion are only named and
    of many quotes for one answer the first are shown.
    """
    criteria = {criterion.id: criterion for criterion in revision.criteria} if revision else {}
    findings = {finding.id: finding for finding in card.findings}
    parts: list[RenderableType] = [_head(call), _score_line(card), *_before_reading(card, call, transcript)]
    by_section = groupby(
        card.answers, key=lambda answer: _section(criteria.get(answer.criterion), answer.criterion)
    )
    for section, group in by_section:
        answers = list(group)
        parts += [Text(), _section_line(section, answers)]
        unasked = [] if full else [one for one in answers if one.value == scorecard_pb2.Answer.NOT_APPLICABLE]
        for answer in answers:
            if answer not in unasked:
                criterion = criteria.get(answer.criterion)
                proof = cited(answer.finding_ids, findings)
                if not full and answer.value == scorecard_pb2.Answer.PASS:
                    # The sentence says it already: what was searched, or the figure of the whole call.
                    proof = [finding for finding in proof if finding.evidence]
                parts += _answer(answer, criterion, is_auto_fail=answer.criterion in card.auto_failed)
                parts += _proof(proof if full else proof[:_QUOTES], len(proof), transcript)
        if unasked:
            parts.append(_unasked(unasked))
    parts += [Text(), Text("Outcome", style="bold underline"), *outcome_parts(card, findings, transcript)]
    parts += [*fact_parts(card, findings, transcript), Text(), *_foot(card)]
    return Group(*parts)


def cited(finding_ids: Iterable[str], findings: Mapping[str, Finding]) -> Sequence[Finding]:
    """Return the findings with these ids and the ones they answer, once each, in the order of the call."""
    wanted: dict[str, None] = {}
    for finding_id in finding_ids:
        finding = findings.get(finding_id)
        if finding is not None:
            wanted.update(dict.fromkeys([*finding.answers_to, finding_id]))
    # The scorecard's own order is the order of the call, absences last.
    return [finding for finding_id, finding in findings.items() if finding_id in wanted]


def _head(call: Call) -> Text:
    text = Text(call.external_id or call.name, style="bold")
    facts = [
        f"agent {call.agent}" if call.agent else "",
        f"queue {call.queue}" if call.queue else "",
        f"{moment(call.start_time)} UTC" if moment(call.start_time) else "",
        f"length {clock(call.duration)}" if call.HasField("duration") else "",
    ]
    said = "  ".join(filter(None, facts))
    return text.append(f"  {said}", style="not bold") if said else text


def _score_line(card: scorecard_pb2.Scorecard) -> Text:
    has_score = card.HasField("score")
    text = Text("Score ").append_text(score_text(card.score if has_score else None))
    text.append(f"  {number(card.points)} of {number(card.possible_points)} points")
    text.append(f"  {slug(word_of(scorecard_pb2.Outcome.Result, card.outcome.result)) or NOTHING}")
    if card.flags:
        text.append(f"  flags: {', '.join(card.flags)}", style="yellow")
    return text


def _before_reading(
    card: scorecard_pb2.Scorecard, call: Call, transcript: Transcript | None
) -> Iterable[Text]:
    if call.transcript and card.transcript != call.transcript:
        yield Text(
            "This judges an earlier transcript; the call has another one now (callqa calls show).",
            style="yellow",
        )
    if transcript is None:
        return
    doubt = listen_first(transcript)
    if doubt:
        yield Text(f"Listen first: {doubt}", style="bold yellow")
    rest = other_warnings(transcript)
    if rest:
        yield Text(f"The recording: {rest}; callqa quality says more.", style="dim")


def _section(criterion: Criterion | None, criterion_id: str) -> str:
    section = criterion.section if criterion and criterion.section else criterion_id.partition(".")[0]
    return section[:1].upper() + section[1:]


def _section_line(section: str, answers: Sequence[scorecard_pb2.Answer]) -> Text:
    text = Text(section, style="bold underline")
    possible = sum(answer.possible_points for answer in answers)
    if possible:
        points = number(sum(answer.points for answer in answers))
        text.append(f"  {points} of {number(possible)} points", style="not bold not underline dim")
    return text


def _unasked(answers: Sequence[scorecard_pb2.Answer]) -> RenderableType:
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(width=_INDENT - 4, no_wrap=True, style="dim")
    line.add_column(ratio=1, overflow="fold", style="dim")
    line.add_row("N.A.", ", ".join(answer.criterion for answer in answers))
    return Padding(line, (0, 0, 0, 2))


def _answer(
    answer: scorecard_pb2.Answer, criterion: Criterion | None, *, is_auto_fail: bool
) -> Iterable[RenderableType]:
    badge, style = _BADGES.get(answer.value, ("-", ""))
    title = Text(criterion.title if criterion and criterion.title else answer.criterion)
    if is_auto_fail:
        title.append("  auto-fail: the score is 0", style="bold red")
    counts = answer.value in {scorecard_pb2.Answer.PASS, scorecard_pb2.Answer.FAIL}
    points = f"{number(answer.points)} of {number(answer.possible_points)}" if counts else NOTHING
    line = Table.grid(padding=(0, 2, 0, 0), expand=True)
    line.add_column(width=_INDENT - 4, no_wrap=True)
    line.add_column(ratio=1, overflow="fold")
    line.add_column(no_wrap=True, justify="right")
    line.add_row(Text(badge, style=style), title, points)
    yield Padding(line, (0, 0, 0, 2))
    if answer.explanation:
        yield Padding(Text(answer.explanation, style="dim"), (0, 0, 0, _INDENT))


def _proof(shown: Sequence[Finding], count: int, transcript: Transcript | None) -> Iterable[RenderableType]:
    if shown:
        yield Padding(findings_grid(shown, transcript), (0, 0, 0, _INDENT))
    if count > len(shown):
        yield Padding(Text(f"and {count - len(shown)} more (--full)", style="dim"), (0, 0, 0, _INDENT))


def _foot(card: scorecard_pb2.Scorecard) -> Iterable[RenderableType]:
    answered = {answer.value for answer in card.answers}
    if answered & {scorecard_pb2.Answer.NOT_APPLICABLE, scorecard_pb2.Answer.INSUFFICIENT_EVIDENCE}:
        yield Text(_LEGEND, style="dim")
    versions = Table.grid(padding=(0, 2, 0, 0))
    versions.add_column(no_wrap=True, style="dim")
    # An id is folded rather than cut, so that it can be copied.
    versions.add_column(overflow="fold", style="dim")
    for title, value in (
        ("scorecard", card.name),
        ("rubric", card.rubric_revision),
        ("transcript", card.transcript),
        ("engine", card.engine_version),
    ):
        if value:
            versions.add_row(title, value)
    yield versions
