"""A compiled rubric: the rules that read turns and the criteria that judge what was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Assertion, Kind
    from scoring.domain.scorecard import EmotionLabel, EscalationReason, Owner
    from scoring.domain.transcript import Role


class AnswersAlone(StrEnum):
    """When a marker answers a trigger with no other marker beside it; NEVER is a formula such as "sorry"."""

    ALWAYS = "always"
    IF_CALLED_FOR = "if_called_for"
    NEVER = "never"


class Event(StrEnum):
    """What an outcome event does to the customer's issue."""

    ISSUE_RAISED = "issue_raised"
    TOPIC_CHANGED = "topic_changed"
    FURTHER_HELP = "further_help"
    FIX_OFFERED = "fix_offered"
    ACTION_DONE = "action_done"
    CUSTOMER_CONFIRMS = "customer_confirms"
    CUSTOMER_ACCEPTS = "customer_accepts"
    CUSTOMER_AGREES = "customer_agrees"
    CUSTOMER_CONTENT = "customer_content"
    CUSTOMER_REJECTS = "customer_rejects"
    CUSTOMER_WITHDRAWS = "customer_withdraws"
    CANNOT_HELP = "cannot_help"
    TURNED_AWAY = "turned_away"
    TRANSFER = "transfer"
    TAKEN_OVER = "taken_over"
    FOLLOW_UP = "follow_up"
    CALL_DROPPED = "call_dropped"
    GOODBYE = "goodbye"


class Severity(StrEnum):
    """How bad it is when a statement isn't kept to."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of a call is searched; what isn't given doesn't limit.

    Times are in seconds. An agent turn is everything the agent says until the customer speaks.
    """

    from_start_s: float = 0.0
    to_s: float | None = None
    before_end_s: float | None = None
    first_agent_turns: int | None = None
    after_agent_turns: int | None = None
    last_agent_turns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be said: whose words, what finds them, what their context must not be.

    `accept` is the similarity, 0 to 1, at which a sentence alone decides; `veto` the one below which a
    pattern isn't believed. `calls_for` are the markers that a trigger asks for, `within_agent_turns` how
    soon they must come; `answers_alone` is a marker's. `event` is what words do; `reason` is why they say
    that somebody else takes over; `emotion` is what they express, with a `valence` from -1 (as bad as can
    be) to 1. `owner` is who will do what words promise, None for nobody in particular; with `needs_time`
    they promise nothing without a time. `after` and `before` are the rules whose first match a statement
    must follow or precede, "" for none; `when` is the condition under which it is asked at all, "" for
    always. `pack` is the pack's name with the start of its content's hash, as "empathy@0123456789abcdef".
    """

    id: str
    kind: Kind
    role: Role
    pack: str = ""
    say: tuple[str, ...] = ()
    patterns: tuple[tuple[Mapping[str, object], ...], ...] = ()
    accept: float = 1.0
    veto: float | None = None
    reject: frozenset[Assertion] = frozenset()
    window: Window = field(default_factory=Window)
    prohibited: bool = False
    severity: Severity = Severity.MAJOR
    after: str = ""
    before: str = ""
    when: str = ""
    calls_for: tuple[str, ...] = ()
    within_agent_turns: int = 0
    answers_alone: AnswersAlone | None = None
    event: Event | None = None
    reason: EscalationReason | None = None
    emotion: EmotionLabel | None = None
    valence: float = 0.0
    owner: Owner | None = None
    needs_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a rubric asks of the words before it judges by them.

    Evidence with a word below `word_confidence_floor` (0 to 1) decides nothing; a turn whose role is less
    sure than `role_confidence_floor` counts as nobody's; a call of fewer than `min_words` words isn't judged.
    """

    word_confidence_floor: float
    role_confidence_floor: float
    min_words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question: the detector that answers it (`detector`) with its checked parameters (`check`).

    `when` is the condition under which it is asked at all, "" for always.
    """

    id: str
    title: str
    section: str
    points: float
    auto_fail: bool
    flag_on_fail: str
    detector: str
    check: object
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A form with all it needs: criteria in order and rules by id."""

    name: str
    title: str
    reading: Reading
    criteria: tuple[Criterion, ...]
    rules: Mapping[str, Rule]
