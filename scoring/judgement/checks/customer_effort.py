"""What a call makes the customer do: change hands, go elsewhere, say again what was said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Kind
from scoring.domain.rubric import Event
from scoring.domain.transcript import Role
from scoring.judgement.checks.figures import figure
from scoring.judgement.evidence.heard_any import hear_any, place, unknown_ids, unproven
from scoring.judgement.verdict import Verdict, failed, passed
from scoring.judgement.wording import counted, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

# "I'll put you through", "one moment", "you're being transferred": one hand-over, said more than once.
_SAME_EVENT_TURNS: Final = 3
# Asked again at once, a detail was not understood; later, it was not kept.
_ASKED_AGAIN_TURNS: Final = 2
# "Pardon?" gives no detail.
_GIVEN_WORDS: Final = 2


class Effort(Entry):
    """Words that send the customer elsewhere, questions that are effort when asked again, and the limit."""

    signs: Ids
    details: Ids
    max_events: Annotated[int, Field(ge=0)] = 2


class CustomerEffort:
    """`customer_effort: {signs: IDS, details: IDS, max_events: 2}` - the call costs little effort.

    Counted are transfers (the packs' outcome events), each sign once in a turn, and each detail asked for
    again after the customer gave it.
    """

    key = "customer_effort"
    shape: type[BaseModel] = Effort

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        asked = cast("Effort", check)
        return [("signs", text) for text in unknown_ids(asked.signs, rules)] + [
            ("details", text) for text in unknown_ids(asked.details, rules)
        ]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """FAIL with every event when there are too many; never NOT_APPLICABLE."""
        asked = cast("Effort", check)
        events = effort_events(call, asked.signs, asked.details)
        whole = figure(self.key, Kind.EFFORT, float(len(events)), "count", float(asked.max_events))
        when = f", at {times(events)}" if events else ""
        sentence = (
            f"The customer is passed on, sent elsewhere or asked again {counted(len(events), 'time')}{when}; "
            f"at most {asked.max_events} allowed."
        )
        if len(events) > asked.max_events:
            return failed(sentence, whole, *events)
        return unproven(call, asked.details) or passed(sentence, whole, *events)


def effort_events(call: ReadCall, signs: Sequence[str], details: Sequence[str]) -> tuple[Finding, ...]:
    """Return what costs the customer effort in the order of the call, as findings of kind EFFORT.

    These are hand-overs, the signs, and the questions of `details` that are asked again though answered.
    """
    transfers = [rule_id for rule_id, rule in sorted(call.rules.items()) if rule.event is Event.TRANSFER]
    found = [
        *_apart(call, hear_any(call, transfers).sure, _SAME_EVENT_TURNS),
        *(one for sign in signs for one in _apart(call, hear_any(call, [sign]).sure, 0)),
        *(one for detail in details for one in _asked_again(call, hear_any(call, [detail]).sure)),
    ]
    return tuple(sorted((replace(one, kind=Kind.EFFORT) for one in found), key=place))


def _apart(call: ReadCall, findings: Sequence[Finding], runs_between: int) -> Iterator[Finding]:
    """Yield findings more than so many runs behind the last one."""
    last: int | None = None
    for finding in findings:
        run = call.runs[finding.evidence[0].turn]
        if last is None or run - last > runs_between * 2:
            yield finding
        last = run


def _asked_again(call: ReadCall, questions: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the questions that come turns after one that the customer answered, with that one as evidence."""
    answered: Finding | None = None
    for question in questions:
        run = call.runs[question.evidence[0].turn]
        if answered is not None:
            between = [
                number for number in call.agent_runs if call.runs[answered.evidence[0].turn] < number < run
            ]
            if len(between) >= _ASKED_AGAIN_TURNS:
                yield replace(question, evidence=(*question.evidence, *answered.evidence))
        if _is_answered(call, run):
            answered = question


def _is_answered(call: ReadCall, run: int) -> bool:
    words = [turn.words for turn in call.turns_of(Role.CUSTOMER) if call.runs[turn.index] == run + 1]
    return sum(map(len, words)) >= _GIVEN_WORDS
