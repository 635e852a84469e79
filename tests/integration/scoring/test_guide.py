"""The worked example in docs/packs.md loads, compiles and judges."""

from __future__ import annotations

import re
from pathlib import Path

from scoring.domain.files import SourceFile
from tests.unit.scoring.spoken import call_of, scorer, spoken, values

GUIDE = (Path(__file__).parents[3] / "docs" / "packs.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
FILES = [
    SourceFile(file_name="energy-script.yaml", content=BLOCKS[0]),
    SourceFile(file_name="energy-calls.yaml", content=BLOCKS[1]),
]


def test_the_worked_example_compiles_with_the_builtin_pack() -> None:
    compilation = scorer().check(FILES)
    assert compilation.problems == ()
    assert compilation.compiled is not None
    assert [file.file_name for file in compilation.compiled.files] == [
        "call-script.yaml",
        "energy-calls.yaml",
        "energy-script.yaml",
    ]


def test_the_worked_example_judges() -> None:
    good = spoken(*call_of(("customer", "Hello."), ("agent", "This call is recorded for training.")))
    bad = spoken(*call_of(("customer", "Hello."), ("agent", "Your tariff will never go up, I can tell you.")))
    assert values(scorer().score(good, FILES)[0]) == {
        "energy.recording_notice": "PASS",
        "energy.no_tariff_promise": "PASS",
        "script.closing": "PASS",
    }
    assert values(scorer().score(bad, FILES)[0]) == {
        "energy.recording_notice": "FAIL",
        "energy.no_tariff_promise": "FAIL",
        "script.closing": "PASS",
    }


def test_the_values_the_guide_gives_for_reading_are_the_ones_that_stand() -> None:
    plain = scorer().check(FILES).compiled
    written = (
        scorer()
        .check([FILES[0], SourceFile(file_name="energy-calls.yaml", content=BLOCKS[1] + BLOCKS[2])])
        .compiled
    )
    assert plain is not None
    assert written is not None
    assert written.rubric.reading == plain.rubric.reading
