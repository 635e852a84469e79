"""The order of statements: what `after` and `before` leave of a window."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scoring.judgement.evidence.heard import blind_spot, doubts, hear
from scoring.judgement.evidence.heard_any import place
from scoring.judgement.evidence.window import Span, absence, open_window
from scoring.judgement.verdict import Verdict, insufficient
from scoring.judgement.wording import clock, listed

if TYPE_CHECKING:
    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The part of a window in which a statement is in order, by the first sure match of what it is bound to.

    `bounds` are those matches and `wording` names them ("after 'a.b' at 0:12"). `missing` proves that what it
    is to come after isn't said. `doubt` says that a bound may be there and isn't sure; then `span` is the
    whole window.
    """

    span: Span
    bounds: tuple[Finding, ...] = ()
    wording: str = ""
    missing: Finding | None = None
    doubt: Verdict | None = None


def order_of(call: ReadCall, rule: Rule, window: Span) -> Order:
    """Return what the rule's order leaves of `window`.

    A bound counts wherever its own window lets it, whatever its own order. What a statement is to precede
    sets no bound when it isn't said.
    """
    span, bounds, wording = window, [], []
    for key in ("after", "before"):
        rule_id = getattr(rule, key)
        if not rule_id:
            continue
        first, proof, doubt = _first(call, call.rules[rule_id])
        if doubt is not None:
            return Order(span=window, doubt=doubt)
        if first is None and key == "after":
            return Order(span=window, missing=proof)
        if first is None:
            continue
        words = first.evidence[0]
        bounds.append(first)
        wording.append(f"{key} '{rule_id}' at {clock(words.start_s)}")
        if key == "after":
            span = _within(call, span, start_s=max(span.start_s, words.end_s))
        else:
            # A statement that begins with the very words it is to precede doesn't precede them.
            span = _within(call, span, end_s=min(span.end_s, math.nextafter(words.start_s, -math.inf)))
    return Order(span=span, bounds=tuple(bounds), wording=listed(wording))


def _first(call: ReadCall, rule: Rule) -> tuple[Finding | None, Finding | None, Verdict | None]:
    """Return the rule's first sure match, or the proof of its absence, or why neither can be said."""
    span = open_window(call, rule.window)
    heard = hear(call, rule, span)
    if heard.sure:
        return min(heard.sure, key=place), None, None
    doubt = doubts(call, heard)
    proof = absence(call, rule, span)
    if doubt is None:
        blind = blind_spot(call, rule, span)
        doubt = insufficient(f"The order turns on '{rule.id}'. {blind}", proof) if blind else None
    return None, None if doubt else proof, doubt


def _within(call: ReadCall, span: Span, *, start_s: float | None = None, end_s: float | None = None) -> Span:
    start_s = span.start_s if start_s is None else start_s
    end_s = span.end_s if end_s is None else end_s
    turns = frozenset(
        turn.index
        for turn in call.transcript.turns
        if turn.index in span.turns and start_s <= turn.end_s and turn.start_s <= end_s and start_s <= end_s
    )
    return replace(span, turns=turns, start_s=start_s, end_s=max(start_s, end_s))
