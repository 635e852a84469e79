"""How long the customer waits: for an answer, and in silence that nobody announced."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Finding, Kind, Measure, Method
from scoring.domain.scorecard import AnswerValue
from scoring.domain.transcript import Role
from scoring.judgement.checks.figures import figure, unheard_side
from scoring.judgement.checks.holds import Announced, announcement, holds_of, quiet_finding
from scoring.judgement.evidence.heard_any import unknown_ids
from scoring.judgement.evidence.quiet import quiet_stretches, words_around
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import clock, counted
from scoring.packs.schema import Entry, Ids, Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.quiet import Quiet
    from scoring.judgement.facts.call_facts import Facts

_QUOTED_WORDS: Final = 8
# Of one or two answers no share can be told.
_MIN_ANSWERS: Final = 3


class Latency(Entry):
    """How long an answer may take, and which share of them may take longer.

    People leave 0.2 s between turns (Stivers et al. 2009); a few seconds are needed to look something up, and
    `hold_s` of silence are a hold, which is judged as one.
    """

    max_s: Annotated[float, Field(gt=0)] = 4.0
    max_slow_share: Share = 0.2
    hold_s: Annotated[float, Field(gt=0)] = 10.0


class DeadAir(Entry):
    """The silence that counts, the share of the call it may have, and what announces it."""

    announced_by: Ids
    silence_s: Annotated[float, Field(gt=0)] = 5.0
    max_share: Share = 0.1
    within_s: Annotated[float, Field(gt=0)] = 45.0


class ResponseLatency:
    """`response_latency: {max_s: 4, max_slow_share: 0.2}` - few of the agent's answers take longer."""

    key = "response_latency"
    shape: type[BaseModel] = Latency

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - it names no rules
        """Report nothing: the shape says all."""
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE for fewer than three answers; FAIL with the slow ones when they are too many."""
        asked = cast("Latency", check)
        missing = unheard_side(call)
        if missing is not None:
            return missing
        holds = holds_of(call, asked.hold_s)
        answers = [
            (turn, latency_s)
            for turn, latency_s in _answers(call)
            if not any(
                turn.start_s - latency_s <= hold.end_s and hold.start_s < turn.start_s for hold in holds
            )
        ]
        if len(answers) < _MIN_ANSWERS:
            return not_applicable(
                f"The agent answers the customer {counted(len(answers), 'time')}; "
                f"it takes {_MIN_ANSWERS} to tell how fast."
            )
        slow = [(turn, latency_s) for turn, latency_s in answers if latency_s > asked.max_s]
        share = round(len(slow) / len(answers), 3)
        whole = figure(self.key, Kind.LATENCY, share, "share", asked.max_slow_share)
        findings = [_latency(call, turn, latency_s, asked.max_s) for turn, latency_s in slow]
        sentence = f"{len(slow)} of the agent's {len(answers)} answers take longer than {asked.max_s:g} s"
        if slow:
            turn, longest_s = max(slow, key=lambda item: (item[1], -item[0].index))
            sentence += f", the longest {longest_s:.1f} s at {clock(turn.start_s)}"
        sentence += f"; at most {asked.max_slow_share:.0%} may."
        return (passed if share <= asked.max_slow_share else failed)(sentence, whole, *findings)


class DeadAirShare:
    """`dead_air: {silence_s: 5, max_share: 0.1, announced_by: IDS}` - little of the call is dead air.

    That is silence of everybody, long enough to be noticed, that nobody announced. Music and ringing are a
    hold and no dead air; a customer who takes time over the agent's question may.
    """

    key = "dead_air"
    shape: type[BaseModel] = DeadAir

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return [("announced_by", text) for text in unknown_ids(cast("DeadAir", check).announced_by, rules)]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """FAIL with every such silence when they are too much; never NOT_APPLICABLE."""
        asked = cast("DeadAir", check)
        missing = unheard_side(call)
        if missing is not None:
            return missing
        length_s = call.transcript.end_s
        if length_s <= 0:
            return insufficient("The call has no length.")
        announced = Announced(by=asked.announced_by, silence_s=asked.silence_s, within_s=asked.within_s)
        silent = {
            (hold.start_s, hold.end_s)
            for hold in holds_of(call, asked.silence_s)
            if announcement(call, hold, announced).value is not AnswerValue.PASS
        }
        dead = [
            quiet
            for quiet in quiet_stretches(call)
            if (quiet.start_s, quiet.end_s) in silent
            and not quiet.is_waiting
            and quiet.length_s - quiet.noise_s >= asked.silence_s
            and not _is_customers(call, quiet)
        ]
        dead_s = sum(quiet.length_s - quiet.noise_s for quiet in dead)
        share = round(dead_s / length_s, 3)
        whole = figure(self.key, Kind.HOLD, share, "share", asked.max_share)
        sentence = (
            f"In {counted(len(dead), 'silence')} of {asked.silence_s:g} s and more, {dead_s:.0f} s of "
            f"{length_s:.0f} s, nobody speaks and nothing is announced "
            f"({100 * share:g}%; at most {100 * asked.max_share:g}%)."
        )
        verdict = passed if share <= asked.max_share else failed
        return verdict(sentence, whole, *(quiet_finding(call, quiet, asked.silence_s) for quiet in dead))


def _is_customers(call: ReadCall, quiet: Quiet) -> bool:
    """Tell whether the agent has asked something and the customer takes this long to answer."""
    around = words_around(call, quiet)
    roles = [one.role for one in around]
    return roles == [Role.AGENT, Role.CUSTOMER] and around[0].quote.endswith("?")


def _answers(call: ReadCall) -> list[tuple[Turn, float]]:
    """Return the agent's turns that answer the customer, and how many seconds each took."""
    turns = call.transcript.turns
    if call.transcript.acoustics is not None:
        measured = call.transcript.acoustics.responses
        return [
            (turns[one.turn], one.latency_s)
            for one in measured
            if 0 <= one.turn < len(turns) and call.role(turns[one.turn]) is Role.AGENT
        ]
    answers: list[tuple[Turn, float]] = []
    for before, turn in pairwise(turns):
        if call.role(turn) is Role.AGENT and call.role(before) is Role.CUSTOMER:
            answers.append((turn, round(turn.start_s - before.end_s, 3)))
    return answers


def _latency(call: ReadCall, turn: Turn, latency_s: float, max_s: float) -> Finding:
    return Finding(
        rule_id="slow_answer",
        kind=Kind.LATENCY,
        method=Method.TIMING,
        score=1.0,
        threshold=1.0,
        evidence=(call.words(turn, 0, min(_QUOTED_WORDS, len(turn.words))),),
        measure=Measure(value=round(latency_s, 3), unit="s", limit=max_s),
    )
