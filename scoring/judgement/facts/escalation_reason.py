"""Why an issue is handed over to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.domain.scorecard import EscalationReason
from scoring.judgement.evidence.heard import hear
from scoring.judgement.evidence.window import span_of

if TYPE_CHECKING:
    from scoring.domain.finding import Finding
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.window import Span
    from scoring.judgement.facts.issues import Part

# How many runs of turns around a hand-over the words that explain it may stand; a customer asks before it.
_BEFORE: Final = 6
_AFTER: Final = 2


def reason_of(call: ReadCall, part: Part, transfer: Finding) -> tuple[EscalationReason | None, list[Finding]]:
    """Return why an issue is handed over with the words that say so; None when nothing near says why.

    What the customer asks for outweighs what is said of it; else the words nearest to the hand-over count.
    """
    turns = frozenset(range(part.first_turn, part.last_turn + 1))
    span = _around(call, transfer, turns)
    run = call.runs[transfer.evidence[0].turn]
    said = [
        (
            rule.reason is not EscalationReason.CUSTOMER_ASKED,
            abs(call.runs[finding.evidence[0].turn] - run),
            finding.evidence[0].start_s,
            rule.id,
            rule.reason,
            finding,
        )
        for _, rule in sorted(call.rules.items())
        if rule.reason is not None
        for finding in hear(call, rule, span).sure
    ]
    if not said:
        return None, []
    *_, reason, finding = min(said, key=lambda one: one[:4])
    return reason, [finding]


def _around(call: ReadCall, transfer: Finding, turns: frozenset[int]) -> Span:
    run = call.runs[transfer.evidence[0].turn]
    return span_of(
        [
            turn
            for turn in call.transcript.turns
            if turn.index in turns and run - _BEFORE <= call.runs[turn.index] <= run + _AFTER
        ],
        (0.0, call.transcript.end_s),
    )
