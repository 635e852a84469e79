"""What the rules of packs did on a call or a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRule:
    """One rule: whether it fires, what it found, counting or not, and a few sentences that say why."""

    rule_id: str
    fired: bool
    explanation: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rules that fire first, each group in the order of the packs; findings in the order of the call."""

    rules: tuple[TriedRule, ...]
    findings: tuple[Finding, ...]
