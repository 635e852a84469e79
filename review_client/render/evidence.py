"""Findings as lines: who said what when, or where nothing was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import finding_pb2, transcript_pb2
from rich.table import Table
from rich.text import Text

from review_client.render.context import in_context
from review_client.words import clock, counted, number, percent, slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a quote is there for, where it isn't simply the statement asked for.
_PURPOSE: Final = {
    finding_pb2.Finding.EMPATHY_TRIGGER: "calls for empathy",
}
# Below it a reader should listen for themselves before they trust the words.
_UNSURE_CONFIDENCE: Final = 0.6


def role_word(role: transcript_pb2.SpeakerRole.ValueType) -> str:
    """Return "agent", "customer", or "unknown" for a voice without a role."""
    return slug(word_of(transcript_pb2.SpeakerRole, role)) or "unknown"


def span(evidence: finding_pb2.Evidence | finding_pb2.Searched) -> str:
    """Return "0:31-0:34", or "0:31" where both fall into one second."""
    start, end = clock(evidence.start_offset), clock(evidence.end_offset)
    return start if start == end else f"{start}-{end}"


def findings_grid(
    findings: Iterable[finding_pb2.Finding], transcript: transcript_pb2.Transcript | None = None
) -> Table:
    """Return one line per quote, in three columns: times, speaker, words; absences after what was said.

    With the transcript a quote is shown within its sentence.
    """
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for finding in findings:
        if finding.HasField("measure") and not finding.evidence:
            grid.add_row("", "", Text(measured(finding.measure)))
        if finding.kind == finding_pb2.Finding.HOLD and finding.evidence:
            grid.add_row(*_silence(finding.evidence))
        else:
            for evidence in finding.evidence:
                grid.add_row(span(evidence), role_word(evidence.role), _quote(finding, evidence, transcript))
        if finding.HasField("searched"):
            grid.add_row(span(finding.searched), role_word(finding.searched.role), absence(finding))
    return grid


def measured(measure: finding_pb2.Measure) -> str:
    """Return a figure and what it is held against, as "6.2 s (limit 5 s)" or "83 % (limit 80 %)"."""

    def figure(value: float) -> str:
        if measure.unit == "share":
            return percent(value)
        return number(value) if measure.unit == "count" else f"{number(value)} {measure.unit}"

    said = figure(measure.value)
    return f"{said} (limit {figure(measure.limit)})" if measure.HasField("limit") else said


def absence(finding: finding_pb2.Finding) -> Text:
    """Return what was searched without a match, as "script.recap: not found in 14 turns (0:41 of speech)"."""
    searched = finding.searched
    turns, speech = counted(searched.turn_count, "turn"), clock(searched.speech_duration)
    # One answer may rest on several absences: the rule's id tells them apart.
    text = Text(f"{finding.rule_id}: not found in {turns} ({speech} of speech searched)", style="italic")
    if searched.HasField("nearest"):
        text.append(f"; nearest at {clock(searched.nearest.start_offset)}: “{searched.nearest.quote}”")
    if searched.best_score:
        text.append(f" (similarity {searched.best_score:.2f}, needed {finding.threshold:.2f})")
    return text


def _silence(around: Sequence[finding_pb2.Evidence]) -> tuple[str, str, Text]:
    """Return the line of a hold, which lies between the last word before it and the first one after it."""
    before, after = around[0], around[-1]
    words = Text(f"silence between “{before.quote}” and “{after.quote}”", style="italic")
    return f"{clock(before.end_offset)}-{clock(after.start_offset)}", "", words


def _quote(
    finding: finding_pb2.Finding,
    evidence: finding_pb2.Evidence,
    transcript: transcript_pb2.Transcript | None,
) -> Text:
    text = in_context(evidence, transcript)
    remarks = [_PURPOSE.get(finding.kind, "")]
    if finding.HasField("measure"):
        remarks.append(measured(finding.measure))
    if finding.assertion not in {finding_pb2.Finding.ASSERTION_UNSPECIFIED, finding_pb2.Finding.AFFIRMED}:
        remarks.append(slug(word_of(finding_pb2.Finding.Assertion, finding.assertion)))
    if 0 < evidence.min_confidence < _UNSURE_CONFIDENCE:
        remarks.append(f"heard with {evidence.min_confidence:.0%} confidence")
    said = ", ".join(filter(None, remarks))
    if said:
        text.append(f" ({said})", style="dim")
    return text
