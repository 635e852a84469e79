from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.compiling import Compiler
from scoring.domain.files import SourceFile
from scoring.errors import LanguageUnsupportedError, RubricInvalidError, TranscriptTooLongError
from scoring.packs.builtin import builtin_rubrics
from scoring.scorer import Limits, Scorer
from servicekit.errors import DeadlineError
from tests.unit.scoring.spoken import language_model, score, scorer, spoken

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


def test_work_that_may_not_go_on_ends_before_the_next_stretch() -> None:
    asked = 0

    def go_on() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise DeadlineError("the time is over")

    pack = SourceFile(file_name="a.yaml", content="pack: a\nstatements: [{id: a.b, phrases: hello there}]\n")
    said = spoken(*[("agent", "Hello there.")] * 600)
    with pytest.raises(DeadlineError):
        scorer().try_packs([pack], said, go_on=go_on)
    assert asked == 2


def test_a_long_call_is_read_as_a_short_one_is() -> None:
    pack = SourceFile(file_name="a.yaml", content="pack: a\nstatements: [{id: a.b, phrases: hello there}]\n")
    trial, _ = scorer().try_packs([pack], spoken(*[("agent", "Hello there.")] * 600))
    assert trial is not None
    assert [finding.evidence[0].turn for finding in trial.findings] == list(range(600))
