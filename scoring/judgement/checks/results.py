"""Questions about how the call, or everything in it, ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

from pydantic import Field, model_validator

from scoring.domain.rubric import Event
from scoring.domain.scorecard import Result
from scoring.judgement.evidence.heard import blind_spot
from scoring.judgement.evidence.window import open_window
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import clock, counted, times
from scoring.packs.schema import Entry, as_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.rubric import Rule
    from scoring.domain.scorecard import Outcome
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

_READABLE: Final[Mapping[Result, str]] = {
    Result.RESOLVED: "resolved",
    Result.UNRESOLVED: "unresolved",
    Result.ESCALATED: "escalated",
    Result.FOLLOW_UP_PROMISED: "promised a follow-up",
    Result.UNDETERMINED: "undetermined",
}


class Results(Entry):
    """The results that pass, as a list."""

    results: Annotated[
        list[Literal["resolved", "partly_resolved", "unresolved", "escalated", "follow_up_promised"]],
        Field(min_length=1),
    ]

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"results": as_list(value)}

    def hold(self, result: Result) -> bool:
        """Tell whether a result is one of them."""
        return result.value.lower() in self.results


class OutcomeIn:
    """`outcome_in: [RESULT, ...]` - the call ends in one of the results."""

    key = "outcome_in"
    shape: type[BaseModel] = Results

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - results are fixed words
        """Report packs without outcome events, which could never decide."""
        return _without_events(rules)

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """Judge by the call's result; INSUFFICIENT_EVIDENCE when nothing decides it."""
        outcome = facts.outcome
        if outcome.result is Result.UNDETERMINED:
            return insufficient(_why_undetermined(call, outcome), *outcome.findings)
        at = times(outcome.findings[-1:])
        if outcome.result is Result.PARTLY_RESOLVED:
            count = counted(len(outcome.issues), "issue")
            sentence = f"Of {count}, some are resolved, and the words at {at} decide that one isn't."
        else:
            sentence = f"The words at {at} decide that the issue is {_READABLE[outcome.result]}."
        verdict = passed if cast("Results", check).hold(outcome.result) else failed
        return verdict(sentence, *outcome.findings)


class EveryIssueIn:
    """`every_issue_in: [RESULT, ...]` - each of several issues ends in one of the results."""

    key = "every_issue_in"
    shape: type[BaseModel] = Results

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - results are fixed words
        """Report packs without outcome events, which could never decide."""
        return _without_events(rules)

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """Judge a call with two issues or more; a lapse outweighs an issue that nothing decides."""
        issues = facts.outcome.issues
        if len(issues) < 2:
            blind = unheard(call, Event.TOPIC_CHANGED)
            if blind:
                return insufficient(blind)
            return not_applicable("The customer raises one issue at most.")
        wanted = cast("Results", check)
        undecided = [issue for issue in issues if issue.result is Result.UNDETERMINED]
        wrong = [issue for issue in issues if issue not in undecided and not wanted.hold(issue.result)]
        if wrong:
            place = issues.index(wrong[0]) + 1
            return failed(
                f"Issue {place} of {len(issues)} is {_READABLE[wrong[0].result]} by the words at "
                f"{times(wrong[0].findings[-1:])}.",
                *(finding for issue in wrong for finding in issue.findings),
            )
        findings = [finding for issue in issues for finding in issue.findings]
        if undecided:
            place = issues.index(undecided[0]) + 1
            return insufficient(f"Nothing sure says how issue {place} of {len(issues)} ends.", *findings)
        return passed(
            f"All {len(issues)} issues end well, the last by the words at {times(findings[-1:])}.", *findings
        )


def unheard(call: ReadCall, event: Event) -> str:
    """Return why an event may have gone unheard, or "" when it would have been heard."""
    rules = [rule for _, rule in sorted(call.rules.items()) if rule.event is event]
    return next(filter(None, (blind_spot(call, rule, open_window(call, rule.window)) for rule in rules)), "")


def _without_events(rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
    if any(rule.event is not None for rule in rules.values()):
        return []
    return [("", "no pack of this rubric has outcome events, so nothing can decide the outcome")]


def _why_undetermined(call: ReadCall, outcome: Outcome) -> str:
    doubted = [finding for finding in outcome.findings if finding.evidence]
    if doubted:
        unsure = [one for one in doubted if not call.is_sure(one)]
        if unsure:
            return (
                f"The words at {times(unsure)} would decide how the issue ends, but they were heard with a "
                f"confidence below {call.terms.word_confidence_floor:g}."
            )
        who = "it isn't known who says them"
        return f"The words at {times(doubted)} would decide how the issue ends, but {who}."
    if outcome.findings:
        return (
            f"The call breaks off at {clock(call.transcript.end_s)} without a goodbye, and nothing before "
            "says how the customer's issue ends."
        )
    return "Nothing that was heard well says how the customer's issue ended."
