"""Every mistake in a rubric or pack is named by file, line and field, all of them at once."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scoring.compiling import Compilation
from scoring.domain.files import SourceFile
from tests.unit.scoring.spoken import scorer

PACK = """\
pack: mine
version: 1
language: en
statements:
- id: mine.weather
  polarity: required
  say: It is sunny and warm today.
"""
RUBRIC = """\
rubric: my-form
title: My form
packs: [mine]
sections:
- id: all
  title: All
  criteria:
  - id: mine.weather
    title: Was the weather named?
    points: 5
    check: {said: mine.weather}
"""


def check(*files: tuple[str, str]) -> Compilation:
    return scorer().check([SourceFile(file_name=name, content=dedent(text)) for name, text in files])


def found(compilation: Compilation) -> set[tuple[str, int, str]]:
    return {(one.file_name, one.line, one.field) for one in compilation.problems}


def test_one_plain_sentence_is_enough() -> None:
    compilation = check(("mine.yaml", PACK), ("form.yaml", RUBRIC))
    assert compilation.problems == ()
    compiled = compilation.compiled
    assert compiled is not None
    assert [file.file_name for file in compiled.files] == ["form.yaml", "mine.yaml"]
    readings = compiled.reader.read(
        ["Well, it's sunny and warm today!", "the weather is warm and sunny today", "Please hold the line."]
    )
    assert [bool(reading.matches) for reading in readings] == [True, True, False]


def test_packs_alone_are_checked() -> None:
    compilation = check(("mine.yaml", PACK))
    assert compilation.problems == ()
    assert compilation.compiled is None


@pytest.mark.parametrize(
    ("change", "line", "field", "words"),
    [
        (("version: 1", "version: one"), 2, "version", "integer"),
        (("- id: mine.weather\n  polarity", "- polarity"), 5, "statements[0].id", "missing"),
        (("language: en", "language: fr"), 3, "language", "'en'"),
        (("polarity: required", "polarity: needed"), 6, "statements[0].polarity", "'required'"),
        (("  say:", "  sey:"), 7, "statements[0].sey", "did you mean 'say'"),
        (("id: mine.weather", "id: Mine!"), 5, "statements[0].id", "look like"),
        (("say: It is sunny and warm today.", "say: 12"), 7, "statements[0].say", "list"),
        (("say: It is sunny and warm today.", "phrases: '(sunny'"), 7, "statements[0].phrases[0]", "closed"),
        (
            ("say: It is sunny and warm today.", "phrases: 'sun? warm?'"),
            7,
            "statements[0].phrases[0]",
            "optional",
        ),
        (
            ("say: It is sunny and warm today.", "patterns: [[{LOWER: {REGEX: '(a+)+$'}}]]"),
            7,
            "statements[0].patterns[0]",
            "takes one of",
        ),
        (
            ("say: It is sunny and warm today.", "patterns: [[{OP: '*'}, {LOWER: sun}]]"),
            7,
            "statements[0].patterns[0]",
            "bounded",
        ),
        (
            ("say: It is sunny and warm today.", "phrases: sunny\n  semantic: {accept: 0.8}"),
            5,
            "statements[0]",
            "'semantic' is about sentences",
        ),
        (
            ("required\n", "required\n  window: {from_start_s: 9, to_s: 3}\n"),
            7,
            "statements[0].window",
            "after",
        ),
        (
            ("required\n", "required\n  window: {last_agent_turns: 0}\n"),
            7,
            "statements[0].window.last_agent_turns",
            "1",
        ),
        (("required\n", "required\n  semantic: {accept: 7}\n"), 7, "statements[0].semantic.accept", "1"),
        (
            ("required\n", "required\n  context: {reject: [MAYBE]}\n"),
            7,
            "statements[0].context.reject[0]",
            "NEGATED",
        ),
        (("pack: mine", "pack: &a mine"), 1, "", "anchors"),
        (("pack: mine", "pack: mine\npack: two"), 2, "pack", "twice"),
        (("pack: mine", "pack: [mine"), 2, "", "YAML"),
        (("pack: mine", "name: mine"), 0, "", "must begin with"),
        (("version: 1", "version: 2020-01-01"), 2, "version", "quotes"),
    ],
)
def test_a_mistake_in_a_pack(change: tuple[str, str], line: int, field: str, words: str) -> None:
    compilation = check(("mine.yaml", PACK.replace(*change)))
    mistake = next(one for one in compilation.problems if one.field == field)
    assert (mistake.file_name, mistake.line) == ("mine.yaml", line)
    assert words in mistake.message


@pytest.mark.parametrize(
    ("change", "line", "field", "words"),
    [
        (("points: 5", "points: many"), 10, "sections[0].criteria[0].points", "number"),
        (("said:", "sayd:"), 11, "sections[0].criteria[0].check.sayd", "did you mean 'said'"),
        (
            ("{said: mine.weather}", "{said: mine.wether}"),
            11,
            "sections[0].criteria[0].check.said",
            "did you mean",
        ),
        (
            ("{said: mine.weather}", "{not_said: mine.weather}"),
            11,
            "sections[0].criteria[0].check.not_said",
            "required",
        ),
        (("packs: [mine]", "packs: [mein]"), 3, "packs[0]", "did you mean 'mine'"),
        (
            ("{said: mine.weather}", "{hold_announced: {by: mine.weather, silence: 3}}"),
            11,
            "sections[0].criteria[0].check.hold_announced.silence",
            "silence_s",
        ),
        (
            ("{said: mine.weather}", "{answered: {marker: a.b}}"),
            11,
            "sections[0].criteria[0].check.answered.marker",
            "marker",
        ),
        (
            ("{said: mine.weather}", "{outcome_in: [good]}"),
            11,
            "sections[0].criteria[0].check.outcome_in.results[0]",
            "resolved",
        ),
        (
            ("{said: mine.weather}", "{outcome_in: [resolved]}"),
            11,
            "sections[0].criteria[0].check.outcome_in",
            "events",
        ),
    ],
)
def test_a_mistake_in_a_rubric(change: tuple[str, str], line: int, field: str, words: str) -> None:
    compilation = check(("mine.yaml", PACK), ("form.yaml", RUBRIC.replace(*change)))
    mistake = next(one for one in compilation.problems if one.field == field)
    assert (mistake.file_name, mistake.line) == ("form.yaml", line)
    assert words in mistake.message


def test_all_mistakes_are_reported_at_once() -> None:
    pack = PACK.replace("version: 1", "version: one").replace("polarity: required", "polarity: needed")
    form = RUBRIC.replace("points: 5", "points: many")
    assert found(check(("mine.yaml", pack), ("form.yaml", form))) == {
        ("mine.yaml", 2, "version"),
        ("mine.yaml", 6, "statements[0].polarity"),
        ("form.yaml", 10, "sections[0].criteria[0].points"),
    }


def test_a_failing_example_names_statement_sentence_and_place() -> None:
    examples = (
        "    match: [It is sunny and warm today., Hello.]\n    no_match:\n    - It is sunny and warm.\n"
    )
    pack = PACK + "  examples:\n" + examples
    compilation = check(("mine.yaml", pack))
    assert found(compilation) == {
        ("mine.yaml", 9, "statements[0].examples.match[1]"),
        ("mine.yaml", 11, "statements[0].examples.no_match[0]"),
    }
    assert "mine.weather must fire on 'Hello.'" in compilation.problems[0].message


def test_ids_are_used_once() -> None:
    twice = PACK + "- id: mine.weather\n  polarity: required\n  say: It rains.\n"
    assert ("mine.yaml", 8, "statements[1].id") in found(check(("mine.yaml", twice)))


def test_a_marker_that_a_trigger_calls_for_must_exist() -> None:
    pack = (
        PACK + "empathy:\n  triggers:\n  - id: mine.sad\n    say: I am sad.\n    calls_for: [mine.comfort]\n"
    )
    assert ("mine.yaml", 12, "empathy.triggers[0].calls_for[0]") in found(check(("mine.yaml", pack)))


def test_deep_nesting_is_refused_before_it_is_read() -> None:
    compilation = check(("mine.yaml", "pack: " + "[" * 5000))
    assert "deeper" in compilation.problems[0].message


def test_too_many_bytes_are_refused() -> None:
    compilation = check(("mine.yaml", PACK + "# " + "x" * 1_000_001))
    assert "at most 1000000" in compilation.problems[0].message


def test_the_same_content_is_the_same_revision_in_any_order() -> None:
    one = check(("mine.yaml", PACK), ("form.yaml", RUBRIC)).compiled
    two = check(("form.yaml", RUBRIC), ("mine.yaml", PACK)).compiled
    other = check(("form.yaml", RUBRIC), ("mine.yaml", PACK + "# changed\n")).compiled
    assert one is not None
    assert two is not None
    assert other is not None
    assert one.revision == two.revision == f"rubrics/my-form/revisions/{one.sha256[:16]}"
    assert other.revision != one.revision


ORDERED = """\
pack: mine
statements:
- id: mine.first
  say: It is sunny and warm today.
  FIRST
