from __future__ import annotations

import itertools

from callqa.v1 import batch_pb2, scorecard_pb2, scorecard_service_pb2

from review_client.errors import ExitCode
from review_client.results import Result, candidates, exit_code_of, most_telling, results_of
from review_client.watching import merged

Item = batch_pb2.BatchItem
Answer = scorecard_pb2.Answer


def carded(
    name: str, score: float | None, *, fails: int = 0, flags: int = 0
) -> tuple[Result, scorecard_pb2.Scorecard]:
    result = Result(
        call=f"calls/{name}",
        external_id=name,
        agent="",
        state="DONE",
        score=score,
        scorecard=f"calls/{name}/scorecards/s",
    )
    answers = [Answer(value=Answer.FAIL)] * fails + [Answer(value=Answer.NOT_APPLICABLE)] * 3
    card = scorecard_pb2.Scorecard(
        name=result.scorecard,
        score=score,
        answers=answers,
        flags=[f"flag-{place}" for place in range(flags)],
    )
    return result, card


def chosen(*cards: tuple[Result, scorecard_pb2.Scorecard]) -> set[str]:
    """Return what is chosen over every order of the cards; one name when the choice is fixed."""
    names = set()
    for order in itertools.permutations(cards):
        card = most_telling(order)
        assert card is not None
        names.add(card.name.split("/")[1])
    return names


def test_the_lowest_score_tells_most() -> None:
    assert chosen(carded("a", 80, fails=9, flags=9), carded("b", 20), carded("c", 90)) == {"b"}


def test_then_the_most_fails_then_the_most_flags_then_the_external_id() -> None:
    assert chosen(carded("a", 20, fails=1, flags=9), carded("b", 20, fails=2)) == {"b"}
    assert chosen(carded("a", 20, fails=1), carded("b", 20, fails=1, flags=1)) == {"b"}
    assert chosen(carded("b", 20), carded("a", 20), carded("c", 20)) == {"a"}


def test_a_card_without_a_score_comes_after_all_others() -> None:
    assert chosen(carded("a", None, fails=9), carded("b", 100)) == {"b"}
    assert chosen(carded("a", None)) == {"a"}


def test_nothing_is_chosen_from_nothing() -> None:
    assert most_telling([]) is None


def test_only_cards_of_the_lowest_score_are_fetched() -> None:
    results = [carded("a", 50.0)[0], carded("b", 20.0)[0], carded("c", 20.0)[0], carded("d", None)[0]]
    assert [result.external_id for result in candidates(results)] == ["b", "c"]
    assert [result.external_id for result in candidates(results[3:])] == ["d"]


def test_results_stand_in_the_batch_order_with_what_the_summaries_say() -> None:
    quarantined = Item(call="calls/q", external_id="q", state=Item.QUARANTINED)
    quarantined.quarantine.reason = "AUDIO_EMPTY"
    quarantined.quarantine.message = "It is empty."
    batch = batch_pb2.Batch(
        items=[
            quarantined,
            Item(call="calls/a", external_id="a", state=Item.DONE, scorecard="calls/a/scorecards/1"),
            Item(call="calls/n", external_id="n", state=Item.DONE, scorecard="calls/n/scorecards/1"),
            Item(call="calls/w", external_id="w", state=Item.SCORING),
        ]
    )
    summary = scorecard_service_pb2.ScorecardSummary
    summaries = [
        summary(scorecard="calls/n/scorecards/1", agent="ned"),
        summary(
            scorecard="calls/a/scorecards/1",
            agent="ana",
            score=0.0,
            outcome=scorecard_pb2.Outcome.ESCALATED,
            flags=["auto-fail"],
        ),
    ]
    q, a, n, w = results_of(batch, summaries, {"calls/q": "quinn"})
    assert q.as_json() == {
        "call": "calls/q",
        "external_id": "q",
        "agent": "quinn",
        "state": "QUARANTINED",
        "score": None,
        "outcome": "",
        "flags": [],
        "scorecard": "",
        "quarantine": {"reason": "AUDIO_EMPTY", "message": "It is empty."},
    }
    # A score of 0 is a score; no score is none.
    assert (a.agent, a.score, a.outcome, a.flags) == ("ana", 0.0, "ESCALATED", ("auto-fail",))
    assert (n.agent, n.score) == ("ned", None)
    assert (w.state, w.scorecard) == ("SCORING", "")


def test_exit_codes_say_whether_every_call_was_scored() -> None:
    done = carded("a", 1.0)[0]
    quarantined = Result(call="c", external_id="c", agent="", state="QUARANTINED")
    assert exit_code_of([done], problem_count=0) is ExitCode.DONE
    assert exit_code_of([done], problem_count=1) is ExitCode.SOME_NOT_DONE
    assert exit_code_of([done, quarantined], problem_count=0) is ExitCode.SOME_NOT_DONE


def test_a_change_replaces_its_items_and_keeps_the_rest_in_place() -> None:
    before = batch_pb2.Batch(
        items=[Item(call="calls/a", state=Item.PENDING), Item(call="calls/b", state=Item.PENDING)]
    )
    change = batch_pb2.Batch(
        state=batch_pb2.Batch.RUNNING,
        items=[Item(call="calls/a", state=Item.DONE), Item(call="calls/c", state=Item.PENDING)],
    )
    after = merged(before, change)
    assert after.state == batch_pb2.Batch.RUNNING
    assert [(item.call, item.state) for item in after.items] == [
        ("calls/a", Item.DONE),
        ("calls/b", Item.PENDING),
        ("calls/c", Item.PENDING),
    ]
