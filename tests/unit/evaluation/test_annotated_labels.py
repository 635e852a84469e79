"""Annotators' files are taken as guideline.md has them, and otherwise refused with the place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evaluation.annotated.labels import CallLabels, read_labels
from evaluation.errors import DataError
from evaluation.text.dialogues import Dialogue, DialogueTurn
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from pathlib import Path

CALL = Dialogue(
    dialogue_id="one",
    group="one",
    source="test",
    turns=(
        DialogueTurn(role=Role.AGENT, text="We'll post it by Monday and I'll ring you."),
        DialogueTurn(role=Role.CUSTOMER, text="I'll be in all day."),
    ),
)


def line(turns: dict[str, Any], **other: object) -> dict[str, Any]:
    return {"dialogue_id": "one", "turns": turns, "outcome": "resolved", "issue_count": 1, **other}


def read(folder: Path, *lines: object) -> dict[str, CallLabels]:
    path = folder / "labels.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return read_labels(path, {"one": CALL})


def test_labels_are_read_by_turn(tmp_path: Path) -> None:
    promises = [
        {"kind": "commitment", "owner": "company", "due_text": "by Monday"},
        {"kind": "commitment", "owner": "agent"},
    ]
    turns = {"0": [*promises, {"kind": "follow_up"}], "1": [{"kind": "commitment", "owner": "customer"}]}
    labels = read(tmp_path, line(turns))["one"]
    assert [one.owner for one in labels.of_kind(0, "commitment")] == ["agent", "company"]
    assert labels.of_kind(0, "commitment")[1].due_text == "by Monday"
    assert labels.of_kind(0, "recap") == labels.of_kind(5, "recap") == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line({"2": [{"kind": "recap"}]}), "'turns.2': the call's last turn is 1"),
        (line({"0": [{"kind": "greeting"}]}), "'turns.0.0.kind'"),
        (line({"0": [{"kind": "recap", "note": "?"}]}), "'turns.0.0.note'"),
        (line({"1": [{"kind": "recap"}]}), "recap is for agents' turns"),
        (line({"0": [{"kind": "commitment"}]}), "commitment must have an owner"),
        (line({"0": [{"kind": "recap", "owner": "agent"}]}), "recap has no owner"),
        (line({"0": [{"kind": "commitment", "owner": "customer"}]}), "the owner customer on"),
        (line({"1": [{"kind": "commitment", "owner": "agent"}]}), "the owner customer on"),
        (line({"0": [{"kind": "commitment", "owner": "agent", "due_text": "Tuesday"}]}), "word for word"),
        (line({"0": [{"kind": "follow_up", "due_text": "by Monday"}]}), "for a commitment alone"),
        (line({"0": [{"kind": "escalation"}]}), "escalation must have a reason"),
        (line({"0": [{"kind": "recap", "reason": "unstated"}]}), "recap has no reason"),
        (line({"0": [{"kind": "recap"}, {"kind": "recap"}]}), "recap stands 2 times"),
        (line({}, dialogue_id="two"), "no dialogue has this id"),
        (line({}, outcome="fine"), "'outcome'"),
        (line({}, issue_count=0), "'issue_count'"),
        ("no object", "'the line'"),
    ],
)
def test_what_breaks_the_guideline_is_refused_with_its_place(
    tmp_path: Path, wrong: object, said: str
) -> None:
    with pytest.raises(DataError, match=r"labels\.jsonl:1: ") as refused:
        read(tmp_path, wrong)
    assert said in str(refused.value)


def test_a_call_is_labelled_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":2: 'dialogue_id': this call is labelled on an earlier line"):
        read(tmp_path, line({}), line({}))


def test_an_empty_list_of_labels_is_no_label(tmp_path: Path) -> None:
    assert read(tmp_path, line({"0": []}))["one"].of_kind(0, "recap") == ()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"first\.jsonl can't be read"):
        read_labels(tmp_path / "first.jsonl", {})
