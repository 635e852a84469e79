"""The state machine of one issue: moves, what decides, and what words that aren't sure leave open."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.domain.rubric import Event
from scoring.domain.scorecard import Result
from scoring.judgement.facts.outcome_machine import MOVES, RESULTS, State, Step, course_of, moved

PAGE = Path(__file__).parents[3] / "docs" / "adr" / "0013-outcome.md"
EVENTS = st.sampled_from(sorted(Event))
STEPS = st.lists(st.builds(Step, event=EVENTS, is_sure=st.booleans()), max_size=12)
SURE = st.lists(st.builds(Step, event=EVENTS), max_size=20)
UNSURE_SHORT = st.lists(st.builds(Step, event=EVENTS, is_sure=st.booleans()), max_size=7)


def steps(words: str) -> list[Step]:
    """Events by name; "?" behind one that isn't sure."""
    return [Step(event=Event(word.rstrip("?")), is_sure=not word.endswith("?")) for word in words.split()]


def end_of(events: list[Event]) -> State:
    state = State.OPEN
    for event in events:
        state = moved(state, event)
    return state


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("", "UNDETERMINED"),
        ("issue_raised fix_offered", "UNDETERMINED"),
        ("fix_offered customer_content", "RESOLVED"),
        ("fix_offered customer_withdraws", "UNRESOLVED"),
        ("fix_offered cannot_help", "UNRESOLVED"),
        ("action_done", "RESOLVED"),
        ("action_done customer_rejects", "UNRESOLVED"),
        ("action_done customer_withdraws", "RESOLVED"),
        ("cannot_help customer_content", "UNRESOLVED"),
        ("cannot_help action_done", "RESOLVED"),
        ("cannot_help fix_offered", "UNRESOLVED"),
        ("cannot_help fix_offered customer_agrees", "UNDETERMINED"),
        ("cannot_help fix_offered customer_accepts", "RESOLVED"),
        ("cannot_help fix_offered customer_content", "RESOLVED"),
        ("customer_withdraws action_done", "RESOLVED"),
        ("customer_withdraws fix_offered", "UNDETERMINED"),
        ("customer_withdraws fix_offered customer_content", "RESOLVED"),
        ("transfer action_done cannot_help", "ESCALATED"),
        ("transfer follow_up", "FOLLOW_UP_PROMISED"),
        ("transfer taken_over", "ESCALATED"),
        ("transfer taken_over action_done", "RESOLVED"),
        ("transfer taken_over cannot_help", "UNRESOLVED"),
        ("turned_away", "UNRESOLVED"),
        ("turned_away action_done", "RESOLVED"),
        ("action_done turned_away", "RESOLVED"),
        ("taken_over", "UNDETERMINED"),
        ("follow_up action_done cannot_help customer_content", "FOLLOW_UP_PROMISED"),
        ("follow_up transfer", "ESCALATED"),
        ("transfer customer_confirms", "RESOLVED"),
        ("call_dropped", "UNRESOLVED"),
        ("call_dropped customer_content", "RESOLVED"),
        ("action_done call_dropped", "RESOLVED"),
        ("goodbye further_help topic_changed", "UNDETERMINED"),
    ],
)
def test_the_moves(said: str, result: str) -> None:
    assert course_of(steps(said)).result.value == result


@given(STEPS)
def test_every_course_ends_in_a_legal_result(course: list[Step]) -> None:
    ended = course_of(course)
    assert ended.states
    assert ended.result in Result
    assert ended.result is not Result.PARTLY_RESOLVED
    assert all(course[place].is_sure for place in ended.deciding)
    assert all(not course[place].is_sure for place in ended.doubted)
    assert (not ended.is_doubtful) or ended.doubted


@given(STEPS)
def test_the_same_steps_give_the_same_course(course: list[Step]) -> None:
    assert course_of(course) == course_of(list(course))


@given(SURE)
def test_sure_steps_leave_one_state_and_what_decides_says_so_alone(course: list[Step]) -> None:
    ended = course_of(course)
    assert ended.states == {end_of([step.event for step in course])}
    # The steps that decided make the same result without the rest of the call.
    assert RESULTS[end_of([course[place].event for place in sorted(ended.deciding)])] is ended.result


@given(SURE)
def test_a_result_has_something_that_decides_it(course: list[Step]) -> None:
    ended = course_of(course)
    if ended.result is not Result.UNDETERMINED:
        assert ended.deciding


@given(UNSURE_SHORT)
def test_an_unsure_step_leaves_exactly_what_is_possible_with_and_without_it(course: list[Step]) -> None:
    choices = [[True] if step.is_sure else [True, False] for step in course]
    ways = {
        end_of([step.event for step, taken in zip(course, way, strict=True) if taken])
        for way in product(*choices)
    }
    assert course_of(course).states == ways


def test_unsure_words_that_change_nothing_don_t_matter() -> None:
    ended = course_of(steps("action_done cannot_help? customer_confirms"))
    assert (ended.result, ended.is_doubtful) == (Result.RESOLVED, False)


def test_unsure_words_that_would_change_the_result_leave_it_open() -> None:
    ended = course_of(steps("action_done cannot_help?"))
    assert (ended.result, ended.doubted) == (Result.UNDETERMINED, (1,))


def test_the_first_and_the_last_words_for_a_result_decide_it() -> None:
    ended = course_of(
        steps("cannot_help action_done action_done customer_content action_done customer_content")
    )
    assert ended.deciding == (0, 1, 4, 5)


def test_an_offer_after_a_refusal_is_not_what_decides() -> None:
    assert course_of(steps("cannot_help fix_offered")).deciding == (0,)


@pytest.mark.parametrize("taken", ["customer_agrees", "customer_content"])
def test_an_offer_that_is_taken_after_a_refusal_decides_with_its_taking(taken: str) -> None:
    assert course_of(steps(f"cannot_help fix_offered {taken}")).deciding == (0, 1, 2)


@pytest.mark.parametrize("state", sorted(State))
def test_every_state_has_a_result_and_can_be_left_or_confirmed(state: State) -> None:
    assert state in RESULTS
    assert moved(state, Event.CUSTOMER_CONFIRMS) is State.SETTLED


def test_events_that_only_split_the_call_move_nothing() -> None:
    assert not {Event.ISSUE_RAISED, Event.TOPIC_CHANGED, Event.FURTHER_HELP, Event.GOODBYE} & set(MOVES)


def test_the_page_shows_every_move() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith(("| event |", "| `"))
    ]
    states = [State[name.upper().replace(" ", "_")] for name in rows[0][1:]]
    shown = {
        Event(row[0].strip("`")): {
            state: State[cell.upper().replace(" ", "_")]
            for state, cell in zip(states, row[1:], strict=True)
            if cell
        }
        for row in rows[1:]
    }
    changes = {
        event: {state: target for state, target in moves.items() if state is not target}
        for event, moves in MOVES.items()
    }
    assert states == list(State)
    assert shown == changes
