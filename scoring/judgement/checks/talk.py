"""Who talks, how much, how fast, and over whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field, model_validator

from scoring.domain.acoustics import OverlapKind
from scoring.domain.finding import Finding, Kind, Measure, Method
from scoring.domain.transcript import Role
from scoring.judgement.checks.figures import figure, rated_length_s, unheard_side
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import counted, times
from scoring.packs.schema import Entry, Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.acoustics import Acoustics, TalkOverlap
    from scoring.domain.finding import Evidence
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

# Words of an overlap lie up to this beside the times that were measured.
_EDGE_S: Final = 0.4


class Interruptions(Entry):
    """How often in ten minutes the agent may take the floor in the middle of the customer's sentence."""

    max_per_10_min: Annotated[float, Field(ge=0)] = 4.0


class Bounds(Entry):
    """The least and the most share of the talk that may be the agent's, in calls with so much of it."""

    min_share: Share = 0.2
    max_share: Share = 0.8
    min_talk_s: Annotated[float, Field(ge=0)] = 60.0

    @model_validator(mode="after")
    def _is_range(self) -> Bounds:
        if self.min_share >= self.max_share:
            raise ValueError("min_share must be below max_share")
        return self


class Pace(Entry):
    """The least and the most words in a minute of the agent's talk, where the agent says so many."""

    min_wpm: Annotated[float, Field(gt=0)] = 110.0
    max_wpm: Annotated[float, Field(gt=0)] = 260.0
    min_words: Annotated[int, Field(ge=1)] = 50

    @model_validator(mode="after")
    def _is_range(self) -> Pace:
        if self.min_wpm >= self.max_wpm:
            raise ValueError("min_wpm must be below max_wpm")
        return self


class FewInterruptions:
    """`interruptions: {max_per_10_min: 4}` - the agent lets the customer finish.

    Words of agreement and overlaps at the end of a sentence don't count (docs/acoustics.md). A call of less
    than five minutes counts as five.
    """

    key = "interruptions"
    shape: type[BaseModel] = Interruptions

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - it names no rules
        """Report nothing: the shape says all."""
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE where overlaps can't be told; FAIL with each interruption when they are too many."""
        asked = cast("Interruptions", check)
        acoustics = call.transcript.acoustics
        if acoustics is None:
            return not_applicable("Nothing was measured of who talks over whom.")
        if not acoustics.overlaps:
            return not_applicable(
                "Nobody is heard talking over anybody; on one channel that can't be told apart."
            )
        agents = _speakers(call, Role.AGENT)
        if not agents:
            return insufficient("It isn't known which speaker is the agent.")
        customers = _speakers(call, Role.CUSTOMER)
        found = [
            _interruption(call, overlap)
            for overlap in acoustics.overlaps
            if overlap.kind is OverlapKind.INTERRUPTION
            and overlap.second_speaker in agents
            and overlap.first_speaker in customers
        ]
        rate = round(len(found) * 600 / rated_length_s(call), 3)
        whole = figure(self.key, Kind.TALK, rate, "in 10 min", asked.max_per_10_min)
        sentence = f"The agent interrupts the customer {counted(len(found), 'time')}"
        when = times(found)
        sentence += f", at {when}" if when else ""
        sentence += f" ({rate:.1f} in ten minutes; at most {asked.max_per_10_min:g})."
        return (passed if rate <= asked.max_per_10_min else failed)(sentence, whole, *found)


class TalkShare:
    """`talk_share: {min_share: 0.2, max_share: 0.8}` - the agent neither lectures nor keeps silent."""

    key = "talk_share"
    shape: type[BaseModel] = Bounds

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - it names no rules
        """Report nothing: the shape says all."""
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE for a short call; INSUFFICIENT_EVIDENCE when too much is nobody's."""
        asked = cast("Bounds", check)
        missing = unheard_side(call)
        if missing is not None:
            return missing
        talk_s = _talk_s(call)
        total_s = sum(talk_s.values())
        if total_s < asked.min_talk_s:
            return not_applicable(f"Only {total_s:.0f} s are talked; it takes {asked.min_talk_s:g} to tell.")
        share = round(talk_s[Role.AGENT] / total_s, 3)
        most = round((talk_s[Role.AGENT] + talk_s[Role.UNKNOWN]) / total_s, 3)
        sentence = (
            f"The agent talks {share:.0%} of the time in which anybody does; "
            f"{asked.min_share:.0%} to {asked.max_share:.0%} is expected."
        )
        limit = asked.min_share if share < asked.min_share else asked.max_share
        whole = figure(self.key, Kind.TALK, share, "share", limit)
        if asked.min_share <= share and most <= asked.max_share:
            return passed(sentence, whole)
        if most < asked.min_share or share > asked.max_share:
            return failed(sentence, whole)
        return insufficient(f"It isn't known who talks in {most - share:.0%} of the talk.", whole)


