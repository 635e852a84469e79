"""The built-in rubric on everyday dialogues gives the answers that a fair listener gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.unit.scoring.spoken import score, spoken, values

DIALOGUES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "dialogues.yaml").read_text("utf-8")
)

CRITERIA: Final = {
    "greeting": "script.greeting",
    "identity": "script.identity_verification",
    "recap": "script.recap",
    "further_help": "script.further_help",
    "closing": "script.closing",
    "no_guarantee": "script.no_guarantee",
    "hold": "handling.hold_announced",
    "acknowledgement": "empathy.acknowledgement",
    "apology": "empathy.apology",
    "reassurance": "empathy.reassurance",
}


def turns(dialogue: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Each turn is its role with its text, and seconds of silence before it when there are any."""
    return [
        (role, text, turn.get("silence_s", 0.5))
        for turn in dialogue["turns"]
        for role, text in turn.items()
        if role != "silence_s"
    ]


def expected(dialogue: dict[str, Any]) -> dict[str, str]:
    answers = dict.fromkeys(CRITERIA, "PASS")
    answers |= dict.fromkeys(dialogue["fail"], "FAIL")
    answers |= dict.fromkeys(dialogue["not_applicable"], "NOT_APPLICABLE")
    assert set(answers) == set(CRITERIA), "a criterion that isn't there"
    return {
        CRITERIA[name]: value for name, value in answers.items() if name not in dialogue.get("disputed", [])
    }


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue["name"] for dialogue in DIALOGUES])
def test_a_dialogue_is_judged_as_a_fair_listener_would(dialogue: dict[str, Any]) -> None:
    card = score(spoken(*turns(dialogue)))
    wanted = expected(dialogue)
    assert values(card, *wanted) == wanted
    assert card.outcome.result.value == dialogue.get("outcome", card.outcome.result.value)
