"""A rubric that doesn't compile is refused in one sentence without empty places."""

from __future__ import annotations

from scoring.errors import RubricInvalidError
from scoring.packs.problem import Problem


def test_a_mistake_is_named_by_file_line_and_field() -> None:
    problem = Problem(file_name="a.yaml", line=3, field="statements[0].say", message="this must be text")
    error = RubricInvalidError.from_problems([problem, problem])
    assert str(error) == (
        "the rubric doesn't compile: a.yaml:3: statements[0].say: this must be text (and 1 more)"
    )
    assert [one.description for one in error.violations] == [
        "a.yaml:3: statements[0].say: this must be text"
    ] * 2


def test_a_mistake_of_the_whole_file_has_no_line_and_no_field() -> None:
    problem = Problem(file_name="a.yaml", line=0, field="", message="the file is empty")
    assert (
        str(RubricInvalidError.from_problems([problem]))
        == "the rubric doesn't compile: a.yaml: the file is empty"
    )
