"""The command from end to end on a few dialogues of our own, with the real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from evaluation.text.bench import Bench
from evaluation.text.command import EXIT_WRONG_DATA, app
from evaluation.text.engine import Engine
from evaluation.text.tasks import annotated
from evaluation.text.tasks.registry import TASKS

if TYPE_CHECKING:
    from pathlib import Path


def turn(role: str, text: str, step: str | None = None) -> dict[str, Any]:
    return {"role": role, "text": text, "labels": {"script_step": step} if role == "agent" else {}}


SCRIPT = [
    {
        "dialogue_id": "bank-1",
        "source": "own",
        "turns": [
            turn("agent", "Hello, how can I help you?", "hello"),
            turn("customer", "Somebody used my card, I want to report a fraud."),
            turn("agent", "May I have your full name, please?", "ask_name"),
            turn("customer", "Ada Lovell."),
            turn("agent", "What is your account number?", "bank_ask_account_number"),
            turn("customer", "One two three."),
            turn("agent", "Is there anything else I can help you with?", "anything_else"),
            turn("customer", "No, thanks."),
            turn("agent", "Goodbye!", "bank_bye"),
        ],
        "labels": {"task": "bank_fraud_report", "customer_annoyed": False},
    },
    {
        "dialogue_id": "ride-1",
        "source": "own",
        "turns": [
            turn("customer", "I need a taxi and nobody answers, this is so annoying!"),
            turn("agent", "Where are you going?", "ride_ask_destination"),
            turn("customer", "To the station."),
            turn("agent", "The weather is nice there.", None),
        ],
        "labels": {"task": "ride_book", "customer_annoyed": True},
    },
]
SCRIPTS = {
    "bank_fraud_report": {
        "replies": {
            "hello": "Hello, how can I help you?",
            "ask_name": "May I have your full name, please?",
            "bank_ask_account_number": "What is your account number?",
            "anything_else": "Is there anything else I can help you with?",
            "bank_bye": "Goodbye to you, {name:s}!",
            "query": "Query",
        }
    },
    "ride_book": {"replies": {"ride_ask_destination": "Where are you going, {name:s}?", "no": "No"}},
}
OUTCOMES = [
    {
        "dialogue_id": f"outcome-{number}",
        "turns": [
            turn("customer", "My internet doesn't work since yesterday."),
            turn("agent", said),
            turn("customer", answer),
        ],
        "labels": {"resolved": resolved},
    }
    for number, (said, answer, resolved) in enumerate(
        [
            ("I have fixed the line for you.", "Great, it works now, thank you!", True),
            ("I'm sorry, there is nothing I can do.", "It's still not working.", False),
        ]
    )
]
NOTHING = {"level": 0, "rationales": []}
EPITOME = [
    {
        "dialogue_id": "peer-1",
        "group": "post-1",
        "turns": [
            {"role": "seeker", "text": "I lost my job and I am so scared."},
            {
                "role": "supporter",
                "text": "I'm so sorry you have to go through this. Have a look at the paper.",
                "labels": {
                    "emotional_reactions": {
                        "level": 2,
                        "rationales": ["I'm so sorry you have to go through this."],
                    },
                    "interpretations": NOTHING,
                    "explorations": NOTHING,
                },
            },
        ],
    }
]
SUPPORT = [
    {
        "dialogue_id": "support-1",
        "source": "own_support",
        "turns": [
            {
                "role": "customer",
                "text": "I am really angry about this. My order is 12.",
                "labels": {"interaction_quality_1_5": 2},
                "sentences": [
                    {"text": "I am really angry about this.", "emotion": "anger"},
                    {"text": "My order is 12.", "emotion": "neutral"},
                ],
            },
            {
                "role": "agent",
                "text": "I understand how frustrating that must be. Let me look.",
                "labels": {"interaction_quality_1_5": 4},
                "sentences": [
                    {"text": "I understand how frustrating that must be.", "emotion": "empathy"},
                    {"text": "Let me look.", "emotion": "neutral"},
                ],
            },
        ],
    }
]
LABELLED_CALL = {
    "dialogue_id": "own-1",
    "turns": [
        {"role": "customer", "text": "My boiler is cold again."},
        {"role": "agent", "text": "I'll put you through to our technician."},
        {"role": "customer", "text": "All right."},
    ],
}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All tasks measured once on the folder, with everything that is printed."""
    folder = tmp_path_factory.mktemp("labelled")
    (folder / "aux").mkdir()
    (folder / "aux" / "star_scripts.json").write_text(json.dumps(SCRIPTS), encoding="utf-8")
    write(folder / "script_star.jsonl", SCRIPT)
    write(folder / "outcome_star.jsonl", OUTCOMES)
    write(folder / "empathy_epitome.jsonl", EPITOME)
    write(folder / "support_maia_dqe.jsonl", SUPPORT)
    tasks = ",".join(name for name in TASKS if name != "annotated")
    path = folder / "figures.json"
    run = CliRunner().invoke(
        app, [str(folder), "--task", tasks, "--explain", "3", "--show", "--results", str(path)]
    )
    assert run.exit_code == 0, run.output
    text = path.read_text(encoding="utf-8")
    return {**json.loads(text), "printed": run.output, "text": text}


