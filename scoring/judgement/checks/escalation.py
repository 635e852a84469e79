"""Whether the customer is told why somebody else takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import Field

from scoring.domain.rubric import Event
from scoring.domain.scorecard import AnswerValue, EscalationReason, Result
from scoring.domain.transcript import Role
from scoring.judgement.checks.results import unheard
from scoring.judgement.evidence.heard import blind_spot, doubts, hear
from scoring.judgement.evidence.window import Span, absence, span_of
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.domain.scorecard import Issue
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

# A lapse found outweighs a doubt, and a doubt what was done right elsewhere.
_ORDER: Final = (AnswerValue.FAIL, AnswerValue.INSUFFICIENT_EVIDENCE, AnswerValue.PASS)


class Nearness(Entry):
    """How far from the hand-over the agent may explain it, in agent turns before or after."""

    within_agent_turns: Annotated[int, Field(ge=1, le=20)]


class EscalationExplained:
    """`escalation_explained: {within_agent_turns: 2}` - the agent says why somebody else takes over."""

    key = "escalation_explained"
    shape: type[BaseModel] = Nearness

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - a number alone
        """Report packs without reasons of agents, which could never pass."""
        if _agents_reasons(rules):
            return []
        return [("", "no pack of this rubric has outcome reasons of an agent, so nothing could explain")]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """Judge each issue that is handed over unasked; NOT_APPLICABLE without one."""
        verdicts = [
            self._explained(cast("Nearness", check), call, issue)
            for issue in facts.outcome.issues
            if issue.result is Result.ESCALATED
            and issue.escalation_reason is not EscalationReason.CUSTOMER_ASKED
        ]
        if not verdicts:
            blind = unheard(call, Event.TRANSFER)
            if blind:
                return insufficient(blind)
            return not_applicable("Nothing is handed over that the customer doesn't ask to be handed over.")
        worst = min(verdicts, key=lambda verdict: _ORDER.index(verdict.value))
        return worst.with_findings(finding for verdict in verdicts for finding in verdict.findings)

    def _explained(self, check: Nearness, call: ReadCall, issue: Issue) -> Verdict:
        transfer = next(one for one in issue.findings if call.rules[one.rule_id].event is Event.TRANSFER)
        span = _agent_turns_around(call, transfer, check.within_agent_turns)
        rules = _agents_reasons(call.rules)
        heard = [hear(call, rule, span) for rule in rules]
        said = [finding for one in heard for finding in one.sure]
        if said:
            return passed(f"The agent says at {times(said)} why somebody else takes over.", transfer, *said)
        proofs = [absence(call, rule, span) for rule in rules]
        for rule, one in zip(rules, heard, strict=True):
            doubt = doubts(call, one)
            if doubt is not None:
                return doubt
            blind = blind_spot(call, rule, span)
            if blind:
                return insufficient(blind, transfer, *proofs)
        return failed(
            f"Somebody else takes over at {times([transfer])}, and nothing near it says why.",
            transfer,
            *proofs,
        )


def _agents_reasons(rules: Mapping[str, Rule]) -> list[Rule]:
    return [rule for _, rule in sorted(rules.items()) if rule.reason is not None and rule.role is Role.AGENT]


def _agent_turns_around(call: ReadCall, transfer: Finding, count: int) -> Span:
    run = call.runs[transfer.evidence[0].turn]
    # An unknown voice's hand-over isn't sure, so the words stand in one of the agent's runs.
    at = call.agent_runs.index(run)
    runs = call.agent_runs
    # What others say in between belongs to it: an unknown voice there may be the agent's.
    before = runs[at - count - 1] if at > count else -1
    after = runs[at + count + 1] if at + count + 1 < len(runs) else len(call.transcript.turns)
    return span_of(
        [turn for turn in call.transcript.turns if before < call.runs[turn.index] < after],
        (0.0, call.transcript.end_s),
    )
