"""Whether a marker of empathy is given where triggers call for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scoring.domain.finding import Kind
from scoring.domain.scorecard import AnswerValue
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import doubts, hear, unknown_rules
from scoring.judgement.evidence.window import absence, is_garbled, open_window, unknown_turns
from scoring.judgement.facts.opportunities import answers_to, occasions_of
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import counted, listed, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts
    from scoring.judgement.facts.opportunities import Occasion


class AnsweredBy(Entry):
    """The marker that answers, or a list of which one is enough."""

    marker: Ids


class Answered:
    """`answered: {marker: ID}` - each kind of trigger that calls for the marker is answered by it once.

    The call is not failed for a second complaint about what was answered already.
    """

    key = "answered"
    shape: type[BaseModel] = AnsweredBy

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that are no marker, and markers that no trigger calls for."""
        markers = cast("AnsweredBy", check).marker
        found = [("marker", text) for text in unknown_rules(markers, Kind.EMPATHY_MARKER, rules)]
        if not found and not _triggers(markers, rules):
            names = listed([f"'{marker}'" for marker in markers])
            found = [("marker", f"no trigger calls for {names}; name it in a trigger's 'calls_for'")]
        return found

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without a trigger; FAIL for the first kind of trigger that is never answered."""
        ids = cast("AnsweredBy", check).marker
        markers = [call.rules[marker] for marker in ids]
        kinds = _triggers(ids, call.rules)
        verdicts: list[Verdict] = []
        for kind in kinds:
            occasions = occasions_of(call, kind)
            if occasions:
                verdicts.append(_answer(call, occasions, markers))
            else:
                verdicts += unheard(call, kind)
        # A miss outweighs an answer to something else, and an answer outweighs a doubt about more.
        for value in (AnswerValue.FAIL, AnswerValue.PASS, AnswerValue.INSUFFICIENT_EVIDENCE):
            of_value = [verdict for verdict in verdicts if verdict.value is value]
            if value is AnswerValue.PASS and of_value:
                findings = dict.fromkeys(finding for verdict in of_value for finding in verdict.findings)
                marks = [finding for finding in findings if finding.kind is Kind.EMPATHY_MARKER]
                return passed(f"The agent answers the customer's words at {times(marks)}.", *findings)
            if of_value:
                return of_value[0]
        return no_occasion(call, kinds)


def _triggers(marker_ids: Sequence[str], rules: Mapping[str, Rule]) -> list[Rule]:
    wanted = set(marker_ids)
    return [rule for _, rule in sorted(rules.items()) if wanted.intersection(rule.calls_for)]


def unheard(call: ReadCall, rule: Rule) -> list[Verdict]:
    """Return the doubt that a kind of trigger may have been said and not heard well, if there is one."""
    doubt = doubts(call, hear(call, rule, open_window(call, rule.window)))
    return [doubt] if doubt is not None else []


def no_occasion(call: ReadCall, kinds: Sequence[Rule]) -> Verdict:
    """Return the verdict on a call in which none of these triggers was found."""
    proofs = [absence(call, kind, open_window(call, kind.window)) for kind in kinds]
    if not call.turns_of(Role.CUSTOMER):
        return insufficient("No words of the customer were heard.", *proofs)
    if call.is_missed(Role.CUSTOMER):
        return insufficient(
            "Nothing calls for it, but much of what the customer says was not heard.", *proofs
        )
    unknown = call.turns_of(Role.UNKNOWN)
    if unknown:
        return insufficient(
            f"Nothing calls for it, but it isn't known who speaks in {counted(len(unknown), 'turn')}.",
            *proofs,
        )
    return not_applicable("Nothing the customer says calls for it.", *proofs)


def _answer(call: ReadCall, occasions: Sequence[Occasion], markers: Sequence[Rule]) -> Verdict:
    """Judge one kind of trigger by the markers in the replies to any of its occasions."""
    unsure: list[Verdict] = []
    for occasion in occasions:
        trigger = occasion.triggers[0]
        replies: list[Finding] = []
        for marker in markers:
            heard = hear(call, marker, occasion.reply)
            replies += heard.sure
            doubt = doubts(call, heard)
            unsure += [doubt] if doubt is not None else []
        if replies:
            return passed("answered", trigger, *(answers_to(reply, trigger) for reply in replies))
    if unsure:
        return unsure[0]
    first = occasions[0]
    trigger = first.triggers[0]
    proofs = [absence(call, marker, first.reply, answers_to=[trigger]) for marker in markers]
    if not call.turns_of(Role.AGENT):
        return insufficient("No words of the agent were heard.", trigger, *proofs)
    if (
        unknown_turns(call, first.reply)
        or call.is_missed(Role.AGENT)
        or is_garbled(call, Role.AGENT, first.reply)
    ):
        return insufficient(
            f"The customer's words at {times([trigger])} call for it, but the reply wasn't heard well.",
            trigger,
            *proofs,
        )
    return failed(
        f"The customer's words at {times([trigger])} call for it, and the agent's next "
        f"{counted(first.kind.within_agent_turns, 'turn')} don't give it.",
        trigger,
        *proofs,
    )
