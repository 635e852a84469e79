"""Whether a question is asked of a call at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.condition import Values, read_condition
from scoring.judgement.evidence.heard import blind_spot, doubts, hear
from scoring.judgement.evidence.window import absence, open_window
from scoring.judgement.verdict import Verdict, insufficient, not_applicable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scoring.domain.finding import Finding
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


def out_of_question(when: str, call: ReadCall, facts: Facts) -> Verdict | None:
    """Return None when the condition holds or there is none; NOT_APPLICABLE when it doesn't.

    INSUFFICIENT_EVIDENCE when it turns on something that isn't known: words too unsure to count, the start of
    a call that has none. `findings['ID']` counts the sure matches within the rule's own window, whatever the
    rule's own order and condition, so that no two conditions wait for each other.
    """
    if not when:
        return None
    condition = read_condition(when)
    counts: dict[str, int] = {}
    seen: list[Finding] = []
    doubtful: list[str] = []
    for rule_id in condition.rule_ids:
        rule = call.rules[rule_id]
        span = open_window(call, rule.window)
        heard = hear(call, rule, span)
        doubt = doubts(call, heard)
        blind = "" if heard.sure or doubt else blind_spot(call, rule, span)
        seen += heard.sure or [*heard.unsure, *heard.nobodys] or [absence(call, rule, span)]
        if heard.sure or not (doubt or blind):
            counts[rule_id] = len(heard.sure)
        else:
            doubtful.append(f"{rule_id}: {doubt.explanation if doubt else blind}")
    holds = condition.holds(_values(call, facts, counts))
    if holds:
        return None
    if holds is None:
        why = doubtful[0] if doubtful else "something that it needs isn't known of this call."
        return insufficient(f"It isn't known whether it is asked for (when: {when}); {why}", *seen)
    return not_applicable(f"It is asked for only when {when}, which isn't so in this call.", *seen)


def _values(call: ReadCall, facts: Facts, counts: dict[str, int]) -> Values:
    context = call.context
    values: dict[str, str | int | datetime | Mapping[str, str] | Mapping[str, int]] = {
        "call.agent": context.agent,
        "call.queue": context.queue,
        "call.labels": dict(context.labels),
        "call.duration_s": int(call.transcript.end_s),
        "findings": counts,
        "answers": {criterion: value.value for criterion, value in facts.answers.items()},
        "outcome": facts.outcome.result.value.lower(),
    }
    if context.start is not None:
        values["call.start"] = context.start
    return values
