from __future__ import annotations

import pytest

from scoring.domain.finding import Kind
from scoring.domain.rubric import Rule
from scoring.domain.transcript import Role
from tests.unit.scoring.spoken import language_model


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ({"LEMMA": "go"}, ["we went", "she goes", "going now"], ["we got it"]),
        ({"LEMMA": {"IN": ["stop", "hold"]}}, ["we stopped", "they held on"], ["on top"]),
        ({"LEMMA": "apologise"}, ["I apologized", "he apologises"], ["an apology"]),
        ({"LEMMA": "try"}, ["she tries", "we tried"], ["a tree"]),
        ({"LEMMA": "box"}, ["two boxes"], ["two foxes"]),
        ({"LOWER": "work", "POS": "VERB"}, ["I work at the bank"], ["the work is done"]),
    ],
)
def test_a_pattern_finds_forms_and_tags(
    pattern: dict[str, object], found: list[str], not_found: list[str]
) -> None:
    rule = Rule(id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, patterns=((pattern,),))
    readings = language_model().reader([rule]).read([*found, *not_found])
    assert [bool(reading.matches) for reading in readings] == [True] * len(found) + [False] * len(not_found)
