"""What a detector answers, before points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scoring.domain.rubric import Severity
from scoring.domain.scorecard import AnswerValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A value, one sentence for people, and the findings it rests on.

    `severity` is that of the statement which a FAIL is about, None where no statement is.
    """

    value: AnswerValue
    explanation: str
    findings: tuple[Finding, ...] = ()
    severity: Severity | None = None

    def with_findings(self, findings: Iterable[Finding]) -> Verdict:
        """Return the verdict with these findings instead, each once."""
        return replace(self, findings=tuple(dict.fromkeys(findings)))


def passed(explanation: str, *findings: Finding) -> Verdict:
    """Return PASS."""
    return Verdict(value=AnswerValue.PASS, explanation=explanation, findings=findings)


def failed(explanation: str, *findings: Finding) -> Verdict:
    """Return FAIL."""
    return Verdict(value=AnswerValue.FAIL, explanation=explanation, findings=findings)


def lapse(rule: Rule, explanation: str, *findings: Finding) -> Verdict:
    """Return FAIL of a statement; the sentence names a severity that isn't the usual one."""
    if rule.severity is not Severity.MAJOR:
        explanation = f"{rule.severity.value.capitalize()}: {explanation}"
    return Verdict(value=AnswerValue.FAIL, explanation=explanation, findings=findings, severity=rule.severity)


def not_applicable(explanation: str, *findings: Finding) -> Verdict:
    """Return NOT_APPLICABLE."""
    return Verdict(value=AnswerValue.NOT_APPLICABLE, explanation=explanation, findings=findings)


def insufficient(explanation: str, *findings: Finding) -> Verdict:
    """Return INSUFFICIENT_EVIDENCE."""
    return Verdict(value=AnswerValue.INSUFFICIENT_EVIDENCE, explanation=explanation, findings=findings)
