"""Prohibited words and their innocent neighbours, one turn each: all turns are read in one batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from scoring.compiling import Compiler
from scoring.domain.files import SourceFile
from scoring.packs.builtin import builtin_packs
from tests.unit.scoring.spoken import language_model

FAMILIES: Final[dict[str, dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "turns" / "conduct.yaml").read_text("utf-8")
)
# Naming another department is no fault by itself.
NO_FAULT: Final = frozenset({"conduct.silo"})
PROHIBITED: Final = {name for family in FAMILIES.values() for name in family["statements"]} - NO_FAULT


@pytest.fixture(scope="module")
def fired() -> dict[str, set[str]]:
    """The statements that fire on each turn, by its words."""
    files = [
        SourceFile(file_name=f"{name}.yaml", content=builtin_packs()[name].content)
        for name in ("call-script", "conduct", "service")
    ]
    packs = Compiler(model=language_model(), max_rubric_bytes=1_000_000).compile(files).packs
    assert packs is not None
    turns = [turn for family in FAMILIES.values() for kind in ("found", "innocent") for turn in family[kind]]
    return {
        turn: {m.rule_id for m in reading.matches if m.assertion not in packs.rules[m.rule_id].reject}
        for turn, reading in zip(turns, packs.reader.read(turns), strict=True)
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_what_nobody_may_say_is_found(family: str, fired: dict[str, set[str]]) -> None:
    wanted = set(FAMILIES[family]["statements"])
    assert [turn for turn in FAMILIES[family]["found"] if not fired[turn] & wanted] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_an_innocent_neighbour_is_let_pass(family: str, fired: dict[str, set[str]]) -> None:
    assert {
        turn: fired[turn] & PROHIBITED for turn in FAMILIES[family]["innocent"] if fired[turn] & PROHIBITED
    } == {}


def test_every_family_has_turns_of_both_kinds() -> None:
    assert all(len(family["found"]) >= 15 and len(family["innocent"]) >= 15 for family in FAMILIES.values())
