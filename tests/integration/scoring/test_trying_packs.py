"""Packs tried on a call and on a text: what fires, and why the rest doesn't."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from scoring.domain.files import SourceFile
from scoring.packs.builtin import builtin_packs
from servicekit.errors import InvalidInputError
from tests.unit.scoring.spoken import scorer, spoken

if TYPE_CHECKING:
    from scoring.domain.context import CallContext
    from scoring.domain.transcript import Transcript
    from scoring.domain.trial import Trial, TriedRule

PACK = """\
pack: garden
statements:
- id: garden.opening
  phrases: welcome to the garden line
  window: {first_agent_turns: 1}
- id: garden.roses
  say: We deliver roses within two days.
- id: garden.promise
  polarity: prohibited
  phrases: it will bloom
  context: {reject: [NEGATED, QUESTION]}
- id: garden.advice
  phrases: water it daily
  after: garden.roses
  when: call.queue == 'plants'
- id: garden.thanks
  speaker: customer
  phrases: thank you
"""
OPENING = ("agent", "Welcome to the garden line.")


def tried(said: Transcript | str, pack: str = PACK, context: CallContext | None = None) -> Trial:
    files = [SourceFile(file_name="garden.yaml", content=dedent(pack))]
    trial, problems = scorer().try_packs(files, said, context)
    assert problems == ()
    assert trial is not None
    return trial


def rule(trial: Trial, rule_id: str) -> TriedRule:
    return next(one for one in trial.rules if one.rule_id == rule_id)


def test_what_fires_comes_first_with_its_times_and_words() -> None:
    trial = tried(spoken(OPENING, ("customer", "Oh, thank you."), ("agent", "Water it daily then.")))
    assert [(one.rule_id, one.fired) for one in trial.rules] == [
        ("garden.opening", True),
        ("garden.thanks", True),
        ("garden.roses", False),
        ("garden.promise", False),
        ("garden.advice", False),
    ]
    assert rule(trial, "garden.opening").explanation == "Fires at 0:01."
    assert [finding.evidence[0].quote for finding in trial.findings if finding.evidence] == [
        "Welcome to the garden line.",
        "thank you.",
        "Water it daily",
    ]


@pytest.mark.parametrize(
    ("said", "rule_id", "words"),
    [
        (
            [("customer", "Hello."), ("agent", "Yes."), ("customer", "Well."), OPENING],
            "garden.opening",
            "outside its window (0:00 to",
        ),
        (
            [("customer", "Welcome to the garden line.")],
            "garden.opening",
            "said by the customer, and asked of the agent",
        ),
        ([("unknown", "Welcome to the garden line.")], "garden.opening", "isn't known who says them"),
        ([("agent", "I can't say that it will bloom.")], "garden.promise", "rejected: negated"),
        ([("agent", "Hello there, how are you today?")], "garden.promise", "None of its phrases is there."),
        ([("agent", "Water it daily.")], "garden.advice", "not after 'garden.roses', which isn't said"),
        (
            [
                ("agent", "Water it daily."),
                ("customer", "Fine."),
                ("agent", "We deliver roses within two days."),
            ],
            "garden.advice",
            "not after 'garden.roses' at 0:0",
        ),
        ([("agent", "We bring roses next week.")], "garden.roses", "it takes 0.70"),
    ],
)
def test_what_does_not_fire_says_why(said: list[tuple[str, str]], rule_id: str, words: str) -> None:
    found = rule(tried(spoken(*said)), rule_id)
    assert not found.fired
    assert words in found.explanation


def test_words_heard_badly_do_not_fire() -> None:
    said = spoken(OPENING)
    unsure = tuple(replace(word, confidence=0.1) for word in said.turns[0].words)
    found = rule(tried(replace(said, turns=(replace(said.turns[0], words=unsure),))), "garden.opening")
    assert not found.fired
    assert "confidence below 0.25" in found.explanation


def test_a_condition_is_told_beside_what_fires() -> None:
    said = spoken(("agent", "We deliver roses within two days."), ("agent", "So water it daily."))
    assert rule(tried(said), "garden.advice").fired
    assert (
        "its condition doesn't hold: call.queue == 'plants'" in rule(tried(said), "garden.advice").explanation
    )
    answers = PACK.replace("call.queue == 'plants'", "answers['greeting'] == 'PASS'")
    assert "which this call alone doesn't tell" in rule(tried(said, answers), "garden.advice").explanation


def test_a_text_is_tried_on_every_rule_without_window_and_order() -> None:
    trial = tried("Thank you. Water it daily. So it will bloom?")
    assert {one.rule_id for one in trial.rules if one.fired} == {"garden.thanks", "garden.advice"}
    assert rule(trial, "garden.advice").explanation == (
        "Fires. Its order and condition are not looked at in a text."
    )
    assert rule(trial, "garden.promise").explanation == "Rejected: question."
    assert rule(trial, "garden.opening").explanation == (
        "None of its phrases is there. Its window is not looked at in a text."
    )
    near = rule(tried("We bring roses next week."), "garden.roses").explanation
    assert near.startswith("Nothing matches; the nearest similarity is 0.")


def test_a_text_needs_a_word() -> None:
    with pytest.raises(InvalidInputError, match="at least one word"):
        tried("  ")


def test_built_in_packs_and_a_rubric_among_the_files_are_taken_as_they_are() -> None:
    rubric = SourceFile(file_name="form.yaml", content="rubric: broken\n")
    trial, problems = scorer().try_packs([builtin_packs()["empathy"], rubric], "I am so sorry about that.")
    assert problems == ()
    assert trial is not None
    assert any(one.fired for one in trial.rules)


def test_a_pack_that_leans_on_a_built_in_one_is_tried_with_it() -> None:
    [first, *_] = [one.rule_id for one in tried_builtin("empathy").rules]
    pack = f"pack: mine\nstatements:\n- {{id: mine.a, phrases: let me see, after: {first}}}\n"
    trial = tried(spoken(("agent", "Let me see.")), pack)
    assert {"mine.a", first} <= {one.rule_id for one in trial.rules}


def tried_builtin(name: str) -> Trial:
    trial, _ = scorer().try_packs([builtin_packs()[name]], "Hello.")
    assert trial is not None
    return trial


def test_packs_with_mistakes_are_not_tried() -> None:
    files = [SourceFile(file_name="bad.yaml", content="pack: bad\nstatements: [{id: a.b}]\n")]
    trial, problems = scorer().try_packs(files, "Hello.")
    assert trial is None
    assert problems[0].file_name == "bad.yaml"
    assert scorer().try_packs([], "Hello.")[1][0].message == "no file was given"
    form = SourceFile(file_name="form.yaml", content="rubric: alone\n")
    assert "there is no pack here" in scorer().try_packs([form], "Hello.")[1][0].message
