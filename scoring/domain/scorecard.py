"""A rubric filled in for one call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from scoring.domain.context import CallContext
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
    PARTLY_RESOLVED = "PARTLY_RESOLVED"


class EscalationReason(StrEnum):
    """Why somebody else had to take over. The names are those of the wire's Outcome.EscalationReason."""

    CUSTOMER_ASKED = "CUSTOMER_ASKED"
    BEYOND_AUTHORITY = "BEYOND_AUTHORITY"
    EXPERTISE = "EXPERTISE"
    OTHER_DEPARTMENT = "OTHER_DEPARTMENT"
    COMPLAINT = "COMPLAINT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing the customer wanted, from turn to turn (both included).

    `findings` are the words that raise it, if any were found, then those that decided it.
    """

    result: Result
    first_turn: int
    last_turn: int
    findings: tuple[Finding, ...] = ()
    escalation_reason: EscalationReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The call's result and the findings that led to it, the deciding one last; its issues in order."""

    result: Result
    findings: tuple[Finding, ...] = ()
    issues: tuple[Issue, ...] = ()
    escalation_reason: EscalationReason | None = None


class OpportunityState(StrEnum):
    """What became of an occasion for empathy. The names are those of the wire's Opportunity.State."""

    ANSWERED = "ANSWERED"
    LATE = "LATE"
    EMPTY = "EMPTY"
    MISSED = "MISSED"
    UNSURE = "UNSURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A customer's words that call for empathy, what became of them, and the agent's words in reply."""

    trigger: Finding
    state: OpportunityState
    answers: tuple[Finding, ...] = ()


class EmotionLabel(StrEnum):
    """What a customer's words express most. The names are those of the wire's CustomerEmotion.Label."""

    NEUTRAL = "NEUTRAL"
    POSITIVE = "POSITIVE"
    ANXIETY = "ANXIETY"
    CONFUSION = "CONFUSION"
    FRUSTRATION = "FRUSTRATION"
    DISAPPOINTMENT = "DISAPPOINTMENT"
    ANGER = "ANGER"
    DISTRESS = "DISTRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEmotion:
    """One customer's turn: what its words express most, -1 (as bad as can be) to 1, and the words."""

    turn: int
    label: EmotionLabel
    valence: float
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if not -1 <= self.valence <= 1:
            raise ValueError("the valence must be between -1 and 1")


class Owner(StrEnum):
    """Who will do what is promised. The names are those of the wire's Commitment.Owner."""

    AGENT = "AGENT"
    COMPANY = "COMPANY"
    CUSTOMER = "CUSTOMER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Something that somebody says they will do.

    `what` and `due_text` are the speaker's words, `due_text` "" when nothing is said; `due_date` is the last
    day of it, counted from the call's start, None when nothing is said or the start isn't known.
    """

    finding: Finding
    owner: Owner | None
    what: str
    due_text: str = ""
    due_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A figure for what nobody asked the customer; in nine of ten calls theirs lies between low and high."""

    name: str
    value: float
    low: float
    high: float
    explanation: str
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError("the estimate lies outside its own error")
        if not self.explanation:
            raise ValueError("an estimate needs its explanation")


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
    context: CallContext
    opportunities: tuple[Opportunity, ...] = ()
    emotions: tuple[CustomerEmotion, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    proxies: tuple[Proxy, ...] = ()
