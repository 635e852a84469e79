"""The events of a call, split into the issues that the customer raises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Method
from scoring.domain.rubric import Event
from scoring.domain.scorecard import Result
from scoring.domain.transcript import Role
from scoring.judgement.outcome_machine import BEGINNING, Step, after, result_of
from scoring.judgement.statements import hear
from scoring.judgement.window import open_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.domain.finding import Finding
    from scoring.judgement.call import ReadCall

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
    the same thing, unless the customer says "yes" to there being more.
    """
    starts = _starts(call, events)
    ends = [first_turn for first_turn, _ in starts[1:]] + [len(call.transcript.turns)]
    parts: list[Part] = []
    for (first_turn, raised), end in zip(starts, ends, strict=True):
        # Whatever is said before the first issue is raised belongs to it.
        begin = first_turn if parts else 0
        own = [one for one in events if begin <= one.turn < end]
        answered = min((run for run in call.agent_runs if run > call.runs.get(first_turn, -1)), default=None)
        parts.append(
            Part(
                first_turn=first_turn,
                last_turn=max(first_turn, end - 1),
                raised=raised,
                events=tuple(
                    one
                    for one in own
                    if one.event not in _ANSWERS or (answered is not None and call.runs[one.turn] > answered)
                ),
            )
        )
    return parts


def _starts(call: ReadCall, events: Sequence[Occurrence]) -> list[tuple[int, Finding | None]]:
    """Return the turn in which each issue begins, with the words that raise it."""
    first = min((turn.index for turn in call.turns_of(Role.CUSTOMER)), default=0)
    starts: list[tuple[int, Finding | None]] = [(first, None)]
    turned_down = {one.turn for one in events if one.event in _TURNS_DOWN}
    agreed = {one.turn for one in events if one.event is Event.CUSTOMER_AGREES}
    asked_run = -2
    states = BEGINNING
    for one in events:
        run = call.runs[one.turn]
        if one.event is Event.FURTHER_HELP and one.is_sure:
            asked_run = run
        if one.event in _RAISES and one.is_sure:
            begun, raised = starts[-1]
            result = result_of(states)
            is_answer = run == asked_run + 1
            if one.event is Event.TOPIC_CHANGED:
                begins = is_answer or result is not Result.UNDETERMINED
            else:
                begins = is_answer and (result is not Result.UNRESOLVED or one.turn in agreed)
            if begins and run > call.runs[begun] and one.turn not in turned_down:
                starts.append((one.turn, one.finding))
                states = BEGINNING
            elif raised is None and result is Result.UNDETERMINED:
                # A greeting before it raises nothing.
                starts[-1] = one.turn, one.finding
        states = after(states, one.step)
    return starts


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
