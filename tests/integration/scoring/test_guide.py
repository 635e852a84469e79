"""The worked example in docs/packs.md loads, compiles and judges."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from scoring.condition import VARIABLES, read_condition
from scoring.domain.context import CallContext
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

if TYPE_CHECKING:
    from scoring.domain.scorecard import Scorecard

GUIDE = (Path(__file__).parents[3] / "docs" / "packs.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)


def block(first_line: str) -> SourceFile:
    """The guide's YAML that begins with this line."""
    [content] = [one for one in BLOCKS if one.startswith(f"{first_line}\n")]
    return SourceFile(file_name=f"{first_line.rsplit(maxsplit=1)[-1].rstrip(':')}.yaml", content=content)


SHORTEST = block("pack: recording-notice")
FILES = [block("pack: energy-script"), block("rubric: energy-calls")]
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
        detector.shape
        for detector in DETECTORS.values()
        if detector.key in {"answered", "hold_announced", "recited"}
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
        .check([FILES[0], replace(FILES[1], content=FILES[1].content + block("reading:").content)])
        .compiled
    )
    assert plain is not None
    assert written is not None
    assert written.rubric.reading == plain.rubric.reading


LOANS = SourceFile(
    file_name="loans.yaml",
    content="""
rubric: loans
title: Loans
packs: [loan-script]
sections:
- id: all
  title: All
  criteria:
  - {id: offer, title: Offer, points: 1, check: {said: loan.offer}}
  - {id: warning, title: Warning, points: 1, check: {said: loan.warning}, when: "answers['offer'] == 'PASS'"}
  - {id: pressure, title: Pressure, points: 1, check: {not_said: loan.pressure}}
""",
)
OFFER = ("agent", "On this mortgage the rate is four per cent.")
WARNING = ("agent", "And your home is at risk if you do not keep up with repayments.")
AGREED = ("customer", "Good, I will take it.")
MORTGAGE = CallContext(labels={"product": "mortgage"})


def loan(*said: tuple[str, str], context: CallContext = MORTGAGE) -> Scorecard:
    return scorer().score(spoken(*call_of(*said)), [block("pack: loan-script"), LOANS], context)[0]


def test_the_example_of_severity_order_and_condition_judges() -> None:
    good = loan(OFFER, ("customer", "I see."), WARNING, AGREED)
    assert values(good) == {"offer": "PASS", "warning": "PASS", "pressure": "PASS"}
    assert "critical" not in good.flags
    late = loan(OFFER, AGREED, WARNING)
    assert values(late, "warning") == {"warning": "FAIL"}
    assert "critical" in late.flags
    other = loan(OFFER, AGREED, context=CallContext(labels={"product": "card"}))
    assert values(other, "warning") == {"warning": "NOT_APPLICABLE"}
    assert values(loan(OFFER, AGREED, context=CallContext()), "warning") == {"warning": "NOT_APPLICABLE"}
    assert values(loan(("customer", "Hello.")), "offer", "warning") == {
        "offer": "FAIL",
        "warning": "NOT_APPLICABLE",
    }
    pressed = loan(OFFER, ("agent", "You get that only today."), AGREED)
    assert values(pressed, "pressure") == {"pressure": "FAIL"}
    assert values(loan(OFFER, AGREED, ("agent", "I can send it only today.")), "pressure") == {
        "pressure": "PASS"
    }


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("You may cancel within 14 days starting tomorrow and we won't charge you for cancelling.", "PASS"),
        ("You may cancel within 14 days, of course, and it costs nothing at all.", "FAIL"),
    ],
)
def test_the_example_of_a_text_to_read_out_judges(said: str, answer: str) -> None:
    files = [block("pack: cancellation-notice"), block("rubric: notices")]
    card, _ = scorer().score(spoken(*call_of(("customer", "Fine."), ("agent", said))), files)
    assert values(card) == {"notice.cancellation": answer}


def test_every_name_of_a_condition_is_explained() -> None:
    assert [name for name in VARIABLES if f"`{name}" not in GUIDE] == []


@pytest.mark.parametrize("example", ["call.start.getDayOfWeek() == 0", "call.start.getHours('+01:00') < 9"])
def test_the_examples_of_conditions_are_ones(example: str) -> None:
    assert f"`{example}`" in GUIDE
    assert read_condition(example).source == example
