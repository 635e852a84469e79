from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.compiling import Compiler
from scoring.domain.files import SourceFile
from scoring.errors import LanguageUnsupportedError, RubricInvalidError, TranscriptTooLongError
from scoring.packs.builtin import builtin_rubrics
from scoring.scorer import Limits, Scorer
from tests.unit.scoring.spoken import language_model, score, spoken

FILES = [builtin_rubrics()["service-quality"]]


def small_scorer() -> Scorer:
    model = language_model()
    return Scorer(
        model=model,
        compiler=Compiler(model=model, max_rubric_bytes=100_000),
        limits=Limits(max_turns=2, max_words=5, max_word_chars=8),
        max_cached_rubrics=1,
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([("agent", "a"), ("customer", "b"), ("agent", "c")], "3 turns; at most 2"),
        ([("agent", "one two three four five six")], "6 words; at most 5"),
        ([("agent", "interminable")], "12 characters in one word; at most 8"),
    ],
)
def test_a_transcript_over_a_limit_is_refused(said: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(TranscriptTooLongError, match=words):
        small_scorer().score(spoken(*said), FILES)


def test_another_language_is_refused_instead_of_failed() -> None:
    with pytest.raises(LanguageUnsupportedError, match="'de-DE'"):
        score(replace(spoken(("agent", "Guten Tag")), language="de-DE"))


def test_a_region_of_english_is_english() -> None:
    assert score(replace(spoken(("agent", "Good day")), language="en-GB")).answers


def test_files_without_a_rubric_cannot_score() -> None:
    pack = SourceFile(
        file_name="a.yaml",
        content="pack: a\nversion: 1\nlanguage: en\nstatements: [{id: a.b, polarity: required, say: Hi.}]\n",
    )
    with pytest.raises(RubricInvalidError, match="no rubric"):
        small_scorer().score(spoken(("agent", "Hello")), [pack])


def test_what_was_compiled_is_remembered_until_others_take_its_place() -> None:
    scorer = small_scorer()
    first, other = [SourceFile(file_name="a.yaml", content=text) for text in ("pack: 1", "pack: 2")]
    compiled = scorer.check([first])
    assert scorer.check([first]) is compiled
    scorer.check([other])
    assert scorer.check([first]) is not compiled
