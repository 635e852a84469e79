"""Empathy opportunities: a customer's trigger, and the agent's answer within a few turns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, ConfigDict, Field

from scoring.domain.finding import Kind
from scoring.domain.scorecard import AnswerValue
from scoring.domain.transcript import Role
from scoring.judgement.statements import Heard, doubts, hear, unknown_rules
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.window import Span, absence, is_garbled, open_window, unknown_turns
from scoring.judgement.wording import counted, times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.domain.scorecard import Opportunity
    from scoring.judgement.call import ReadCall
    from scoring.judgement.facts import Facts


class AnsweredBy(BaseModel):
    """The marker that answers, and within how many agent turns after the trigger."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    marker: str
    within_agent_turns: Annotated[int, Field(ge=1)] = 2


def opportunities_of(call: ReadCall) -> tuple[Opportunity, ...]:  # noqa: ARG001 - written next
    """Return every occasion for empathy in a call and what became of it, in order."""
    return ()


class Answered:
    """`answered: {marker: ID}` - each kind of trigger that calls for the marker is answered at least once.

    Customers repeat themselves, so a kind of trigger is one opportunity: the call is not failed for a second
    complaint about what was answered already.
    """

    key = "answered"
    shape: type[BaseModel] = AnsweredBy

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report an id that is no marker, and a marker that no trigger calls for."""
        marker = cast("AnsweredBy", check).marker
        found = [("marker", text) for text in unknown_rules([marker], Kind.EMPATHY_MARKER, rules)]
        if not found and not _triggers(marker, rules):
            found = [("marker", f"no trigger calls for '{marker}'; name it in a trigger's 'calls_for'")]
        return found

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without a trigger; FAIL for the first kind of trigger that is never answered."""
        asked = cast("AnsweredBy", check)
        marker = call.rules[asked.marker]
        whole = open_window(call, marker.window)
        verdicts: list[Verdict] = []
        for trigger in _triggers(marker.id, call.rules):
            heard = hear(call, trigger, whole)
            if heard.sure:
                verdicts.append(_answer(call, heard.sure, marker, asked.within_agent_turns))
            else:
                verdicts += _unheard(call, heard)
        # A miss outweighs an answer to something else, and an answer outweighs a doubt about more.
        for value in (AnswerValue.FAIL, AnswerValue.PASS, AnswerValue.INSUFFICIENT_EVIDENCE):
            of_value = [verdict for verdict in verdicts if verdict.value is value]
            if value is AnswerValue.PASS and of_value:
                findings = dict.fromkeys(finding for verdict in of_value for finding in verdict.findings)
                marks = [finding for finding in findings if finding.kind is Kind.EMPATHY_MARKER]
                return passed(f"The agent answers the customer's words at {times(marks)}.", *findings)
            if of_value:
                return of_value[0]
        return _no_occasion(call, marker, whole)


def _triggers(marker_id: str, rules: Mapping[str, Rule]) -> list[Rule]:
    return [rule for _, rule in sorted(rules.items()) if marker_id in rule.calls_for]


def _unheard(call: ReadCall, heard: Heard) -> list[Verdict]:
    doubt = doubts(call, heard)
    return [doubt] if doubt is not None else []


def _no_occasion(call: ReadCall, marker: Rule, whole: Span) -> Verdict:
    triggers = _triggers(marker.id, call.rules)
    proofs = [absence(call, trigger, whole) for trigger in triggers]
    if not call.turns_of(Role.CUSTOMER):
        return insufficient("No words of the customer were heard.", *proofs)
    if call.is_missed(Role.CUSTOMER):
        return insufficient(
            "Nothing calls for it, but much of what the customer says was not heard.", *proofs
        )
    unknown = unknown_turns(call, whole)
    if unknown:
        return insufficient(
            f"Nothing calls for it, but it isn't known who speaks in {counted(len(unknown), 'turn')}.",
            *proofs,
        )
    return not_applicable("Nothing the customer says calls for it.", *proofs)


def _answer(call: ReadCall, opened: tuple[Finding, ...], marker: Rule, within_agent_turns: int) -> Verdict:
    """Judge one kind of trigger by the markers that follow any of its occurrences closely enough."""
    spans = [_reply_span(call, trigger, within_agent_turns) for trigger in opened]
    unsure: list[Verdict] = []
    for trigger, span in zip(opened, spans, strict=True):
        heard = hear(call, marker, span)
        if heard.sure:
            replies = (replace(reply, answers_to=(trigger,)) for reply in heard.sure)
            return passed("answered", trigger, *replies)
        unsure += _unheard(call, heard)
    trigger, span = opened[0], spans[0]
    proof = absence(call, marker, span, answers_to=[trigger])
    if unsure:
        return unsure[0]
    if (
        unknown_turns(call, span)
        or call.is_missed(Role.AGENT)
        or (call.turns_of(Role.AGENT) and is_garbled(call, Role.AGENT, span))
    ):
        return insufficient(
            f"The customer's words at {times([trigger])} call for it, but the reply wasn't heard well.",
            trigger,
            proof,
        )
    if not call.turns_of(Role.AGENT):
        return insufficient("No words of the agent were heard.", trigger, proof)
    return failed(
        f"The customer's words at {times([trigger])} call for it, and the agent's next "
        f"{counted(within_agent_turns, 'turn')} don't give it.",
        trigger,
        proof,
    )


def _reply_span(call: ReadCall, trigger: Finding, within_agent_turns: int) -> Span:
    """Return what follows the trigger up to the end of the agent's next turns."""
    at = trigger.evidence[0]
    run = call.runs[at.turn]
    replies = [number for number in call.agent_runs if number > run][:within_agent_turns]
    last = replies[-1] if replies else max(call.runs.values())
    turns = [
        turn for turn in call.transcript.turns if turn.index > at.turn and run < call.runs[turn.index] <= last
    ]
    return Span(
        turns=frozenset(turn.index for turn in turns),
        start_s=min((turn.start_s for turn in turns), default=at.end_s),
        end_s=max((turn.end_s for turn in turns), default=call.transcript.end_s),
    )
