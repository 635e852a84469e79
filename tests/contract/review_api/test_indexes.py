"""Every list is answered from an index, in the index's order."""

from __future__ import annotations

from typing import Any

import pytest

from review_api.domain.calls import CallState
from review_api.ports import CallQuery, Cursor, ScorecardQuery
from review_api.storage.calls import MongoCallRepository, call_conditions
from review_api.storage.connection import database, ensure_indexes
from review_api.storage.documents import ALL
from review_api.storage.scorecards import MongoScorecardRepository, scorecard_conditions
from review_api.storage.writing import after_condition
from tests.contract.review_api.samples import make_call, make_scorecard

pytestmark = pytest.mark.usefixtures("storage")

CURSOR = Cursor(create_time_ms=1_800_000_000_000, id="x")


def stages(collection: str, conditions: dict[str, Any]) -> set[str]:
    """Return the stages that the database plans for a newest-first list."""
    found = database()[collection].find(conditions).sort([("create_time", -1), ("_id", -1)]).limit(5)
    names: set[str] = set()

    def walk(plan: Any) -> None:  # noqa: ANN401
        if isinstance(plan, dict):
            if "stage" in plan:
                names.add(plan["stage"])
            for part in plan.values():
                walk(part)
        elif isinstance(plan, list):
            for part in plan:
                walk(part)

    walk(found.explain()["queryPlanner"]["winningPlan"])
    return names


@pytest.mark.parametrize("after", [None, CURSOR])
@pytest.mark.parametrize(
    "query",
    [
        CallQuery(),
        CallQuery(state=CallState.RECEIVED),
        CallQuery(agent="ada"),
        CallQuery(queue="billing"),
        CallQuery(external_id="call 1"),
    ],
)
def test_calls_are_listed_by_an_index(query: CallQuery, after: Cursor | None) -> None:
    MongoCallRepository().add_all([make_call(number) for number in range(3)])
    plan = stages("calls", call_conditions(query, after))
    assert "IXSCAN" in plan
    assert not plan & {"COLLSCAN", "SORT"}


@pytest.mark.parametrize("after", [None, CURSOR])
@pytest.mark.parametrize(
    "query",
    [
        ScorecardQuery(),
        ScorecardQuery(call_id="c1"),
        ScorecardQuery(agent="ada"),
        ScorecardQuery(queue="billing"),
        ScorecardQuery(outcome="RESOLVED"),
        ScorecardQuery(flag="needs-review"),
        ScorecardQuery(rubric_revision="form/0123456789abcdef"),
        ScorecardQuery(superseded_too=True),
    ],
)
def test_scorecards_are_listed_by_an_index(query: ScorecardQuery, after: Cursor | None) -> None:
    for number in range(3):
        MongoScorecardRepository().put(make_scorecard(number))
    plan = stages("scorecards", scorecard_conditions(query, after))
    assert "IXSCAN" in plan
    assert not plan & {"COLLSCAN", "SORT"}


def test_batches_are_listed_by_an_index() -> None:
    assert not stages("batches", after_condition(CURSOR)) & {"COLLSCAN", "SORT"}


def test_indexes_may_be_made_again() -> None:
    before = {document._get_collection_name(): indexes_of(document) for document in ALL}
    ensure_indexes()
    assert {document._get_collection_name(): indexes_of(document) for document in ALL} == before


def test_an_index_that_allowed_one_transcript_by_a_model_goes() -> None:
    database()["transcripts"].create_index([("call_id", 1), ("model_version", 1)], unique=True)
    ensure_indexes()
    assert set(database()["transcripts"].index_information()) == {"_id_"}


def indexes_of(document: Any) -> set[str]:  # noqa: ANN401
    return set(document._get_collection().index_information())
