"""The word-based criteria on short calls: each fires where a reviewer would, and is silent where none would.

The tables beside this file hold the calls: `want` is the answer, or a list of answers of which any will do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from scoring.domain.files import SourceFile
from scoring.packs.builtin import builtin_rubrics
from tests.integration.scoring.asking import said
from tests.unit.scoring.spoken import scorer, values

TABLES: Final = sorted((Path(__file__).parent / "words").glob("*.yaml"))
CALLS: Final[list[tuple[str, dict[str, Any]]]] = [
    (criterion, call)
    for table in TABLES
    for criterion, calls in yaml.safe_load(table.read_text("utf-8")).items()
    for call in calls
]
# A call without a beginning would be too short to be judged.
OPENING: Final = "A: Good morning, you're through to Fern, my name is Ada, how can I help?"


@pytest.fixture(scope="module")
def form() -> SourceFile:
    """The sections of the built-in rubric that these calls are about, without the rest, which takes time."""
    whole = yaml.safe_load(builtin_rubrics()["service-quality"].content)
    asked = {criterion for criterion, _ in CALLS}
    sections = [
        section
        for section in whole["sections"]
        if any(criterion["id"] in asked for criterion in section["criteria"])
    ]
    part = whole | {"sections": sections, "packs": ["access", "conduct", "outcome", "service"]}
    return SourceFile(file_name="words.yaml", content=yaml.safe_dump(part, sort_keys=False))


@pytest.mark.parametrize(
    ("criterion", "call"), CALLS, ids=[f"{criterion}-{call['id']}" for criterion, call in CALLS]
)
def test_a_call_is_judged_as_a_fair_reviewer_would(
    criterion: str, call: dict[str, Any], form: SourceFile
) -> None:
    card, _ = scorer().score(said(OPENING, *call["call"].splitlines()), [form])
    wanted = [call["want"]] if isinstance(call["want"], str) else call["want"]
    assert values(card, criterion)[criterion] in wanted


def test_every_criterion_has_calls_on_which_it_fires_and_calls_on_which_it_is_silent() -> None:
    answers: dict[str, list[str]] = {}
    for criterion, call in CALLS:
        answers.setdefault(criterion, []).append(str(call["want"]))
    assert all(len(set(given)) > 1 and len(given) >= 10 for given in answers.values())
