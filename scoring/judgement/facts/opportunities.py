"""Occasions for empathy: what a customer says that calls for it, the reply, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scoring.domain.finding import Kind
from scoring.domain.rubric import AnswersAlone
from scoring.domain.scorecard import Opportunity, OpportunityState
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import Heard, hear
from scoring.judgement.evidence.heard_any import overlap, place
from scoring.judgement.evidence.window import Span, is_garbled, open_window, span_of, unknown_turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Words of one kind, said once or again before the reply was over, and the turns of the reply."""

    kind: Rule
    triggers: tuple[Finding, ...]
    reply: Span


def occasions_of(call: ReadCall, kind: Rule) -> list[Occasion]:
    """Return the occasions that one kind of trigger opens, in order.

    Customers repeat themselves: what comes again within the reply belongs to the same occasion, and the reply
    then ends as many turns after the last of it. Words after which the agent never speaks again are none.
    """
    grouped: list[list[Finding]] = []
    for trigger in hear(call, kind, open_window(call, kind.window)).sure:
        if not _has_reply(call, trigger):
            continue
        if grouped and _run(call, trigger) <= _last_run(call, grouped[-1][-1], kind):
            grouped[-1].append(trigger)
        else:
            grouped.append([trigger])
    return [
        Occasion(kind=kind, triggers=tuple(triggers), reply=_reply(call, triggers, kind))
        for triggers in grouped
    ]


def all_occasions(call: ReadCall) -> list[Occasion]:
    """Return the occasions of every kind in the order of the call."""
    found = [
        occasion
        for _, rule in sorted(call.rules.items())
        if rule.kind is Kind.EMPATHY_TRIGGER
        for occasion in occasions_of(call, rule)
    ]
    return sorted(found, key=lambda occasion: place(occasion.triggers[0]))


def opportunities_of(call: ReadCall) -> tuple[Opportunity, ...]:
    """Return every occasion for empathy in a call and what became of it, in order.

    Any marker answers, whichever the trigger calls for; one that doesn't answer alone leaves it EMPTY.
    A marker after the reply makes it LATE, unless it answers something said later.
    """
    occasions = all_occasions(call)
    if not occasions:
        return ()
    markers = [
        (rule, hear(call, rule, open_window(call, rule.window)))
        for _, rule in sorted(call.rules.items())
        if rule.kind is Kind.EMPATHY_MARKER
    ]
    return tuple(_opportunity(call, occasion, occasions, markers) for occasion in occasions)


def answers_to(reply: Finding, trigger: Finding) -> Finding:
    """Return the agent's words as the answer to the customer's."""
    return replace(reply, answers_to=(trigger,))


def _opportunity(
    call: ReadCall, occasion: Occasion, occasions: Sequence[Occasion], markers: Sequence[tuple[Rule, Heard]]
) -> Opportunity:
    trigger = occasion.triggers[0]
    given = _held(occasion.reply, ((rule, heard.sure) for rule, heard in markers))
    state = OpportunityState.MISSED
    if any(_answers_alone(rule, occasion) for rule, _ in given):
        state = OpportunityState.ANSWERED
    elif _is_unsure(call, occasion, markers):
        state = OpportunityState.UNSURE
    elif late := _late(occasion, occasions, markers):
        state, given = OpportunityState.LATE, late
    elif given := [(rule, words) for rule, words in given if rule.answers_alone is AnswersAlone.NEVER]:
        state = OpportunityState.EMPTY
    return Opportunity(
        trigger=trigger, state=state, answers=tuple(answers_to(words, trigger) for words in _distinct(given))
    )


def _held(span: Span, heard: Iterable[tuple[Rule, tuple[Finding, ...]]]) -> list[tuple[Rule, Finding]]:
    return [(rule, words) for rule, found in heard for words in found if span.holds(words)]


def _distinct(given: Sequence[tuple[Rule, Finding]]) -> list[Finding]:
    """Return the markers' words in order, without formulas that are part of longer words of empathy."""
    kept: list[Finding] = []
    for rule, words in sorted(given, key=lambda one: _rank(*one)):
        if rule.answers_alone is AnswersAlone.NEVER and any(overlap(words, other) for other in kept):
            continue
        kept.append(words)
    return sorted(kept, key=place)


def _rank(rule: Rule, words: Finding) -> tuple[bool, int]:
    evidence = words.evidence[0]
    return rule.answers_alone is AnswersAlone.NEVER, evidence.start_char - evidence.end_char


def _answers_alone(rule: Rule, occasion: Occasion) -> bool:
    if rule.answers_alone is AnswersAlone.IF_CALLED_FOR:
        return rule.id in occasion.kind.calls_for
    return rule.answers_alone is AnswersAlone.ALWAYS


def _is_unsure(call: ReadCall, occasion: Occasion, markers: Sequence[tuple[Rule, Heard]]) -> bool:
    """Tell whether an answer may have been given that wasn't heard well enough, or not by whom."""
    doubtful = _held(occasion.reply, ((rule, heard.unsure + heard.nobodys) for rule, heard in markers))
    return (
        any(_answers_alone(rule, occasion) for rule, _ in doubtful)
        or call.is_missed(Role.AGENT)
        or bool(unknown_turns(call, occasion.reply))
        or not call.turns_of(Role.AGENT)
        or is_garbled(call, Role.AGENT, occasion.reply)
    )


def _late(
    occasion: Occasion, occasions: Sequence[Occasion], markers: Sequence[tuple[Rule, Heard]]
) -> list[tuple[Rule, Finding]]:
    """Return the markers of the first turn after the reply that answers, if it answers nothing later."""
    last = max(occasion.reply.turns, default=occasion.triggers[-1].evidence[0].turn)
    late = [
        (rule, words)
        for rule, heard in markers
        if _answers_alone(rule, occasion)
        for words in heard.sure
        if words.evidence[0].turn > last and not any(other.reply.holds(words) for other in occasions)
    ]
    first = min((words.evidence[0].turn for _, words in late), default=None)
    return [(rule, words) for rule, words in late if words.evidence[0].turn == first]


def _reply(call: ReadCall, triggers: Sequence[Finding], kind: Rule) -> Span:
    """Return what follows the first trigger up to the end of the agent's next turns after the last."""
    first, last_run = triggers[0].evidence[0], _last_run(call, triggers[-1], kind)
    turns = [
        turn
        for turn in call.transcript.turns
        if turn.index > first.turn and call.runs[first.turn] < call.runs[turn.index] <= last_run
    ]
    return span_of(turns, (first.end_s, call.transcript.end_s))


def _run(call: ReadCall, finding: Finding) -> int:
    return call.runs[finding.evidence[0].turn]


def _last_run(call: ReadCall, trigger: Finding, kind: Rule) -> int:
    replies = [number for number in call.agent_runs if number > _run(call, trigger)]
    within = replies[: kind.within_agent_turns]
    # Where fewer turns follow, or the agent is nobody known, all that follows may be the reply.
    return within[-1] if len(within) == kind.within_agent_turns else max(call.runs.values())


def _has_reply(call: ReadCall, trigger: Finding) -> bool:
    """Tell whether anybody who may be the agent speaks after the trigger, or the agent isn't heard."""
    run = _run(call, trigger)
    return (
        not call.turns_of(Role.AGENT)
        or call.is_missed(Role.AGENT)
        or any(
            call.runs[turn.index] > run
            for turn in call.transcript.turns
            if call.role(turn) in {Role.AGENT, Role.UNKNOWN}
        )
    )
