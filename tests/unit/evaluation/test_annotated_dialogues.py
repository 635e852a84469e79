"""The calls of the project's own writing: whole, and none like another."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from evaluation.annotated.command import FOLDER
from evaluation.text.dialogues import Dialogue, read_dialogues
from scoring.domain.transcript import Role

_ALIKE = 0.1
_LONG = 6


@pytest.fixture(scope="module")
def dialogues() -> list[Dialogue]:
    """The calls as they are committed."""
    return read_dialogues(FOLDER / "dialogues.jsonl")


def words(dialogue: Dialogue) -> list[str]:
    return re.findall(r"[a-z0-9']+", " ".join(turn.text for turn in dialogue.turns).lower())


def test_every_call_has_its_name_both_sides_and_ten_to_thirty_turns(dialogues: list[Dialogue]) -> None:
    assert len({one.dialogue_id for one in dialogues}) == len(dialogues) >= 72
    for one in dialogues:
        assert one.source == "callqa"
        assert 10 <= len(one.turns) <= 30
        assert {turn.role for turn in one.turns} == {Role.AGENT, Role.CUSTOMER}


def test_no_turn_is_lost_when_calls_are_read(dialogues: list[Dialogue]) -> None:
    """Annotators count turns in the file; readers leave out turns without words."""
    text = (FOLDER / "dialogues.jsonl").read_text(encoding="utf-8")
    assert text.count('"role"') == sum(len(one.turns) for one in dialogues)


def test_the_calls_carry_no_labels(dialogues: list[Dialogue]) -> None:
    assert not any(one.labels or any(turn.labels for turn in one.turns) for one in dialogues)


def test_no_two_calls_are_nearly_alike(dialogues: list[Dialogue]) -> None:
    triples = {
        one.dialogue_id: set(zip(spoken, spoken[1:], spoken[2:], strict=False))
        for one in dialogues
        for spoken in [words(one)]
    }
    alike = [
        (first, second)
        for first, second in combinations(triples, 2)
        if len(triples[first] & triples[second]) > _ALIKE * len(triples[first] | triples[second])
    ]
    assert alike == []


def test_no_long_sentence_is_said_twice(dialogues: list[Dialogue]) -> None:
    said = [
        sentence
        for one in dialogues
        for turn in one.turns
        for sentence in re.split(r"(?<=[.?!])\s+", turn.text)
        if len(sentence.split()) > _LONG
    ]
    assert len(said) == len(set(said))
