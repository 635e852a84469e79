"""Words that must be followed by others soon: a complaint by its being noted, a refusal by a way out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, Field

from scoring.domain.scorecard import AnswerValue
from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, hear_any, unknown_ids, unproven
from scoring.judgement.evidence.window import Span, span_of
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import counted, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


class RespondedBy(Entry):
    """What calls for words, what answers it, and within how many turns of the one who answers.

    With `each_time` every occurrence needs its own answer; without, one answer to each id of `to` will do,
    since people repeat themselves.
    """

    to: Ids
    by: Ids
    within_agent_turns: Annotated[int, Field(ge=1)] = 2
    each_time: bool = False


class Responded:
    """`responded: {to: IDS, by: IDS, within_agent_turns: 2}` - when one of `to` is said, one of `by` follows.

    A turn is everything a speaker says until another speaks. Where the speaker of `to` answers it themselves,
    as an agent who refuses says why, the turn of `to` is the first of the turns, whichever is said first.
    """

    key = "responded"
    shape: type[BaseModel] = RespondedBy

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        asked = cast("RespondedBy", check)
        return [("to", text) for text in unknown_ids(asked.to, rules)] + [
            ("by", text) for text in unknown_ids(asked.by, rules)
        ]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE when nothing of `to` is said; FAIL for the first that isn't answered."""
        asked = cast("RespondedBy", check)
        verdicts: list[Verdict] = []
        for one in asked.to:
            heard = hear_any(call, [one])
            doubt = doubts(call, heard)
            if heard.sure:
                verdicts += _judged(call, heard.sure, asked)
            elif doubt is not None:
                verdicts.append(doubt)
        for value in (AnswerValue.FAIL, AnswerValue.PASS, AnswerValue.INSUFFICIENT_EVIDENCE):
            of_value = [verdict for verdict in verdicts if verdict.value is value]
            if value is AnswerValue.PASS and of_value:
                # What was answered outweighs a doubt about whether more was asked.
                findings = tuple(dict.fromkeys(finding for one in of_value for finding in one.findings))
                answers = [finding for finding in findings if finding.answers_to]
                opened = [finding for finding in findings if not finding.answers_to]
                return passed(f"The words at {times(opened)} are answered at {times(answers)}.", *findings)
            if of_value:
                return of_value[0]
        return unproven(call, asked.to) or not_applicable(
            "Nothing that calls for it is said.", *absences(call, asked.to)
        )


def _judged(call: ReadCall, opened: tuple[Finding, ...], asked: RespondedBy) -> list[Verdict]:
    verdicts = [_answer(call, one, asked) for one in opened]
    if asked.each_time:
        return verdicts
    for value in (AnswerValue.PASS, AnswerValue.INSUFFICIENT_EVIDENCE):
        for verdict in verdicts:
            if verdict.value is value:
                return [verdict]
    return verdicts[:1]


def _answer(call: ReadCall, opened: Finding, asked: RespondedBy) -> Verdict:
    def where(call: ReadCall, rule: Rule) -> Span:
        return _reply_span(call, opened, rule, asked.within_agent_turns)

    heard = hear_any(call, asked.by, where)
    # The same words don't answer themselves.
    answers = tuple(one for one in heard.sure if one.rule_id != opened.rule_id)
    if answers:
        return passed("answered", opened, *(replace(one, answers_to=(opened,)) for one in answers))
    doubt = doubts(call, heard)
    if doubt is not None:
        return insufficient(doubt.explanation, opened, *doubt.findings)
    proofs = absences(call, asked.by, where, answers_to=[opened])
    blind = unproven(call, asked.by, where)
    if blind is not None:
        return insufficient(
            f"The words at {times([opened])} call for an answer, but what follows wasn't heard well.",
            opened,
            *proofs,
        )
    turns = counted(asked.within_agent_turns, "turn")
    who = " or ".join(sorted({call.rules[one].role.value.lower() for one in asked.by}))
    return failed(
        f"The words at {times([opened])} call for an answer, and the {who}'s next {turns} don't give it.",
        opened,
        *proofs,
    )


def _reply_span(call: ReadCall, opened: Finding, by: Rule, within_turns: int) -> Span:
    """Return what follows the words up to the end of the next turns of whoever should answer."""
    at = opened.evidence[0]
    run = call.runs[at.turn]
    own_turn = at.role is by.role
    runs = dict.fromkeys(call.runs[turn.index] for turn in call.turns_of(by.role))
    replies = [number for number in runs if number > run or (own_turn and number == run)][:within_turns]
    # With fewer replies than allowed, whatever follows may still be one: an unknown voice, for one.
    last = replies[-1] if len(replies) == within_turns else max(call.runs.values())
    turns = [
        turn
        for turn in call.transcript.turns
        if run < call.runs[turn.index] <= last or (own_turn and call.runs[turn.index] == run)
    ]
    return span_of(turns, (at.end_s, call.transcript.end_s))