def test_every_task_has_figures_with_their_intervals(results: dict[str, Any]) -> None:
    assert set(results["tasks"]) == set(TASKS) - {"annotated"}
    for name, figures in results["tasks"].items():
        assert figures["seconds_per_1000_tokens"] > 0, name
        for key in figures:
            if key.endswith("f1"):
                assert f"{key}_ci" in figures, (name, key)
    assert results["engine"].startswith("callqa-scoring")
    assert {"star-steps", "star-bank", "peer-support", "outcome"} <= set(results["packs"])
    assert all(len(sha256) == 64 for sha256 in results["packs"].values())


def test_steps_are_found_where_they_are_labelled(results: dict[str, Any]) -> None:
    script = results["tasks"]["script"]
    assert script["n"] == 7
    assert script["f1"] == 1.0
    assert script["verification_positives"] == 2
    assert script["checklist_calls"] == 1
    assert script["checklist_items"] == 1.0
    assert script["checklist_all_right"] == 1.0


def test_one_sentence_finds_its_step_without_its_placeholder(results: dict[str, Any]) -> None:
    figures = results["tasks"]["one_sentence"]
    assert figures["further_help_f1"] == 1.0
    assert figures["verification_recall"] == 1.0


def test_outcome_and_empathy_are_told_apart(results: dict[str, Any]) -> None:
    assert results["tasks"]["outcome"]["f1"] == 1.0
    empathy = results["tasks"]["empathy"]
    assert empathy["emotional_reaction_f1"] == 1.0
    assert 0.5 < empathy["emotional_reaction_rationale_f1"] <= 1.0
    assert empathy["support_f1"] == 1.0
    # Nothing of counselling is there, and the rest is measured all the same.
    assert "reflection_f1" not in empathy
    assert results["tasks"]["missed_empathy"]["positives"] == 0


def test_context_of_other_calls_never_flips_a_verdict(results: dict[str, Any]) -> None:
    fairness = results["tasks"]["fairness"]
    assert fairness["prior_score_flips"] == 0
    assert fairness["names_calls"] == 0
    assert fairness["prior_score_calls"] == 2 * len(SCRIPT + SUPPORT)


def test_no_sentence_of_a_dialogue_is_written_to_the_results(results: dict[str, Any]) -> None:
    for text in ("Lovell", "taxi", "frustrating"):
        assert text not in results["text"]


def test_a_missing_file_is_skipped_and_a_wrong_one_named(tmp_path: Path) -> None:
    (tmp_path / "outcome_star.jsonl").write_text("{}\n", encoding="utf-8")
    results = tmp_path / "r.json"
    run = CliRunner().invoke(
        app, [str(tmp_path), "--task", "missed_empathy,outcome", "--results", str(results)]
    )
    assert run.exit_code == EXIT_WRONG_DATA
    assert "missed_empathy is skipped" in run.output
    assert "no empathy_epitome.jsonl" in run.output
    assert "outcome_star.jsonl:1: 'dialogue_id'" in run.output
    # What was measured before is kept.
    assert json.loads(results.read_text(encoding="utf-8"))["tasks"] == {}


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, [str(tmp_path / "none")]).exit_code == EXIT_WRONG_DATA


def test_an_unknown_task_is_refused() -> None:
    run = CliRunner().invoke(app, [".", "--task", "scrip"])
    assert run.exit_code == 2
    assert "there is no task scrip" in run.output


def test_own_labels_are_compared_with_findings_each_half_apart(tmp_path: Path) -> None:
    tuned = next(name for name in map("own-{}".format, range(9)) if annotated.is_tuned(name))
    unseen = next(name for name in map("own-{}".format, range(9)) if not annotated.is_tuned(name))
    write(tmp_path / "dialogues.jsonl", [{**LABELLED_CALL, "dialogue_id": name} for name in (tuned, unseen)])
    found = {"1": [{"kind": "escalation", "reason": "expertise"}]}
    labels = {"outcome": "escalated", "issue_count": 1}
    write(
        tmp_path / "labels.jsonl",
        [
            {"dialogue_id": tuned, "turns": {}, **labels},
            {"dialogue_id": unseen, "turns": found, **labels},
        ],
    )
    measured = annotated.run(Bench(folder=tmp_path, engine=Engine()), tmp_path)
    assert measured.figures["escalation_f1"] == 1.0
    assert measured.figures["escalation_n"] == 1
    assert measured.figures["commitment_n"] == 3
    assert (measured.figures["calls"], measured.figures["tuned_calls"]) == (1, 1)
    assert measured.figures["tuned_escalation_precision"] == 0.0
