"""De-escalation: whether what an upset customer says is calmer once the agent has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Assertion, Finding, Kind, Measure, Method, Searched
from scoring.domain.scorecard import EmotionLabel
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import doubts, hear
from scoring.judgement.evidence.window import open_window
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import counted, times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.domain.scorecard import CustomerEmotion
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

_TELLING_WORDS: Final = 4
# Confusion is no tension: it is answered by an explanation, not by calming.
_TENSE: Final = frozenset(
    {
        EmotionLabel.ANGER,
        EmotionLabel.FRUSTRATION,
        EmotionLabel.DISAPPOINTMENT,
        EmotionLabel.DISTRESS,
        EmotionLabel.ANXIETY,
    }
)


class Calmed(Entry):
    """How bad a turn's emotion must be to call for calming, and how much better it must become.

    All are valences: a turn at `upset` (-1 to 0) or below calls for it, and the customer's last telling turn
    must not lie below `calm` and must lie at least `rise` above the worst turn that the agent answered.
    """

    upset: Annotated[float, Field(ge=-1, lt=0)] = -0.5
    calm: Annotated[float, Field(ge=-1, le=0)] = -0.3
    rise: Annotated[float, Field(gt=0, le=1)] = 0.3


class Deescalated:
    """`deescalated: {upset: -0.5, calm: -0.3, rise: 0.3}` - an upset customer is calmer at the end."""

    key = "deescalated"
    shape: type[BaseModel] = Calmed

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - any values will do
        """Report packs without emotion cues, which could never find anybody upset."""
        if any(rule.kind is Kind.EMOTION for rule in rules.values()):
            return []
        return [("", "no pack of this rubric has emotion cues, so nothing can be found")]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """PASS when the customer's last words are calmer, FAIL when they aren't.

        NOT_APPLICABLE where nobody is upset; INSUFFICIENT_EVIDENCE where the customer says nothing of weight
        after the agent's answer, or what they say wasn't heard well.
        """
        asked = cast("Calmed", check)
        upset = [one for one in facts.emotions if one.label in _TENSE and one.valence <= asked.upset]
        if not upset:
            return _nobody_upset(call, asked)
        telling = [one for one in facts.emotions if _tells(call, one)]
        answered = [one for one in upset if any(_answered(call, one, later) for later in telling)]
        if not answered:
            start = _mark("emotion.upset", call, upset[-1], asked)
            return insufficient(
                f"The customer is upset at {times([start])} and says nothing after an answer of the agent "
                "that would tell whether it calmed them.",
                start,
                *upset[-1].findings,
            )
        worst, last = min(answered, key=lambda one: (one.valence, one.turn)), telling[-1]
        start = _mark("emotion.upset", call, worst, asked)
        end = _mark("emotion.afterwards", call, last, asked, answers_to=(start,))
        findings = (start, *worst.findings, end, *last.findings)
        ends = f"{worst.valence:+.2f} at {times([start])}, {last.valence:+.2f} at {times([end])}"
        if _unheard(call, last):
            return insufficient(
                f"Not all that was said after the customer was upset is known to be the customer's or was "
                f"heard ({ends}).",
                *findings,
            )
        if last.valence >= asked.calm and last.valence - worst.valence >= asked.rise:
            return passed(f"The customer's words are calmer after the agent's answer: {ends}.", *findings)
        return failed(f"The customer's words aren't calmer after the agent's answer: {ends}.", *findings)


def _nobody_upset(call: ReadCall, asked: Calmed) -> Verdict:
    customer = call.turns_of(Role.CUSTOMER)
    proof = Finding(
        rule_id="emotion.upset",
        kind=Kind.EMOTION,
        searched=Searched(
            turn_count=len(customer),
            speech_s=sum(turn.end_s - turn.start_s for turn in customer),
            start_s=0.0,
            end_s=call.transcript.end_s,
            role=Role.CUSTOMER,
        ),
    )
    if not customer:
        return insufficient("No words of the customer were heard.", proof)
    rules = [
        rule
        for _, rule in sorted(call.rules.items())
        if rule.emotion in _TENSE and rule.valence <= asked.upset
    ]
    for rule in rules:
        doubt = doubts(call, hear(call, rule, open_window(call, rule.window)))
        if doubt is not None:
            return doubt
    if call.is_missed(Role.CUSTOMER):
        return insufficient(
            "Nobody sounds upset by their words, but much of what the customer says was not heard.", proof
        )
    unknown = call.turns_of(Role.UNKNOWN)
    if unknown:
        return insufficient(
            f"The customer's words aren't upset, but it isn't known who speaks in "
            f"{counted(len(unknown), 'turn')}.",
            proof,
        )
    return not_applicable("Nothing the customer says is upset.", proof)


def _tells(call: ReadCall, one: CustomerEmotion) -> bool:
    """Tell whether a turn says enough for its mood to mean something: "no, bye" is neither calm nor angry."""
    return bool(one.findings) or len(call.transcript.turns[one.turn].words) >= _TELLING_WORDS


def _answered(call: ReadCall, before: CustomerEmotion, after: CustomerEmotion) -> bool:
    """Tell whether the agent speaks between two turns of the customer."""
    return any(before.turn < turn.index < after.turn for turn in call.turns_of(Role.AGENT))


def _unheard(call: ReadCall, last: CustomerEmotion) -> bool:
    """Tell whether the customer may have said more after what counts as their last words."""
    return call.is_missed(Role.CUSTOMER) or any(
        turn.index > last.turn for turn in call.turns_of(Role.UNKNOWN)
    )


def _mark(
    rule_id: str, call: ReadCall, one: CustomerEmotion, asked: Calmed, answers_to: tuple[Finding, ...] = ()
) -> Finding:
    """Return a turn and its valence as one end of an episode."""
    turn = call.transcript.turns[one.turn]
    return Finding(
        rule_id=rule_id,
        kind=Kind.EMOTION,
        assertion=Assertion.AFFIRMED,
        method=Method.RULE,
        score=1.0,
        threshold=1.0,
        evidence=(call.evidence(turn, 0, len(turn.text)),),
        answers_to=answers_to,
        measure=Measure(value=one.valence, unit="valence", limit=asked.upset),
    )
