"""Figures of a whole call, and calls of which none can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Finding, Kind, Measure, Method
from scoring.domain.transcript import Role
from scoring.judgement.verdict import Verdict, insufficient

if TYPE_CHECKING:
    from scoring.judgement.evidence.call import ReadCall

# A shorter call counts as so long where a number in ten minutes is limited: one slip is no habit.
_MIN_LENGTH_S: Final = 300.0


def rated_length_s(call: ReadCall) -> float:
    """Return the seconds over which numbers in ten minutes are counted: the call's, or five minutes."""
    return max(call.transcript.end_s, _MIN_LENGTH_S)


def unheard_side(call: ReadCall) -> Verdict | None:
    """Return INSUFFICIENT_EVIDENCE where a side is missing, so that nobody knows when it spoke."""
    if not call.turns_of(Role.AGENT):
        return insufficient("No words of the agent were heard.")
    if call.is_one_sided:
        return insufficient("One side of the call is missing.")
    if call.missed:
        return insufficient("Much of what is said in the call was not heard.")
    return None


def figure(key: str, kind: Kind, value: float, unit: str, limit: float | None) -> Finding:
    """Return a figure over the whole call as a finding."""
    return Finding(
        rule_id=key,
        kind=kind,
        method=Method.TIMING,
        score=1.0,
        threshold=1.0,
        measure=Measure(value=value, unit=unit, limit=limit),
    )
