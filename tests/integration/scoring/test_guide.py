"""The worked example in docs/packs.md loads, compiles and judges."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from scoring.domain.files import SourceFile
from scoring.judgement.detectors import DETECTORS
from scoring.packs.schema import (
    ContextEntry,
    CriterionEntry,
    EventEntry,
    ExamplesEntry,
    PackFile,
    ReadingEntry,
    RubricForm,
    SectionEntry,
    SemanticEntry,
    StatementEntry,
    TriggerEntry,
    WindowEntry,
)
from tests.unit.scoring.spoken import call_of, scorer, spoken, values

GUIDE = (Path(__file__).parents[3] / "docs" / "packs.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
SHORTEST = SourceFile(file_name="recording-notice.yaml", content=BLOCKS[0])
FILES = [
    SourceFile(file_name="energy-script.yaml", content=BLOCKS[1]),
    SourceFile(file_name="energy-calls.yaml", content=BLOCKS[2]),
]
NOTICE_ONLY = SourceFile(
    file_name="notice-only.yaml",
    content="""
rubric: notice-only
title: Notice
packs: [recording-notice]
sections:
- id: all
  title: All
  criteria:
  - {id: notice, title: Notice, points: 1, check: {said: notice.recorded}}
""",
)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("I should say this call is being recorded for quality and training.", "PASS"),
        ("I have put your reading down for this quarter, all right?", "FAIL"),
    ],
)
def test_one_plain_sentence_is_enough(said: str, answer: str) -> None:
    transcript = spoken(*call_of(("customer", "Hello."), ("agent", said)))
    assert values(scorer().score(transcript, [SHORTEST, NOTICE_ONLY])[0]) == {"notice": answer}


def test_every_key_is_explained() -> None:
    shapes: list[type[BaseModel]] = [
        PackFile,
        StatementEntry,
        TriggerEntry,
        EventEntry,
        WindowEntry,
        SemanticEntry,
        ContextEntry,
    ]
    shapes += [ExamplesEntry, RubricForm, SectionEntry, CriterionEntry, ReadingEntry]
    checks = [
        detector.shape for detector in DETECTORS.values() if detector.key in {"answered", "hold_announced"}
    ]
    keys = {key for shape in [*shapes, *checks] for key in shape.model_fields}
    assert {key for key in keys if not re.search(rf"`{key}\b|\b{key}:|\.{key}`", GUIDE)} == set()


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
        .check([FILES[0], SourceFile(file_name="energy-calls.yaml", content=BLOCKS[2] + BLOCKS[3])])
        .compiled
    )
    assert plain is not None
    assert written is not None
    assert written.rubric.reading == plain.rubric.reading
