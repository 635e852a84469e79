"""What becomes of one issue: a state machine over what is said about it.

docs/adr/0013-outcome.md shows the moves as a table. Nothing here knows of words or times: a step is an event
and whether it was heard well enough to be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from scoring.domain.rubric import Event
from scoring.domain.scorecard import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class State(StrEnum):
    """Where an issue stands."""

    OPEN = "OPEN"
    OFFERED = "OFFERED"
    SETTLED = "SETTLED"
    REFUSED = "REFUSED"
    # Something else is offered after a refusal: the refusal stands until the customer takes it.
    ALTERNATIVE = "ALTERNATIVE"
    WITHDRAWN = "WITHDRAWN"
    DROPPED = "DROPPED"
    HANDED_OVER = "HANDED_OVER"
    # Whoever it was handed to speaks: what they do counts as if they had had it from the start.
    TAKEN_OVER = "TAKEN_OVER"
    PROMISED = "PROMISED"


RESULTS: Final[Mapping[State, Result]] = MappingProxyType(
    {
        State.OPEN: Result.UNDETERMINED,
        State.OFFERED: Result.UNDETERMINED,
        State.SETTLED: Result.RESOLVED,
        State.REFUSED: Result.UNRESOLVED,
        State.ALTERNATIVE: Result.UNRESOLVED,
        State.WITHDRAWN: Result.UNRESOLVED,
        State.DROPPED: Result.UNRESOLVED,
        State.HANDED_OVER: Result.ESCALATED,
        State.TAKEN_OVER: Result.ESCALATED,
        State.PROMISED: Result.FOLLOW_UP_PROMISED,
    }
)

BEGINNING: Final = frozenset({State.OPEN})
# Nobody else has it, and the customer still wants it.
_HERE: Final = frozenset(
    {State.OPEN, State.OFFERED, State.SETTLED, State.REFUSED, State.ALTERNATIVE, State.DROPPED}
)


def _all_to(target: State, origins: Iterable[State]) -> Mapping[State, State]:
    return MappingProxyType(dict.fromkeys(sorted(origins), target))


# From which states an event leads where; other states stay. Once somebody else takes over or something is
# promised, only the customer's own "it works" brings the issue back into the call: an agent who then notes it
# down or can't say more has not undone the hand-over.
MOVES: Final[Mapping[Event, Mapping[State, State]]] = MappingProxyType(
    {
        # Who changed their mind and is offered something again, is back in the call.
        Event.FIX_OFFERED: MappingProxyType(
            {
                State.OPEN: State.OFFERED,
                State.REFUSED: State.ALTERNATIVE,
                State.WITHDRAWN: State.OFFERED,
            }
        ),
        # "Then cancel it." - "It is cancelled." is what the customer wanted in the end.
        Event.ACTION_DONE: _all_to(State.SETTLED, _HERE | {State.WITHDRAWN, State.TAKEN_OVER}),
        Event.CUSTOMER_CONFIRMS: _all_to(State.SETTLED, State),
        # Gladly taking something settles what was refused before.
        Event.CUSTOMER_ACCEPTS: _all_to(State.SETTLED, _HERE | {State.TAKEN_OVER}),
        # A plain yes lets the agent go on with an alternative; it isn't done by that.
        Event.CUSTOMER_AGREES: _all_to(State.OFFERED, {State.ALTERNATIVE}),
        # Being content settles what nothing else has; it doesn't undo a refusal.
        Event.CUSTOMER_CONTENT: _all_to(State.SETTLED, _HERE - {State.REFUSED}),
        Event.CUSTOMER_REJECTS: _all_to(State.REFUSED, _HERE),
        # Who no longer wants what was done has got it all the same.
        Event.CUSTOMER_WITHDRAWS: _all_to(State.WITHDRAWN, _HERE - {State.SETTLED}),
        Event.CANNOT_HELP: _all_to(State.REFUSED, _HERE | {State.TAKEN_OVER}),
        # Sending away with something else leaves done what is done: issues.py makes an issue of that.
        Event.TURNED_AWAY: _all_to(
            State.REFUSED, {State.OPEN, State.OFFERED, State.DROPPED, State.TAKEN_OVER}
        ),
        Event.TRANSFER: _all_to(State.HANDED_OVER, State),
        Event.TAKEN_OVER: _all_to(State.TAKEN_OVER, {State.HANDED_OVER}),
        # Whoever it lies with: the customer has been told what happens next.
        Event.FOLLOW_UP: _all_to(State.PROMISED, State),
        Event.CALL_DROPPED: _all_to(State.DROPPED, {State.OPEN, State.OFFERED}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event; `is_sure` is False where the words or their speaker can't be relied on."""

    event: Event
    is_sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an issue went: the states it may be in at the end, and the steps (by place) that led there.

    `deciding` are the sure steps that changed the result, each with the last of every event that said so
    again, and the offer that was taken after a refusal. `doubted` are the unsure steps that matter: with
    more than one result possible, they decide.
    """

    states: frozenset[State]
    deciding: tuple[int, ...]
    doubted: tuple[int, ...]

    @property
    def result(self) -> Result:
        """The one result that all possible states share, or UNDETERMINED."""
        return result_of(self.states)

    @property
    def is_doubtful(self) -> bool:
        """Tell whether the result hangs on words that can't be relied on."""
        return len({RESULTS[state] for state in self.states}) > 1


def result_of(states: Iterable[State]) -> Result:
    """Return the one result that states share, or UNDETERMINED."""
    results = {RESULTS[state] for state in states}
    return results.pop() if len(results) == 1 else Result.UNDETERMINED


def moved(state: State, event: Event) -> State:
    """Return where an event leads from a state."""
    return MOVES.get(event, {}).get(state, state)


def after(states: frozenset[State], step: Step) -> frozenset[State]:
    """Return the states that are possible after a step; an unsure one may have happened or not."""
    reached = frozenset(moved(state, step.event) for state in states)
    return reached if step.is_sure else states | reached


def course_of(steps: Iterable[Step]) -> Course:
    """Return the course of an issue from its steps in order."""
    sure, possible = State.OPEN, BEGINNING
    stages: list[tuple[int, dict[Event, int]]] = []
    doubted: list[int] = []
    offer = 0
    for place, step in enumerate(steps):
        before, possible = possible, after(possible, step)
        if not step.is_sure:
            if possible != before:
                doubted.append(place)
            continue
        if sure not in MOVES.get(step.event, {}):
            continue
        target = moved(sure, step.event)
        if RESULTS[target] is not RESULTS[sure]:
            if sure is State.ALTERNATIVE and moved(State.REFUSED, step.event) is State.REFUSED:
                # What is taken would mean nothing without the offer.
                stages.append((offer, {}))
            stages.append((place, {}))
        elif target is State.ALTERNATIVE:
            offer = place
        elif stages:
            # An agent repeats what was done, and the customer's thanks support it.
            again = stages[-1][1]
            again.pop(step.event, None)
            again[step.event] = place
        sure = target
    deciding = (place for changed, again in stages for place in (changed, *again.values()))
    return Course(states=possible, deciding=tuple(deciding), doubted=tuple(doubted))
