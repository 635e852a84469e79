"""What became of the customer's issue: a state machine over the call's outcome events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scoring.domain.finding import Kind
from scoring.domain.rubric import Event
from scoring.domain.scorecard import Outcome, Result
from scoring.judgement.statements import hear
from scoring.judgement.verdict import Verdict, failed, insufficient, passed
from scoring.judgement.window import open_window
from scoring.judgement.wording import times
from scoring.packs.schema import as_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.call import ReadCall
    from scoring.judgement.facts import Facts

_OPEN: Final = frozenset({Result.UNDETERMINED, Result.RESOLVED, Result.UNRESOLVED})
_ALL: Final = frozenset(Result)

# What each event makes of which results; other results stay. The last decisive event wins, but once somebody
# else takes over or something is promised, only the customer's own "it works" brings the issue back into the
# call: an agent who then notes it down or can't say more has not undone the hand-over.
_MOVES: Final[Mapping[Event, tuple[frozenset[Result], Result]]] = {
    Event.ACTION_DONE: (_OPEN, Result.RESOLVED),
    Event.CUSTOMER_CONFIRMS: (_ALL, Result.RESOLVED),
    # Taking an alternative settles what was refused before.
    Event.CUSTOMER_ACCEPTS: (frozenset({Result.UNDETERMINED, Result.UNRESOLVED}), Result.RESOLVED),
    # Being content settles what nothing else has and supports what was done; it doesn't undo a refusal.
    Event.CUSTOMER_CONTENT: (frozenset({Result.UNDETERMINED, Result.RESOLVED}), Result.RESOLVED),
    Event.CUSTOMER_REJECTS: (_OPEN, Result.UNRESOLVED),
    Event.CANNOT_HELP: (_OPEN, Result.UNRESOLVED),
    Event.TRANSFER: (_ALL, Result.ESCALATED),
    # A call-back after a hand-over is part of the hand-over.
    Event.FOLLOW_UP: (_ALL - {Result.ESCALATED}, Result.FOLLOW_UP_PROMISED),
}


def outcome_of(call: ReadCall) -> Outcome:
    """Return the result that the call's events lead to, with those that moved it, the deciding one last."""
    events = [
        (finding, rule.event)
        for _, rule in sorted(call.rules.items())
        if rule.event is not None
        for finding in hear(call, rule, open_window(call, rule.window)).sure
    ]
    events.sort(
        key=lambda item: (item[0].evidence[0].start_s, item[0].evidence[0].start_char, item[0].rule_id)
    )
    result = Result.UNDETERMINED
    # One stage per change of the result: the words that changed it, then the last words of each event that
    # says so again. An agent repeats what was done, and the customer's thanks support it.
    stages: list[tuple[Finding, dict[Event, Finding]]] = []
    for finding, event in events:
        origins, target = _MOVES[event]
        if result not in origins:
            continue
        if target is not result:
            stages.append((finding, {}))
        else:
            again = stages[-1][1]
            again.pop(event, None)
            again[event] = finding
        result = target
    deciding = (finding for changed, again in stages for finding in (changed, *again.values()))
    return Outcome(result=result, findings=tuple(deciding))


class Results(BaseModel):
    """The results that pass, as a list."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    results: Annotated[
        list[Literal["resolved", "partly_resolved", "unresolved", "escalated", "follow_up_promised"]],
        Field(min_length=1),
    ]

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"results": as_list(value)}


class OutcomeIn:
    """`outcome_in: [RESULT, ...]` - the customer's issue ends in one of the results."""

    key = "outcome_in"
    shape: type[BaseModel] = Results

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - results are fixed words
        """Report packs without outcome events, which could never decide."""
        if any(rule.kind is Kind.OUTCOME_EVENT for rule in rules.values()):
            return []
        return [("", "no pack of this rubric has outcome events, so nothing can decide the outcome")]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """Judge by the outcome; INSUFFICIENT_EVIDENCE when nothing decides it."""
        outcome = facts.outcome
        if outcome.result is Result.UNDETERMINED:
            events = [rule for rule in call.rules.values() if rule.event is not None]
            heard = [
                finding
                for rule in events
                for finding in hear(call, rule, open_window(call, rule.window)).unsure
            ]
            return insufficient("Nothing that was heard well says how the customer's issue ended.", *heard)
        word = outcome.result.value.lower()
        when = times(outcome.findings[-1:])
        sentence = f"The words at {when} decide that the issue is {_READABLE[outcome.result]}."
        if word in cast("Results", check).results:
            return passed(sentence, *outcome.findings)
        return failed(sentence, *outcome.findings)


_READABLE: Final[Mapping[Result, str]] = {
    Result.RESOLVED: "resolved",
    Result.UNRESOLVED: "unresolved",
    Result.ESCALATED: "escalated",
    Result.FOLLOW_UP_PROMISED: "promised a follow-up",
    Result.PARTLY_RESOLVED: "resolved in part",
}
