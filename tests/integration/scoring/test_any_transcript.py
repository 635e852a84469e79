"""Whatever the words are, scoring ends, its evidence is consistent, and nothing scored before shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.domain.transcript import Role, Transcript, Turn, Word
from scoring.wire.scorecards import scorecard_to_wire
from servicekit.wire import canonical_bytes, s_from_duration
from tests.unit.scoring.spoken import call_of, score, spoken

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

ROOT = Path(__file__).parents[3]
PHRASES = [
    *["hello", "I", "can't", "guarantee", "it's", "sorry", "about", "the", "delay", "that", "is"],
    *["worried", "not", "if", "you", "goodbye"],
    "I'm",
    "sorry,",
    "working",
    "now?",
    "transfer",
    "you",
    "...",
    "-",
    "é\N{COMBINING ACUTE ACCENT}",
    "\N{GRINNING FACE}",
    "İstanbul",
    "9:15",
]


@st.composite
def transcripts(draw: DrawFn) -> Transcript:
    turns: list[Turn] = []
    clock_s = 0.0
    for index in range(draw(st.integers(0, 6))):
        words = []
        clock_s += draw(st.sampled_from([0.0, 0.4, 12.0]))
        for text in draw(
            st.lists(st.sampled_from(PHRASES) | st.text("aZß1'.?", min_size=1), min_size=1, max_size=14)
        ):
            words.append(
                Word(
                    text=text,
                    start_s=round(clock_s, 3),
                    end_s=round(clock_s + draw(st.sampled_from([0.0, 0.3, 0.9])), 3),
                    confidence=draw(st.sampled_from([0.0, 0.1, 0.5, 1.0])),
                )
            )
            clock_s += 0.3
        turns.append(
            Turn(
                index=index,
                role=draw(st.sampled_from(Role)),
                role_confidence=draw(st.sampled_from([0.1, 0.7, 1.0])),
                text=" ".join(word.text for word in words),
                words=tuple(words),
            )
        )
    return Transcript(name="", sha256="0" * 64, language="en", duration_s=0.0, turns=tuple(turns))


def on_the_wire(transcript: Transcript) -> scorecard_pb2.Scorecard:
    return scorecard_to_wire(
        score(transcript), transcript=transcript, rubric_revision="rubrics/a/revisions/b", engine_version="e"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(transcripts())
def test_any_transcript_gives_consistent_evidence(transcript: Transcript) -> None:
    card = on_the_wire(transcript)
    ids = [finding.id for finding in card.findings]
    assert len(set(ids)) == len(ids)
    for answer in card.answers:
        assert answer.explanation
        assert set(answer.finding_ids) <= set(ids)
        assert answer.value != answer.VALUE_UNSPECIFIED
    assert set(card.outcome.finding_ids) <= set(ids)
    for finding in card.findings:
        # A figure over the whole call has a measure and no words of its own.
        found = bool(finding.evidence) or finding.HasField("measure")
        assert found != finding.HasField("searched")
        assert set(finding.answers_to) <= set(ids)
        nearest = [finding.searched.nearest] if finding.searched.HasField("nearest") else []
        for words in [*finding.evidence, *nearest]:
            turn = transcript.turns[words.turn]
            heard = turn.words[words.start_word : words.end_word]
            assert words.quote == turn.text[words.start_char : words.end_char]
            assert words.quote == " ".join(word.text for word in heard)
            assert s_from_duration(words.start_offset) == heard[0].start_s
            assert s_from_duration(words.end_offset) == max(word.end_s for word in heard)
            assert round(words.min_confidence, 4) == min(word.confidence for word in heard)
    if card.HasField("score"):
        assert 0 <= card.score <= 100


MIXED = spoken(
    *call_of(
        ("customer", "I've been waiting for six weeks, I'm worried, and this is the third time I've called."),
        ("agent", "I'm so sorry about that, I understand how frustrating it is. What is your date of birth?"),
        ("customer", "The second of May."),
        ("agent", "I'll call you back by Thursday. I can't guarantee a day for the delivery.", 14.0),
    )
)


def test_a_card_does_not_depend_on_what_was_scored_before() -> None:
    first = canonical_bytes(on_the_wire(MIXED))
    on_the_wire(spoken(("agent", "Wholly other words about a zebra named Quux, and goodbye.")))
    assert canonical_bytes(on_the_wire(MIXED)) == first


SCRIPT = """
import sys
from servicekit.wire import canonical_bytes
from tests.integration.scoring.test_any_transcript import MIXED, on_the_wire
sys.stdout.write(canonical_bytes(on_the_wire(MIXED)).hex())
"""


def test_two_processes_with_other_hash_seeds_give_the_same_bytes() -> None:
    path = os.pathsep.join([str(ROOT), str(ROOT / "protos" / "gen")])
    cards = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
            text=True,
            timeout=120,
        ).stdout
        for seed in ("1", "4711")
    ]
    assert cards[0] == cards[1] == canonical_bytes(on_the_wire(MIXED)).hex()
