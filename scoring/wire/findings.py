"""Findings and their evidence, to the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import finding_pb2, transcript_pb2

from scoring.wire.rounding import FLOAT_DIGITS
from servicekit.wire import duration_from_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scoring.domain.finding import Evidence, Finding, Measure, Searched


def ids_of(findings: Iterable[Finding]) -> dict[Finding, str]:
    """Return the ids of findings by the facts they are: their places, f1, f2, ..."""
    return {finding.fact: f"f{number}" for number, finding in enumerate(findings, start=1)}


def ids_to_wire(findings: Iterable[Finding], ids: Mapping[Finding, str]) -> list[str]:
    """Return the ids of findings, each once."""
    return list(dict.fromkeys(ids[finding.fact] for finding in findings))


def finding_to_wire(finding: Finding, ids: Mapping[Finding, str]) -> finding_pb2.Finding:
    """Return a finding under its id."""
    kinds, assertions, methods = (
        finding_pb2.Finding.Kind,
        finding_pb2.Finding.Assertion,
        finding_pb2.Finding.Method,
    )
    return finding_pb2.Finding(
        id=ids[finding.fact],
        rule_id=finding.rule_id,
        kind=kinds.Value(finding.kind.value),
        assertion=assertions.Value(finding.assertion.value if finding.assertion else "ASSERTION_UNSPECIFIED"),
        method=methods.Value(finding.method.value if finding.method else "METHOD_UNSPECIFIED"),
        score=round(finding.score, FLOAT_DIGITS),
        threshold=round(finding.threshold, FLOAT_DIGITS),
        evidence=[_evidence(evidence) for evidence in finding.evidence],
        searched=_searched(finding.searched) if finding.searched else None,
        answers_to=ids_to_wire(finding.answers_to, ids),
        measure=_measure(finding.measure) if finding.measure else None,
        pack=finding.pack,
        model=finding.model,
    )


def _evidence(evidence: Evidence) -> finding_pb2.Evidence:
    return finding_pb2.Evidence(
        turn=evidence.turn,
        role=transcript_pb2.SpeakerRole.Value(evidence.role.value),
        start_char=evidence.start_char,
        end_char=evidence.end_char,
        start_word=evidence.start_word,
        end_word=evidence.end_word,
        start_offset=duration_from_s(evidence.start_s),
        end_offset=duration_from_s(evidence.end_s),
        quote=evidence.quote,
        min_confidence=evidence.min_confidence,
    )


def _searched(searched: Searched) -> finding_pb2.Searched:
    return finding_pb2.Searched(
        turn_count=searched.turn_count,
        speech_duration=duration_from_s(searched.speech_s),
        start_offset=duration_from_s(searched.start_s),
        end_offset=duration_from_s(searched.end_s),
        role=transcript_pb2.SpeakerRole.Value(searched.role.value),
        best_score=round(searched.best_score, FLOAT_DIGITS),
        nearest=_evidence(searched.nearest) if searched.nearest else None,
    )


def _measure(measure: Measure) -> finding_pb2.Measure:
    limit = None if measure.limit is None else round(measure.limit, FLOAT_DIGITS)
    return finding_pb2.Measure(value=round(measure.value, FLOAT_DIGITS), limit=limit, unit=measure.unit)
