"""A rubric filled in for one call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.finding import Finding


class AnswerValue(StrEnum):
    """What was found for a criterion. The names are those of the wire's Answer.Value."""

    PASS = "PASS"  # noqa: S105 - an answer, not a secret
    FAIL = "FAIL"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    INSUFFICIENT_EVIDENCE = "INSUFFICIENT_EVIDENCE"


class Result(StrEnum):
    """What became of the customer's issue. The names are those of the wire's Outcome.Result."""

    RESOLVED = "RESOLVED"
    UNRESOLVED = "UNRESOLVED"
    ESCALATED = "ESCALATED"
    FOLLOW_UP_PROMISED = "FOLLOW_UP_PROMISED"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The call's result and the findings that led to it, the deciding one last."""

    result: Result
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one criterion, with one sentence that explains it."""

    criterion: str
    value: AnswerValue
    points: float
    possible_points: float
    explanation: str
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.points <= self.possible_points:
            raise ValueError("the points lie outside what can be had")
        if not self.explanation:
            raise ValueError("an answer needs its explanation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A rubric revision filled in for one call.

    `score` is 100 x points / possible points, rounded to two decimals; 0 after an auto-fail; None when no
    criterion could be scored. `findings` are in the order of the call, absences last.
    """

    score: float | None
    points: float
    possible_points: float
    auto_failed: tuple[str, ...]
    flags: tuple[str, ...]
    outcome: Outcome
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
