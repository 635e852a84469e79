"""Whether a call's occasions for empathy are answered, all in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import Field

from scoring.domain.finding import Kind
from scoring.domain.scorecard import OpportunityState
from scoring.judgement.checks.empathy import no_occasion, unheard
from scoring.judgement.evidence.window import absence
from scoring.judgement.facts.opportunities import all_occasions
from scoring.judgement.verdict import Verdict, failed, insufficient, passed
from scoring.judgement.wording import counted, listed, times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

_BECAME: Final[Mapping[OpportunityState, str]] = {
    OpportunityState.MISSED: "missed",
    OpportunityState.EMPTY: "answered by an empty formula",
    OpportunityState.LATE: "answered too late",
    OpportunityState.UNSURE: "followed by a reply that wasn't heard well",
}


class AnsweredShare(Entry):
    """The share of the occasions, above 0 and at most 1, that must be answered."""

    at_least: Annotated[float, Field(gt=0, le=1)] = 0.5


class OpportunitiesAnswered:
    """`opportunities_answered: {at_least: 0.5}` - that share of all occasions for empathy is answered.

    Any marker answers that can stand alone; what is missed, late or an empty formula is told apart.
    """

    key = "opportunities_answered"
    shape: type[BaseModel] = AnsweredShare

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - as every detector's
        """Report packs without a trigger."""
        if any(rule.kind is Kind.EMPATHY_TRIGGER for rule in rules.values()):
            return []
        return [("", "no pack of the rubric has an empathy trigger")]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """NOT_APPLICABLE without an occasion; INSUFFICIENT_EVIDENCE where unheard replies would decide."""
        met = facts.opportunities
        if not met:
            kinds = [rule for _, rule in sorted(call.rules.items()) if rule.kind is Kind.EMPATHY_TRIGGER]
            doubts = [verdict for kind in kinds for verdict in unheard(call, kind)]
            return doubts[0] if doubts else no_occasion(call, kinds)
        needed = cast("AnsweredShare", check).at_least * len(met)
        by_state = {state: [one for one in met if one.state is state] for state in OpportunityState}
        answered = len(by_state[OpportunityState.ANSWERED])
        parts = [
            f"{len(ones)} {_BECAME[state]} ({times([one.trigger for one in ones])})"
            for state, ones in by_state.items()
            if ones and state in _BECAME
        ]
        became = listed([f"{answered} answered", *parts])
        sentence = f"Of {counted(len(met), 'occasion')} for empathy {became}."
        findings = dict.fromkeys(words for one in met for words in (one.trigger, *one.answers))
        proofs = [
            absence(call, call.rules[marker], occasion.reply, answers_to=[one.trigger])
            for one, occasion in zip(met, all_occasions(call), strict=True)
            if one.state is not OpportunityState.ANSWERED
            for marker in occasion.kind.calls_for
        ]
        if answered >= needed:
            return passed(sentence, *findings, *proofs)
        if answered + len(by_state[OpportunityState.UNSURE]) >= needed:
            return insufficient(sentence, *findings, *proofs)
        return failed(sentence, *findings, *proofs)
