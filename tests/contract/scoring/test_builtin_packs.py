"""What every built-in pack, rubric and detector has to fulfil, whatever it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scoring.judgement.detectors import DETECTORS
from scoring.packs.builtin import builtin_packs, builtin_rubrics
from scoring.packs.rules import entries
from scoring.packs.schema import PackFile
from tests.unit.scoring.spoken import scorer

GUIDE = Path(__file__).parents[3] / "docs" / "packs.md"


@pytest.mark.parametrize("name", sorted(builtin_packs()))
def test_every_rule_has_three_examples_for_and_three_against(name: str) -> None:
    pack = PackFile.model_validate(yaml.safe_load(builtin_packs()[name].content))
    assert pack.pack == name
    few = {
        entry.id
        for _, entry in entries(pack)
        if len(entry.examples.match) < 3 or len(entry.examples.no_match) < 3
    }
    assert few == set()


@pytest.mark.parametrize("name", sorted(builtin_packs()))
def test_a_builtin_pack_has_no_mistake_and_fulfils_its_examples(name: str) -> None:
    assert scorer().check([builtin_packs()[name]]).problems == ()


@pytest.mark.parametrize("name", sorted(builtin_rubrics()))
def test_a_builtin_rubric_compiles_under_its_name(name: str) -> None:
    compilation = scorer().check([builtin_rubrics()[name]])
    assert compilation.problems == ()
    assert compilation.compiled is not None
    assert compilation.compiled.rubric.name == name


@pytest.mark.parametrize("key", sorted(DETECTORS))
def test_every_detector_is_named_by_its_key_and_explained_in_the_guide(key: str) -> None:
    assert DETECTORS[key].key == key
    assert f"`{key}" in GUIDE.read_text("utf-8")
