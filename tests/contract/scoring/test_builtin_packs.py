"""What every built-in pack, rubric and detector has to fulfil, whatever it looks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from scoring.judgement.detectors import DETECTORS
from scoring.packs.builtin import builtin_packs, builtin_rubrics
from scoring.packs.rules import entries
from scoring.packs.schema import PackFile, RubricForm
from tests.unit.scoring.spoken import scorer

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "packs.md").read_text("utf-8")


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


@pytest.mark.parametrize("name", sorted(builtin_packs()))
def test_a_builtin_pack_is_named_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("key", sorted(DETECTORS))
def test_every_detector_is_explained_in_the_guide_with_its_parameters(key: str) -> None:
    assert DETECTORS[key].key == key
    [row] = [line for line in GUIDE.splitlines() if line.startswith(f"| `{key}:")]
    # One list alone is written without its name: `said: ID`.
    names = set(DETECTORS[key].shape.model_fields)
    assert len(names) == 1 or all(f"{name}: " in row for name in names)


def test_every_question_of_the_builtin_rubric_is_explained_as_it_is_asked() -> None:
    form = RubricForm.model_validate(yaml.safe_load(builtin_rubrics()["service-quality"].content))
    asked = {criterion.id: criterion.title for section in form.sections for criterion in section.criteria}
    rows = (DOCS / "criteria.md").read_text("utf-8").splitlines()
    explained = dict(
        re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", line)[0] for line in rows if "` | " in line
    )
    assert explained == asked
