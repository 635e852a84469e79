"""What the language side reports of one turn, as plain values that outlive spaCy's documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Assertion, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Words of a turn that a rule found: a half-open range of characters, and how sure that is (0 to 1)."""

    rule_id: str
    start_char: int
    end_char: int
    assertion: Assertion
    method: Method
    score: float
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The words of a turn that came nearest to a rule's sentences without being a match; score 0 to 1."""

    score: float
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All matches of one turn in the order of its words, and per rule what came near."""

    matches: tuple[Match, ...] = ()
    nearest: Mapping[str, Near] = field(default_factory=dict)
