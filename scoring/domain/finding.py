"""Observed facts, the words they rest on, and the proof of an absence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.transcript import Role


class Kind(StrEnum):
    """What sort of fact a finding is. The names are those of the wire's Finding.Kind."""

    STATEMENT = "STATEMENT"
    EMPATHY_TRIGGER = "EMPATHY_TRIGGER"
    EMPATHY_MARKER = "EMPATHY_MARKER"
    OUTCOME_EVENT = "OUTCOME_EVENT"
    HOLD = "HOLD"
    LATENCY = "LATENCY"
    INTERRUPTION = "INTERRUPTION"
    TALK = "TALK"
    EMOTION = "EMOTION"
    COMMITMENT = "COMMITMENT"
    EFFORT = "EFFORT"
    NAME = "NAME"


class Assertion(StrEnum):
    """How words stand in their sentence. The names are those of the wire's Finding.Assertion."""

    AFFIRMED = "AFFIRMED"
    NEGATED = "NEGATED"
    HYPOTHETICAL = "HYPOTHETICAL"
    QUESTION = "QUESTION"
    REPORTED = "REPORTED"


class Method(StrEnum):
    """How a fact was found. The names are those of the wire's Finding.Method."""

    RULE = "RULE"
    SEMANTIC = "SEMANTIC"
    RULE_AND_SEMANTIC = "RULE_AND_SEMANTIC"
    TIMING = "TIMING"
    ALIGNMENT = "ALIGNMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Words of one turn: characters (code points) and words as half-open ranges, times in seconds.

    `quote` is the turn's text from `start_char` to `end_char`; `min_confidence` is its least sure word's,
    0 to 1.
    """

    turn: int
    role: Role
    start_char: int
    end_char: int
    start_word: int
    end_word: int
    start_s: float
    end_s: float
    quote: str
    min_confidence: float

    def __post_init__(self) -> None:
        if len(self.quote) != self.end_char - self.start_char or not self.quote:
            raise ValueError("the quote is not as long as its characters")
        if not 0 <= self.start_word < self.end_word:
            raise ValueError("evidence needs at least one word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What was read without a match: turns of one role between two times, and the nearest words met.

    `speech_s` is the time from first to last word, summed over the turns; `best_score` is 0 to 1.
    """

    turn_count: int
    speech_s: float
    start_s: float
    end_s: float
    role: Role
    best_score: float = 0.0
    nearest: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure and what it must not pass, if anything.

    `unit` is "s", "words/min", "share" (0 to 1), "count", "in 10 min" or "valence" (-1 to 1).
    """

    value: float
    unit: str
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One observed fact, or an absence (`searched` set, no evidence).

    `assertion` and `method` are None for an absence. `score` and `threshold` are 0 to 1. `pack` is the pack
    that holds the rule, with the start of its content's hash, "" for what needs no pack; `model` is the
    embedding that the score comes from, "" where similarity had no part.
    """

    rule_id: str
    kind: Kind
    assertion: Assertion | None = None
    method: Method | None = None
    score: float = 0.0
    threshold: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    searched: Searched | None = None
    answers_to: tuple[Finding, ...] = ()
    measure: Measure | None = None
    pack: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        if (self.method is None) != (self.searched is not None):
            raise ValueError("a finding is either found by a method or proven absent by what was searched")
        if self.searched is not None and self.evidence:
            raise ValueError("an absence has no evidence")

    @property
    def fact(self) -> Finding:
        """The finding without what it answers: the same words are one fact, whatever they answer."""
        return replace(self, answers_to=())
