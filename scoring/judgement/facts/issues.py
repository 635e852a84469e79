"""The events of a call, split into the issues that the customer raises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Method
from scoring.domain.rubric import Event
from scoring.domain.scorecard import Result
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import hear
from scoring.judgement.evidence.window import open_window
from scoring.judgement.facts.outcome_machine import BEGINNING, Step, after, result_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.domain.finding import Finding
    from scoring.judgement.evidence.call import ReadCall

_RAISES: Final = frozenset({Event.ISSUE_RAISED, Event.TOPIC_CHANGED})
_TURNS_DOWN: Final = frozenset({Event.CUSTOMER_REJECTS, Event.CUSTOMER_WITHDRAWS})
# Before the agent has answered, these words tell why the customer calls and not how the issue ends.
_ANSWERS: Final = _TURNS_DOWN | {Event.CUSTOMER_ACCEPTS, Event.CUSTOMER_AGREES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An event with the words it rests on; `is_sure` is False where words or speaker can't be relied on."""

    event: Event
    finding: Finding
    is_sure: bool

    @property
    def turn(self) -> int:
        """The turn of the words."""
        return self.finding.evidence[0].turn

    @property
    def step(self) -> Step:
        """The event as the state machine takes it."""
        return Step(event=self.event, is_sure=self.is_sure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The turns of one issue (both included), the words that raise it, and its events in order."""

    first_turn: int
    last_turn: int
    raised: Finding | None
    events: tuple[Occurrence, ...]


def events_of(call: ReadCall) -> list[Occurrence]:
    """Return every outcome event of a call in the order of its words."""
    heard: list[Occurrence] = []
    for _, rule in sorted(call.rules.items()):
        if rule.event is None:
            continue
        found = hear(call, rule, open_window(call, rule.window))
        heard += [Occurrence(event=rule.event, finding=one, is_sure=True) for one in found.sure]
        heard += [
            Occurrence(event=rule.event, finding=one, is_sure=False)
            for one in dict.fromkeys((*found.unsure, *found.nobodys))
        ]
    heard.sort(key=_place)
    return _longest(heard)


def parts_of(call: ReadCall, events: Sequence[Occurrence]) -> list[Part]:
    """Split events where the customer raises something else; there is at least one part.

    Once the agent has asked whether there is more, a request begins another issue, and so does anything
    called another thing once the issue before has a result. But a request after a refusal tries again for
    the same thing, unless the customer says "yes" to there being more. What is turned away after something
    was settled was a wish of its own, from the request before it on.
    """
    starts = _starts(call, events)
    parts: list[Part] = []
    for number, start in enumerate(starts):
        is_last = start is starts[-1]
        # Whatever is said before the first issue is raised belongs to it.
        begin = start.place if number else 0
        own = events[begin:] if is_last else events[begin : starts[number + 1].place]
        end = len(call.transcript.turns) if is_last else starts[number + 1].turn
        answered = min((run for run in call.agent_runs if run > call.runs.get(start.turn, -1)), default=None)
        parts.append(
            Part(
                first_turn=start.turn,
                # "Perfect. And another thing": the turn that raises one issue may still settle another.
                last_turn=max(start.turn, end - 1, *(one.turn for one in own)),
                raised=start.raised,
                events=tuple(
                    one
                    for one in own
                    if one.event not in _ANSWERS or (answered is not None and call.runs[one.turn] > answered)
                ),
            )
        )
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where an issue begins: the place among the events, the turn, and the words that raise it."""

    place: int
    turn: int
    raised: Finding | None


def _starts(call: ReadCall, events: Sequence[Occurrence]) -> list[_Start]:
    first = min((turn.index for turn in call.turns_of(Role.CUSTOMER)), default=0)
    starts = [_Start(place=0, turn=first, raised=None)]
    turned_down = {one.turn for one in events if one.event in _TURNS_DOWN}
    agreed = {one.turn for one in events if one.event is Event.CUSTOMER_AGREES}
    asked_run = -2
    states = BEGINNING
    asked: _Start | None = None
    for place, one in enumerate(events):
        run = call.runs[one.turn]
        if one.event is Event.FURTHER_HELP and one.is_sure:
            asked_run = run
        if one.event in _RAISES and one.is_sure:
            begun = starts[-1]
            result = result_of(states)
            is_answer = run == asked_run + 1
            if one.event is Event.TOPIC_CHANGED:
                begins = is_answer or result is not Result.UNDETERMINED
            else:
                begins = is_answer and (result is not Result.UNRESOLVED or one.turn in agreed)
            start = _Start(place=place, turn=one.turn, raised=one.finding)
            if begins and run > call.runs[begun.turn] and one.turn not in turned_down:
                starts.append(replace(start, place=_without_yes(events, place)))
                states = BEGINNING
            elif begun.raised is None and result is Result.UNDETERMINED:
                # A greeting before it raises nothing.
                starts[-1] = start
            asked = start
        if one.event is Event.TURNED_AWAY and one.is_sure and asked is not None:
            begun = starts[-1]
            own = call.runs[asked.turn] == run - 1 and call.runs[asked.turn] > call.runs[begun.turn]
            if own and result_of(states) is Result.RESOLVED and asked.turn not in turned_down:
                starts.append(replace(asked, place=_without_yes(events, asked.place)))
                states = BEGINNING
        states = after(states, one.step)
    return starts


def _without_yes(events: Sequence[Occurrence], place: int) -> int:
    """Return the place before the "yes" that leads up to a request: it agrees to nothing said before."""
    turn = events[place].turn
    while place and events[place - 1].turn == turn and events[place - 1].event is Event.CUSTOMER_AGREES:
        place -= 1
    return place


def _place(heard: Occurrence) -> tuple[float, int, int, str]:
    words = heard.finding.evidence[0]
    return words.start_s, words.turn, words.start_char, heard.finding.rule_id


def _longest(heard: Sequence[Occurrence]) -> list[Occurrence]:
    """Leave out words within a longer wording of another event: the thanks of "thanks anyway" are none."""
    kept: list[Occurrence] = []
    # Per turn, speaker and event the wording that reaches furthest so far, as (end, start) of its characters.
    furthest: dict[tuple[int, Role], dict[Event, tuple[int, int]]] = {}
    for one in sorted(heard, key=_longer_first):
        words = one.finding.evidence[0]
        reached = furthest.setdefault((words.turn, words.role), {})
        if not any(
            end > words.end_char or (end == words.end_char and start < words.start_char)
            for event, (end, start) in reached.items()
            if event is not one.event
        ):
            kept.append(one)
        if one.finding.method is Method.RULE:
            further = (words.end_char, words.start_char)
            if one.event not in reached or further[0] > reached[one.event][0]:
                reached[one.event] = further
    return sorted(kept, key=_place)


def _longer_first(heard: Occurrence) -> tuple[int, int, int, str]:
    words = heard.finding.evidence[0]
    return words.turn, words.start_char, -words.end_char, heard.finding.rule_id