class SpeechRate:
    """`speech_rate: {min_wpm: 110, max_wpm: 260}` - the agent speaks at a pace that can be followed.

    Pauses beyond 0.4 s don't count as talk, so a figure here is higher than one that includes them.
    """

    key = "speech_rate"
    shape: type[BaseModel] = Pace

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - it names no rules
        """Report nothing: the shape says all."""
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE where nothing was measured or the agent says little."""
        asked = cast("Pace", check)
        acoustics = call.transcript.acoustics
        if acoustics is None:
            return not_applicable("Nothing was measured of how fast anybody speaks.")
        activity = [
            one
            for number, one in enumerate(acoustics.activity)
            if number in _speakers(call, Role.AGENT) and one.words_per_minute > 0
        ]
        if not activity:
            return insufficient("It isn't known which speaker is the agent.")
        if call.is_missed(Role.AGENT):
            return insufficient("Much of what the agent says was not heard.")
        minutes = sum(one.talk_s for one in activity) / 60
        words = sum(one.words_per_minute * one.talk_s / 60 for one in activity)
        if words < asked.min_words or minutes <= 0:
            return not_applicable(
                f"The agent says {counted(round(words), 'word')}; it takes {asked.min_words} to tell."
            )
        rate = round(words / minutes, 1)
        limit = asked.min_wpm if rate < asked.min_wpm else asked.max_wpm
        whole = figure(self.key, Kind.TALK, rate, "words/min", limit)
        sentence = (
            f"The agent speaks {rate:.0f} words in a minute of talk; "
            f"{asked.min_wpm:g} to {asked.max_wpm:g} are expected."
        )
        return (passed if asked.min_wpm <= rate <= asked.max_wpm else failed)(sentence, whole)


def _speakers(call: ReadCall, role: Role) -> frozenset[int]:
    floor = call.terms.role_confidence_floor
    return frozenset(
        number
        for number, speaker in enumerate(call.transcript.speakers)
        if speaker.role is role and speaker.role_confidence >= floor
    )


def _talk_s(call: ReadCall) -> dict[Role, float]:
    """Return seconds of talk by role: as measured, or else the length of words."""
    talk_s = dict.fromkeys(Role, 0.0)
    acoustics: Acoustics | None = call.transcript.acoustics
    if acoustics is None:
        for turn in call.transcript.turns:
            talk_s[call.role(turn)] += sum(word.end_s - word.start_s for word in turn.words)
        return talk_s
    agents, customers = _speakers(call, Role.AGENT), _speakers(call, Role.CUSTOMER)
    for number, one in enumerate(acoustics.activity):
        role = Role.AGENT if number in agents else Role.CUSTOMER if number in customers else Role.UNKNOWN
        talk_s[role] += one.talk_s
    return talk_s


def _interruption(call: ReadCall, overlap: TalkOverlap) -> Finding:
    words = [_words_in(call, overlap, speaker) for speaker in (overlap.first_speaker, overlap.second_speaker)]
    return Finding(
        rule_id="interruption",
        kind=Kind.INTERRUPTION,
        method=Method.TIMING,
        score=1.0,
        threshold=1.0,
        evidence=tuple(one for one in words if one is not None),
        measure=Measure(value=round(overlap.end_s - overlap.start_s, 3), unit="s"),
    )


def _words_in(call: ReadCall, overlap: TalkOverlap, speaker: int) -> Evidence | None:
    """Return what a speaker says in an overlap, in the first turn that has words there."""
    for turn in call.transcript.turns:
        inside = [
            position
            for position, word in enumerate(turn.words)
            if word.start_s <= overlap.end_s + _EDGE_S and word.end_s >= overlap.start_s - _EDGE_S
        ]
        if turn.speaker == speaker and inside:
            return call.words(turn, inside[0], inside[-1] + 1)
    return None
