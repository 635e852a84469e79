"""Rules tried alone: what each finds, and why that counts or doesn't. Nothing is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.domain.scorecard import AnswerValue
from scoring.domain.trial import Trial, TriedRule
from scoring.judgement.checks.conditions import out_of_question
from scoring.judgement.evidence.heard import doubts, hear
from scoring.judgement.evidence.heard_any import place
from scoring.judgement.evidence.order import order_of
from scoring.judgement.evidence.window import absence, open_window
from scoring.judgement.facts.call_facts import facts_of
from scoring.judgement.wording import clock, listed, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.window import Span
    from scoring.judgement.facts.call_facts import Facts


def try_on_call(call: ReadCall) -> Trial:
    """Try every rule on a call, each within its window, its order and its speaker's turns."""
    facts = facts_of(call)
    return _trial([_on_call(rule, call, facts) for rule in call.rules.values()])


def try_on_text(call: ReadCall) -> Trial:
    """Try every rule on the one turn of `call`, whoever it asks for, without window, order and condition."""
    return _trial([_on_text(rule, call) for rule in call.rules.values()])


def _trial(rules: Sequence[TriedRule]) -> Trial:
    found = dict.fromkeys(finding for rule in rules for finding in rule.findings)
    return Trial(
        rules=tuple(sorted(rules, key=lambda rule: not rule.fired)),
        findings=(
            *sorted((finding for finding in found if finding.evidence), key=place),
            *(finding for finding in found if not finding.evidence),
        ),
    )


def _on_call(rule: Rule, call: ReadCall, facts: Facts) -> TriedRule:
    window = open_window(call, rule.window)
    order = order_of(call, rule, window)
    found = call.findings(rule.id)
    heard = hear(call, rule, order.span)
    bound = order.missing is not None or order.doubt is not None
    if heard.sure and not bound:
        # Whoever reads it wants to know first that the words are found, then what else is asked of them.
        where = f", {order.wording}" if order.wording else ""
        sentence = f"Fires at {times(heard.sure)}{where}.{_condition(rule, call, facts)}"
        return TriedRule(rule_id=rule.id, fired=True, explanation=sentence, findings=tuple(found))
    if not found:
        proof = absence(call, rule, order.span)
        searched = proof.searched
        nearest = searched.nearest if searched else None
        where = f" at {clock(nearest.start_s)}" if nearest else ""
        return TriedRule(
            rule_id=rule.id,
            fired=False,
            explanation=_nothing(rule, searched.best_score if searched else 0.0, where),
            findings=(proof,) if nearest else (),
        )
    if heard.sure and order.doubt is not None:
        reasons = [f"At {times(heard.sure)}, but its order isn't sure: {order.doubt.explanation}"]
    elif heard.sure:
        reasons = [f"At {times(heard.sure)}, but not after '{rule.after}', which isn't said."]
    else:
        doubt = doubts(call, heard)
        reasons = [doubt.explanation] if doubt else []
        reasons += list(_misses(rule, call, found, window, order.wording))
    return TriedRule(rule_id=rule.id, fired=False, explanation=" ".join(reasons), findings=tuple(found))


def _misses(rule: Rule, call: ReadCall, found: Iterable[Finding], window: Span, order: str) -> Iterator[str]:
    """Yield a sentence per reason for which sure words don't count, with their times."""
    by_reason: dict[str, list[Finding]] = {}
    for finding in found:
        said_by = finding.evidence[0].role
        if said_by is not rule.role:
            reason = f"said by the {said_by.value.lower()}, and asked of the {rule.role.value.lower()}"
        elif finding.assertion is not None and finding.assertion in rule.reject:
            reason = f"rejected: {finding.assertion.value.lower()}"
        elif not window.holds(finding):
            reason = f"outside its window ({clock(window.start_s)} to {clock(window.end_s)})"
        elif call.is_sure(finding):
            reason = f"not {order}"
        else:
            continue
        by_reason.setdefault(reason, []).append(finding)
    for reason, findings in by_reason.items():
        yield f"At {times(findings)} {reason}."


def _condition(rule: Rule, call: ReadCall, facts: Facts) -> str:
    if not rule.when:
        return ""
    skipped = out_of_question(rule.when, call, facts)
    if skipped is None:
        return f" Its condition holds: {rule.when}."
    if skipped.value is AnswerValue.NOT_APPLICABLE:
        return f" It isn't judged in this call, since its condition doesn't hold: {rule.when}."
    return f" It is judged only when {rule.when}, which this call alone doesn't tell."


def _on_text(rule: Rule, call: ReadCall) -> TriedRule:
    found = call.findings(rule.id)
    counting = [finding for finding in found if finding.assertion not in rule.reject]
    if counting:
        sentence = "Fires."
    elif found:
        stands = sorted({finding.assertion.value.lower() for finding in found if finding.assertion})
        sentence = f"Rejected: {listed(stands)}."
    else:
        sentence = _nothing(rule, call.near(rule.id, call.transcript.turns)[0])
    ignored = [
        name
        for name, given in (
            ("window", rule.window != type(rule.window)()),
            ("order", rule.after or rule.before),
            ("condition", rule.when),
        )
        if given
    ]
    if ignored:
        sentence += f" Its {listed(ignored)} {'is' if len(ignored) == 1 else 'are'} not looked at in a text."
    return TriedRule(rule_id=rule.id, fired=bool(counting), explanation=sentence, findings=tuple(found))


def _nothing(rule: Rule, best_score: float, where: str = "") -> str:
    if not rule.say:
        return "None of its phrases is there."
    if not best_score:
        return f"Nothing comes near; it takes a similarity of {rule.accept:.2f}."
    return f"Nothing matches; the nearest similarity is {best_score:.2f}{where}, it takes {rule.accept:.2f}."
