from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from callqa.v1.rubric_pb2 import RubricProblem

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "own" / "billing.yaml"
    path.parent.mkdir()
    path.write_text("rubric: billing\n", encoding="utf-8")
    return path


def test_rubrics_are_listed_and_shown(callqa: Callqa) -> None:
    assert callqa("rubrics", "list").stdout.splitlines()[1].split() == ["service-quality", "0123456789abcdef"]
    assert callqa("rubrics", "list", "--json").json[0]["name"] == "rubrics/service-quality"
    shown = callqa("rubrics", "show", "service-quality")
    assert shown.line_with("script.identity_verification").split() == [
        "script.identity_verification",
        "10",
        "Verifies",
        "who",
        "calls",
        "(auto-fail)",
    ]
    files = callqa("rubrics", "show", "service-quality", "--json").json["files"]
    assert files[0]["file_name"] == "service-quality.yaml"
    assert callqa("rubrics", "show", "none").exit_code == 2


def test_a_rubric_without_mistakes_is_checked_and_published(callqa: Callqa, rubric: Path) -> None:
    checked = callqa("rubrics", "check", rubric)
    assert (checked.exit_code, checked.stdout) == (
        0,
        "no mistakes: Service quality (4 questions, 25 points)\n",
    )
    published = callqa("rubrics", "publish", rubric)
    assert published.stdout == "published: rubrics/own/revisions/fedcba9876543210 (4 questions, 25 points)\n"
    assert callqa("rubrics", "check", rubric, "--json").json["title"] == "Service quality"


@pytest.mark.parametrize("command", ["check", "publish"])
def test_every_mistake_is_printed_with_file_line_and_field(
    callqa: Callqa, store: Store, rubric: Path, command: str
) -> None:
    store.rubric_problems = [
        RubricProblem(
            file_name="billing.yaml",
            line=12,
            field="statements[2].text",
            message="is empty; write what agents must say",
        ),
        RubricProblem(file_name="billing.yaml", message="has no sections; add one"),
        RubricProblem(field="rubric", message="is built in; give it another name"),
    ]
    ended = callqa("rubrics", command, rubric)
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert ended.stderr.splitlines() == [
        f"error: {rubric}:12: statements[2].text: is empty; write what agents must say",
        f"error: {rubric}: has no sections; add one",
        "error: rubric: is built in; give it another name",
    ]
    told = callqa("rubrics", command, rubric, "--json")
    assert told.exit_code == 2
    assert told.json["problems"][0] == {
        "file": str(rubric),
        "line": 12,
        "field": "statements[2].text",
        "message": "is empty; write what agents must say",
    }


def test_many_mistakes_are_all_printed(callqa: Callqa, store: Store, rubric: Path) -> None:
    store.rubric_problems = [
        RubricProblem(file_name="billing.yaml", line=line, field="statements", message="is wrong" * 10)
        for line in range(1, 301)
    ]
    ended = callqa("rubrics", "check", rubric)
    assert ended.exit_code == 2
    assert len(ended.stderr.splitlines()) == 300


def test_files_that_cannot_be_sent_are_told(callqa: Callqa, rubric: Path, tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("title: Qualit\u00e9\n".encode("latin-1"))
    (tmp_path / "billing.yaml").write_text("x", encoding="utf-8")
    for files, said in (
        ([tmp_path / "gone.yaml"], "gone.yaml: there is no such file; correct the path"),
        ([latin], "latin.yaml: is not UTF-8; save it as UTF-8 text"),
        ([rubric, tmp_path / "billing.yaml"], "two files are called billing.yaml; rename one of them"),
    ):
        ended = callqa("rubrics", "check", *files)
        assert ended.exit_code == 2
        assert said in ended.stderr
