from __future__ import annotations

import pytest

from scoring.domain.finding import Kind
from scoring.domain.rubric import Rule
from scoring.domain.transcript import Role
from scoring.language.mishearing import are_alike
from tests.unit.scoring.spoken import language_model


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("address", "adress", True),
        ("their", "there", True),
        ("boiler", "broiler", True),
        ("account", "recount", False),
        ("help", "help", False),
        ("now", "not", False),
        ("never", "newer", False),
        ("else", "form", False),
    ],
)
def test_words_that_sound_or_are_spelled_alike(left: str, right: str, *, alike: bool) -> None:
    assert are_alike(left, right) is alike
    assert are_alike(right, left) is alike


@pytest.mark.parametrize(
    ("say", "heard", "missed"),
    [
        (
            "This call is recorded for training and quality.",
            [
                "this call is recorder for draining and quality",
                "this call is recorded for the training quality",
            ],
            ["this hall is decorated for dancing", "the call was about training"],
        ),
        (
            "Could you tell me the first line of your address?",
            [
                "could you dell me the first lime of your address",
                "could you um tell me the first line your address",
            ],
            ["could you tell me the first time you saw it", "the line to your house was cut"],
        ),
    ],
)
def test_a_misheard_sentence_is_found(say: str, heard: list[str], missed: list[str]) -> None:
    rule = Rule(id="a.b", kind=Kind.STATEMENT, role=Role.AGENT, say=(say,), accept=0.8)
    readings = language_model().reader([rule]).read([*heard, *missed])
    assert [bool(reading.matches) for reading in readings] == [True] * len(heard) + [False] * len(missed)