- id: mine.second
  say: You may ask us to stop.
  SECOND
"""
FORM = """\
rubric: my-form
title: My form
packs: [mine]
sections:
- id: all
  title: All
  criteria:
  - {id: q.first, title: First, points: 1, check: {said: mine.first}}
  - id: q.second
    title: Second
    points: 1
    check: {said: mine.second}
    WHEN
"""


@pytest.mark.parametrize(
    ("first", "second", "line", "field", "words"),
    [
        ("after: mine.secnd", "", 5, "after", "did you mean 'mine.second'"),
        ("before: nothing.like_it", "", 5, "before", "no pack here has 'nothing.like_it'"),
        ("after: mine.first", "", 3, "", "nobody can keep this order: 'mine.first', then 'mine.first'"),
        ("after: mine.second", "after: mine.first", 3, "", "nobody can keep this order"),
        ("before: mine.second", "before: mine.first", 3, "", "take one 'after' or 'before' out"),
        ("when: call.quue == 'a'", "", 5, "when", "did you mean 'call.queue'"),
        ("when: call.queue", "", 5, "when", "this is text"),
        ("when: call.duration_s > 1.5", "", 5, "when", "numbers are whole"),
        ("when: call.queue == 'a", "", 5, "when", "can't be read at character 15"),
        ("when: findings['mine.secnd'] > 0", "", 5, "when", "did you mean 'mine.second'"),
        ("when: answers['a'] == 'YES'", "", 5, "when", "'YES' is never the value here"),
        ("when: outcome == 'solved'", "", 5, "when", "did you mean 'resolved'"),
        ("when: findings[call.queue] > 0", "", 5, "when", "with the id in quotes"),
        ("when: call.start.getHours('Europe/Rome') > 9", "", 5, "when", "as '+01:00', not Europe/Rome"),
        ("when: call.start.getHours(call.queue) > 9", "", 5, "when", "as '+01:00', not call.queue"),
        ("when: 12", "", 5, "when", "this must be text"),
        ("severity: huge", "", 5, "severity", "'minor', 'major' or 'critical'"),
    ],
)
def test_a_mistake_in_an_order_a_condition_or_a_severity(
    first: str, second: str, line: int, field: str, words: str
) -> None:
    pack = ORDERED.replace("FIRST", first).replace("SECOND", second)
    [mistake] = check(("mine.yaml", pack)).problems
    assert (mistake.file_name, mistake.line) == ("mine.yaml", line)
    assert mistake.field == ".".join(filter(None, ("statements[0]", field)))
    assert words in mistake.message
    # The statement is named wherever the mistake stands.
    assert "mine.first" in mistake.message


def test_a_consistent_order_said_twice_is_no_circle() -> None:
    pack = ORDERED.replace("FIRST", "before: mine.second").replace("SECOND", "after: mine.first")
    assert check(("mine.yaml", pack)).problems == ()


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("when: answers['q.frst'] == 'PASS'", "did you mean 'q.first'"),
        ("when: answers['q.second'] == 'PASS'", "no question before this one has the id 'q.second'"),
        ("when: findings['mine.frst'] > 0", "no pack here has 'mine.frst'; did you mean 'mine.first'"),
        ("when: call.labels", "true or false"),
    ],
)
def test_a_mistake_in_a_questions_condition(when: str, words: str) -> None:
    pack = ORDERED.replace("FIRST", "").replace("SECOND", "")
    [mistake] = check(("mine.yaml", pack), ("form.yaml", FORM.replace("WHEN", when))).problems
    assert (mistake.file_name, mistake.line) == ("form.yaml", 13)
    assert mistake.field == "sections[0].criteria[1].when"
    assert words in mistake.message


def test_a_statements_condition_may_ask_for_answers_that_stand_before_its_question() -> None:
    form = FORM.replace("WHEN", "")
    asks = "when: answers['q.first'] == 'PASS'"
    later = ORDERED.replace("FIRST", "").replace("SECOND", asks)
    assert check(("mine.yaml", later), ("form.yaml", form)).problems == ()
    own = ORDERED.replace("FIRST", asks).replace("SECOND", "")
    [mistake] = check(("mine.yaml", own), ("form.yaml", form)).problems
    assert (mistake.file_name, mistake.field) == ("form.yaml", "sections[0].criteria[0].check")
    assert "the condition of 'mine.first'" in mistake.message


def test_a_check_that_would_not_keep_an_order_is_refused() -> None:
    pack = ORDERED.replace("FIRST", "after: mine.second").replace("SECOND", "")
    form = FORM.replace("WHEN", "").replace("{said: mine.first}", "{at_most: {ids: mine.first, count: 3}}")
    [mistake] = check(("mine.yaml", pack), ("form.yaml", form)).problems
    assert "which 'at_most' doesn't look at" in mistake.message


def test_an_example_that_fails_is_told_with_file_line_and_statement() -> None:
    pack = ORDERED.replace("FIRST", "examples: {match: [It is sunny and warm today.,\n    Please hold.]}")
    [mistake] = check(("mine.yaml", pack.replace("SECOND", ""))).problems
    assert (mistake.line, mistake.field) == (6, "statements[0].examples.match[1]")
    assert mistake.message.startswith("mine.first must fire on 'Please hold.'")


def test_a_mood_has_the_sign_of_its_label() -> None:
    cue = "pack: moods\nemotion:\n  cues:\n  - {{id: mood.glee, say: What fun, label: {}, valence: {}}}\n"
    assert check(("moods.yaml", cue.format("positive", 0.5))).problems == ()
    for label, valence in (("positive", -0.5), ("anger", 0.5), ("anger", 0.0)):
        [problem] = check(("moods.yaml", cue.format(label, valence))).problems
        assert (problem.line, problem.field) == (4, "emotion.cues[0]")
        assert "above 0 for 'positive'" in problem.message


def test_calming_needs_a_pack_that_knows_who_is_upset() -> None:
    form = RUBRIC.replace("{said: mine.weather}", "{deescalated: {}}")
    [problem] = check(("mine.yaml", PACK), ("form.yaml", form)).problems
    assert problem.field == "sections[0].criteria[0].check.deescalated"
    assert "emotion cues" in problem.message
