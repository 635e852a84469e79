from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from callqa.v1 import finding_pb2, pack_pb2, transcript_pb2
from callqa.v1.rubric_pb2 import RubricProblem
from google.protobuf.duration_pb2 import Duration

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.review_client.conftest import Callqa
    from tests.integration.review_client.fake_server import Store


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "opening.yaml"
    path.write_text("pack: opening\n", encoding="utf-8")
    return path


def words(turn: int, first: int, last: int, quote: str, second: int) -> finding_pb2.Evidence:
    return finding_pb2.Evidence(
        turn=turn,
        role=transcript_pb2.AGENT if turn == 0 else transcript_pb2.CUSTOMER,
        start_word=first,
        end_word=last,
        start_offset=Duration(seconds=second),
        end_offset=Duration(seconds=second),
        quote=quote,
    )


TRIAL = pack_pb2.PackTrial(
    rules=[
        pack_pb2.TriedRule(
            rule_id="opening.hello", fired=True, finding_ids=["f1"], explanation="Fires at 0:02."
        ),
        pack_pb2.TriedRule(
            rule_id="opening.promise",
            finding_ids=["f2"],
            explanation="At 1:05 said by the customer, and asked of the agent.",
        ),
        pack_pb2.TriedRule(
            rule_id="opening.offer",
            finding_ids=["f3"],
            explanation="Nothing matches; the nearest similarity is 0.61 at 0:02, it takes 0.70.",
        ),
    ],
    findings=[
        finding_pb2.Finding(
            id="f1",
            assertion=finding_pb2.Finding.AFFIRMED,
            method=finding_pb2.Finding.RULE,
            evidence=[words(0, 0, 2, "Good morning,", 2)],
        ),
        finding_pb2.Finding(
            id="f2",
            assertion=finding_pb2.Finding.NEGATED,
            method=finding_pb2.Finding.SEMANTIC,
            score=0.75,
            evidence=[words(1, 2, 4, "still broken.", 65)],
        ),
        finding_pb2.Finding(
            id="f3", searched=finding_pb2.Searched(nearest=words(0, 2, 6, "how can I help?", 2))
        ),
    ],
)


def test_packs_are_checked(callqa: Callqa, store: Store, pack: Path) -> None:
    assert callqa("packs", "check", pack).stdout == "no mistakes\n"
    assert callqa("packs", "check", pack, "--json").json == {"problems": []}
    store.rubric_problems = [RubricProblem(file_name="opening.yaml", line=3, message="is wrong")]
    ended = callqa("packs", "check", pack)
    assert (ended.exit_code, ended.stderr) == (2, f"error: {pack}:3: is wrong\n")
    assert callqa("packs", "check", pack, "--json").json["problems"][0]["line"] == 3


def test_packs_are_tried_on_a_call(callqa: Callqa, store: Store, folder: Path, pack: Path) -> None:
    callqa("upload", folder / "good.wav", "--watch")
    store.trial = TRIAL
    ended = callqa("packs", "try", pack, "--builtin", "empathy", "--call", "good")
    assert ended.exit_code == 0
    [request] = store.tried
    assert request.call.startswith("calls/")
    assert (request.files[0].file_name, list(request.builtin_packs)) == ("opening.yaml", ["empathy"])
    lines = [line.split(maxsplit=2) for line in ended.stdout.splitlines()]
    assert lines[0] == ["FIRES", "RULE", "WHY"]
    assert lines[1] == ["yes", "opening.hello", "Fires at 0:02."]
    assert ended.line_with("«Good").strip() == "0:02  agent  “«Good morning,» how can I help?”"
    assert lines[3][:2] == ["no", "opening.promise"]
    assert "1:05  customer  “It is «still broken.»” (negated, similarity 0.75)" in ended.stdout
    assert "“Good morning, «how can I help?»” (nearest)" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "1 of 3 rules fire"


def test_packs_are_tried_on_a_text_without_times(callqa: Callqa, store: Store, pack: Path) -> None:
    store.trial = TRIAL
    ended = callqa("packs", "try", pack, "--text", "Good  morning, how can I help?")
    assert store.tried[0].text == "Good  morning, how can I help?"
    assert ended.line_with("«Good").strip() == "“«Good morning,» how can I help?”"
    told = callqa("packs", "try", pack, "--text", "Good morning", "--json").json
    assert [rule["fired"] for rule in told["rules"]] == [True, False, False]


def test_mistakes_in_packs_to_try_are_printed(callqa: Callqa, store: Store, pack: Path) -> None:
    store.trial = pack_pb2.PackTrial(
        problems=[RubricProblem(file_name="opening.yaml", line=2, field="statements", message="is wrong")]
    )
    ended = callqa("packs", "try", pack, "--text", "Hello")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"error: {pack}:2: statements: is wrong\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["opening.yaml"], "either --call CALL or --text TEXT"),
        (["opening.yaml", "--call", "a", "--text", "b"], "either --call CALL or --text TEXT"),
        (["--text", "Hello"], "files, or --builtin NAME"),
        (["gone.yaml", "--text", "Hello"], "there is no such file"),
        (["opening.yaml", "--call", "nobody"], "there is no call nobody"),
    ],
)
def test_wrong_use_is_told(callqa: Callqa, pack: Path, arguments: list[str], words: str) -> None:
    assert pack.exists()
    ended = callqa("packs", "try", *arguments)
    assert ended.exit_code == 2
    assert words in ended.stderr
