"""Calls as tests write them: turns of (role, text), spoken at an even pace."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.compiling import Compiler
from scoring.domain.transcript import Role, Transcript, Turn, Word
from scoring.language.reader import LanguageModel
from scoring.language.weights import PACKAGED, find_weights
from scoring.packs.builtin import builtin_rubrics
from scoring.scorer import Limits, Scorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.domain.scorecard import Scorecard

WORD_S = 0.4


def turn(index: int, role: Role, text: str, start_s: float, confidence: float = 0.9) -> Turn:
    words = tuple(
        Word(
            text=word,
            start_s=round(start_s + position * WORD_S, 3),
            end_s=round(start_s + position * WORD_S + 0.3, 3),
            confidence=confidence,
        )
        for position, word in enumerate(text.split())
    )
    return Turn(index=index, role=role, role_confidence=1.0, text=" ".join(text.split()), words=words)


def spoken(*said: tuple[str, str] | tuple[str, str, float]) -> Transcript:
    """Each turn is (agent | customer | unknown, text), or with seconds of silence before it."""
    turns: list[Turn] = []
    clock_s = 0.5
    for part in said:
        clock_s += part[2] if len(part) > 2 else 0.5
        one = turn(len(turns), Role[part[0].upper()], part[1], clock_s)
        clock_s = one.end_s
        turns.append(one)
    return Transcript(name="", sha256="0" * 64, language="en", duration_s=clock_s + 0.5, turns=tuple(turns))


@functools.cache
def language_model() -> LanguageModel:
    return LanguageModel(find_weights(PACKAGED, Path()))


@functools.cache
def scorer() -> Scorer:
    model = language_model()
    return Scorer(
        model=model,
        compiler=Compiler(model=model, max_rubric_bytes=1_000_000),
        limits=Limits(max_turns=2000, max_words=20_000, max_word_chars=200),
        max_cached_rubrics=4,
    )


def score(transcript: Transcript) -> Scorecard:
    card, _ = scorer().score(transcript, [builtin_rubrics()["service-quality"]])
    return card


def values(card: Scorecard, *criteria: str) -> dict[str, str]:
    """The answers by criterion: those asked for, or all."""
    return {
        answer.criterion: answer.value.value
        for answer in card.answers
        if not criteria or answer.criterion in criteria
    }


def quotes(card: Scorecard, rule_id: str) -> list[str]:
    return [
        words.quote for finding in card.findings if finding.rule_id == rule_id for words in finding.evidence
    ]


def call_of(
    *middle: tuple[str, str] | tuple[str, str, float],
) -> Sequence[tuple[str, str] | tuple[str, str, float]]:
    """A call with a proper beginning and end around what matters to the test."""
    return [
        ("agent", "Good morning, thank you for calling Fern Energy, my name is Ada. How can I help?"),
        *middle,
        ("agent", "Thank you for calling Fern Energy, goodbye."),
    ]
