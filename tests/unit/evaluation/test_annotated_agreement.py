"""Agreement of two annotators, on counts small enough to check by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

from evaluation.annotated.agreement import agreement, cohens_kappa, disagreements, nominal_alpha
from evaluation.annotated.command import EXIT_WRONG_DATA, app
from evaluation.annotated.labels import CallLabels
from evaluation.text.dialogues import Dialogue, DialogueTurn
from scoring.domain.transcript import Role

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ("This is recorded.", "Hello.", "I'll write on Monday.", "Right.", "So it's done.", "Thanks.")


def dialogue(name: str) -> Dialogue:
    return Dialogue(
        dialogue_id=name,
        group=name,
        source="test",
        turns=tuple(
            DialogueTurn(role=Role.CUSTOMER if index % 2 else Role.AGENT, text=text)
            for index, text in enumerate(TEXTS)
        ),
    )


def labels(name: str, turns: dict[int, list[dict[str, str]]], outcome: str = "resolved") -> CallLabels:
    return CallLabels.model_validate_json(
        json.dumps({"dialogue_id": name, "turns": turns, "outcome": outcome, "issue_count": 1})
    )


DISCLOSURE = {"kind": "disclosure"}
OF_AGENT = {"kind": "commitment", "owner": "agent", "due_text": "on Monday"}
OF_COMPANY = {"kind": "commitment", "owner": "company", "due_text": "on Monday"}
CALLS = [
    (
        dialogue("a"),
        labels("a", {0: [DISCLOSURE], 2: [OF_AGENT]}),
        labels("a", {0: [DISCLOSURE], 2: [OF_COMPANY]}),
    ),
    (
        dialogue("b"),
        labels("b", {0: [DISCLOSURE]}, "escalated"),
        labels("b", {4: [DISCLOSURE]}, "unresolved"),
    ),
]


def test_kappa_is_cohens() -> None:
    # Twenty yes by both, fifteen no by both of fifty: .70 observed, .50 by chance.
    assert cohens_kappa(np.array([20.0, 5.0, 10.0, 15.0])) == pytest.approx(0.4)


def test_alpha_is_krippendorffs() -> None:
    # Ten units of zeros and ones, a textbook table of his: alpha is .095.
    assert nominal_alpha(np.array([5.0, 1.0, 3.0, 1.0])) == pytest.approx(0.095, abs=5e-4)


def test_full_agreement_is_one_and_no_variation_is_nothing() -> None:
    with np.errstate(invalid="ignore"):
        assert nominal_alpha(np.array([4.0, 0.0, 0.0, 3.0])) == 1
        assert np.isnan(nominal_alpha(np.array([4.0])))
        assert np.isnan(cohens_kappa(np.array([0.0, 0.0, 0.0, 9.0])))


def test_kinds_are_compared_over_the_turns_they_may_stand_on() -> None:
    figures = agreement(CALLS)
    disclosure = figures["disclosure"]
    # Six agent turns: one by both, one by each alone, three by neither.
    assert (disclosure["n"], disclosure["first"], disclosure["second"], disclosure["both"]) == (6, 2, 2, 1)
    assert (disclosure["kappa"], disclosure["f1"]) == (0.25, 0.5)
    assert disclosure["kappa_ci"][0] < 0.25 < disclosure["kappa_ci"][1]
    assert (figures["commitment"]["n"], figures["commitment"]["f1"]) == (12, 1.0)
    assert (figures["recap"]["kappa"], figures["recap"]["f1"], figures["recap"]["both"]) == (None, None, 0)


def test_values_are_compared_where_both_have_the_label() -> None:
    figures = agreement(CALLS)
    assert (figures["commitment: owner"]["n"], figures["commitment: owner"]["equal"]) == (1, 0.0)
    assert figures["commitment: due_text"]["equal"] == 1.0
    assert figures["escalation: reason"] == {
        "alpha": None,
        "alpha_ci": None,
        "equal": None,
        "equal_ci": None,
        "n": 0,
    }
    assert (figures["outcome"]["n"], figures["outcome"]["equal"]) == (2, 0.5)
    assert figures["outcome"]["alpha"] == pytest.approx(0.4)


def test_every_disagreement_is_kept_with_what_each_wrote() -> None:
    found = list(disagreements(CALLS))
    assert [(one["dialogue_id"], one["turn"], one["kind"]) for one in found] == [
        ("a", 2, "commitment"),
        ("b", 0, "disclosure"),
        ("b", 4, "disclosure"),
        ("b", None, "outcome"),
    ]
    assert (found[0]["first"], found[0]["second"]) == ([OF_AGENT], [OF_COMPANY])
    assert (found[1]["first"], found[1]["second"]) == ([DISCLOSURE], [])
    assert (found[3]["first"], found[3]["second"]) == ("escalated", "unresolved")


def write(folder: Path, name: str, lines: list[Any]) -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two calls and a third that nobody labelled, as files."""
    turns = [{"role": "customer" if n % 2 else "agent", "text": text} for n, text in enumerate(TEXTS)]
    write(tmp_path, "dialogues.jsonl", [{"dialogue_id": name, "turns": turns} for name in "abc"])
    for name, written in (
        ("labels_first.jsonl", [first for _, first, _ in CALLS]),
        ("labels_second.jsonl", [second for _, _, second in CALLS]),
    ):
        write(tmp_path, name, [one.model_dump(exclude_none=True) for one in written])
    return tmp_path


def test_the_command_prints_and_keeps_figures_and_disagreements(folder: Path) -> None:
    done = CliRunner().invoke(app, [str(folder)])
    assert done.exit_code == 0, done.output
    assert "disclosure" in done.stdout
    assert "1 calls aren't labelled by both annotators" in done.stderr
    written = json.loads((folder / "agreement.json").read_text(encoding="utf-8"))
    assert written["calls"] == 2
    assert written["agreement"]["disclosure"]["kappa"] == 0.25
    assert len((folder / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_the_command_says_in_one_sentence_what_is_wrong(folder: Path) -> None:
    (folder / "labels_second.jsonl").unlink()
    done = CliRunner().invoke(app, [str(folder)])
    assert done.exit_code == EXIT_WRONG_DATA
    assert "labels_second.jsonl can't be read" in done.stderr
    write(folder, "labels_second.jsonl", [])
    done = CliRunner().invoke(app, [str(folder)])
    assert "no call is labelled by both annotators" in done.stderr
