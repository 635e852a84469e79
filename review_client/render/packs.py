"""Tried packs as lines: each rule, whether it fires and why, and the words within their sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import finding_pb2
from rich.console import Group
from rich.table import Table
from rich.text import Text

from review_client.render.context import in_context
from review_client.render.evidence import role_word, span
from review_client.words import slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callqa.v1.pack_pb2 import PackTrial
    from callqa.v1.transcript_pb2 import Transcript


def trial_table(trial: PackTrial, transcript: Transcript, *, timed: bool) -> Table:
    """Return one row per rule, those that fire first; `timed` shows when and by whom words are said."""
    found = {finding.id: finding for finding in trial.findings}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    table.add_column("FIRES", no_wrap=True)
    table.add_column("RULE", overflow="fold")
    table.add_column("WHY", overflow="fold")
    for rule in trial.rules:
        lines: list[Text] = [Text(rule.explanation)]
        for finding_id in rule.finding_ids:
            lines += _quotes(found[finding_id], transcript, timed=timed)
        fires = Text("yes", style="bold green") if rule.fired else Text("no", style="dim")
        table.add_row(fires, Text(rule.rule_id, style="bold" if rule.fired else ""), Group(*lines))
    return table


def _quotes(finding: finding_pb2.Finding, transcript: Transcript, *, timed: bool) -> Iterator[Text]:
    nearest = finding.searched.HasField("nearest")
    for evidence in [finding.searched.nearest] if nearest else finding.evidence:
        line = Text("  ")
        if timed:
            line.append(f"{span(evidence)}  ", style="cyan")
            line.append(f"{role_word(evidence.role)}  ", style="dim")
        line.append_text(in_context(evidence, transcript))
        remarks = ["nearest"] if nearest else []
        if finding.assertion not in {
            finding_pb2.Finding.ASSERTION_UNSPECIFIED,
            finding_pb2.Finding.AFFIRMED,
        }:
            remarks.append(slug(word_of(finding_pb2.Finding.Assertion, finding.assertion)))
        if finding.method in {finding_pb2.Finding.SEMANTIC, finding_pb2.Finding.RULE_AND_SEMANTIC}:
            remarks.append(f"similarity {finding.score:.2f}")
        if remarks:
            line.append(f" ({', '.join(remarks)})", style="dim")
        yield line
