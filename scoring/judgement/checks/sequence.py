"""Steps that must follow one another, as in making good what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from pydantic import BaseModel, Field

from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, hear_any, unknown_ids, unproven, within_own_window
from scoring.judgement.evidence.window import Span
from scoring.judgement.verdict import Verdict, failed, not_applicable, passed
from scoring.judgement.wording import clock, listed, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


_Name = Annotated[str, Field(min_length=1, max_length=40)]


class Steps(Entry):
    """The steps in order by name, each the ids of which one is enough, and what opens the sequence."""

    steps: Annotated[dict[_Name, Ids], Field(min_length=2)]
    opened_by: Ids


class InSequence:
    """`in_sequence: {steps: {NAME: IDS, ...}, opened_by: IDS}` - after an opening, each step in this order.

    Within one turn their order is free: "I'm sorry, I see how annoying that is" is no worse than the other
    way round.
    """

    key = "in_sequence"
    shape: type[BaseModel] = Steps

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        asked = cast("Steps", check)
        return [
            (place, text)
            for place, ids in [
                ("opened_by", asked.opened_by),
                *(("steps", step) for step in asked.steps.values()),
            ]
            for text in unknown_ids(ids, rules)
        ]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without an opening; FAIL names the steps that are missing or come too early."""
        asked = cast("Steps", check)
        opening = hear_any(call, asked.opened_by)
        if not opening.sure:
            doubt = doubts(call, opening) or unproven(call, asked.opened_by)
            return doubt or not_applicable(
                "Nothing that calls for it is said.", *absences(call, asked.opened_by)
            )
        opened = opening.sure[0]
        return _follow(call, opened, asked.steps)


def _follow(call: ReadCall, opened: Finding, steps: Mapping[str, Sequence[str]]) -> Verdict:
    def where(call: ReadCall, rule: Rule) -> Span:
        return _after(call, opened, rule)

    reached = call.runs[opened.evidence[0].turn]
    kept: list[Finding] = []
    missing: list[str] = []
    early: list[str] = []
    proofs: list[Finding] = []
    for name, step in steps.items():
        heard = hear_any(call, step, where)
        later = [one for one in heard.sure if call.runs[one.evidence[0].turn] >= reached]
        if later:
            kept.append(later[0])
            reached = call.runs[later[0].evidence[0].turn]
        elif heard.sure:
            early.append(f"'{name}' (at {times(heard.sure[:1])})")
            proofs += heard.sure[:1]
        else:
            doubt = doubts(call, heard) or unproven(call, step, where)
            if doubt is not None:
                return Verdict(
                    value=doubt.value, explanation=doubt.explanation, findings=(opened, *doubt.findings)
                )
            missing.append(f"'{name}'")
            proofs += absences(call, step, where, answers_to=[opened])
    since = f"After the words at {clock(opened.evidence[0].start_s)}"
    if missing:
        return failed(f"{since} the {_steps(missing)} missing.", opened, *kept, *proofs)
    if early:
        return failed(f"{since} the {_steps(early)} too early, before the others.", opened, *kept, *proofs)
    return passed(f"{since} every step follows in order, at {times(kept)}.", opened, *kept)


def _after(call: ReadCall, opened: Finding, rule: Rule) -> Span:
    """Return what lies in the rule's own window from the turn of the opening on."""
    own = within_own_window(call, rule)
    first = opened.evidence[0].turn
    return Span(
        turns=frozenset(index for index in own.turns if index >= first),
        start_s=max(own.start_s, opened.evidence[0].start_s),
        end_s=own.end_s,
    )


def _steps(names: list[str]) -> str:
    return f"step {names[0]} is" if len(names) == 1 else f"steps {listed(names)} are"
