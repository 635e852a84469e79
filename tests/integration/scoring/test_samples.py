"""The built-in rubric on the words of the sample calls gives the facts a listener wrote down."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.domain.transcript import Role, Transcript, Turn, Word
from tests.unit.scoring.spoken import score, values

SAMPLES = Path(__file__).parents[3] / "samples"
FACTS: dict[str, Any] = yaml.safe_load((SAMPLES / "facts.yaml").read_text("utf-8"))
CALLS: dict[str, Any] = {
    call["external_id"]: call
    for call in map(json.loads, (SAMPLES / "transcripts.jsonl").read_text("utf-8").splitlines())
}

# What only the recording tells: written words have no overlaps, and these times are even shares of a turn.
NEEDS_SOUND = {"conversation.interruptions", "conversation.speech_rate"}
# Where a criterion's quotes stand under another rule's name.
RULES = {"handling.hold_announced": ["handling.hold_announcement"]}


def transcript(call: dict[str, Any], *, plain: bool) -> Transcript:
    turns: list[Turn] = []
    for one in sorted(call["turns"], key=lambda one: float(one["start_s"])):
        text = re.sub(r"[^\w' ]", "", one["text"].lower()) if plain else one["text"]
        parts = text.split()
        step = (one["end_s"] - one["start_s"]) / len(parts)
        words = tuple(
            Word(
                text=part,
                start_s=one["start_s"] + step * position,
                end_s=one["start_s"] + step * (position + 1),
                confidence=0.9,
            )
            for position, part in enumerate(parts)
        )
        turns.append(
            Turn(
                index=len(turns),
                role=Role[one["role"].upper()],
                role_confidence=1.0,
                text=" ".join(parts),
                words=words,
            )
        )
    return Transcript(
        name="", sha256="0" * 64, language="en", duration_s=turns[-1].end_s + 1, turns=tuple(turns)
    )


@pytest.mark.parametrize("plain", [False, True], ids=["written", "lower case without punctuation"])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_sample_is_judged_as_a_listener_would(name: str, plain: bool) -> None:  # noqa: FBT001 - a parameter of the test
    card = score(transcript(CALLS[name], plain=plain))
    judged = {criterion: value for criterion, value in values(card).items() if criterion not in NEEDS_SOUND}
    facts = FACTS[name]["answers"]
    assert judged == {criterion: value for criterion, value in facts.items() if criterion not in NEEDS_SOUND}
    assert card.outcome.result.value == FACTS[name]["outcome"]


@pytest.mark.parametrize("name", sorted(CALLS))
def test_quotes_lie_where_the_listener_heard_them(name: str) -> None:
    card = score(transcript(CALLS[name], plain=False))
    for fact in FACTS[name]["quotes"]:
        heard = [
            words
            for finding in card.findings
            for words in finding.evidence
            if finding.rule_id in {fact["criterion"], *RULES.get(fact["criterion"], ())}
            or (finding.kind.value == "OUTCOME_EVENT" and fact["criterion"] == "resolution.handled")
            # A word's time here is an even share of its turn's, not the one heard: a second or two beside it.
            if words.start_s < fact["end_s"] + 3 and fact["start_s"] - 3 < words.end_s
        ]
        assert heard, f"{fact['criterion']}: nothing near {fact['start_s']} s"


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_trigger_the_listener_noted_is_found(name: str) -> None:
    card = score(transcript(CALLS[name], plain=False))
    for fact in FACTS[name]["triggers"]:
        heard = [
            words
            for finding in card.findings
            for words in finding.evidence
            if finding.rule_id == f"trigger.{fact['kind']}"
            if words.start_s < fact["end_s"] + 3 and fact["start_s"] - 3 < words.end_s
        ]
        assert heard, f"{fact['kind']}: nothing near {fact['start_s']} s"


def test_every_sample_has_its_facts() -> None:
    assert sorted(CALLS) == sorted(FACTS)
