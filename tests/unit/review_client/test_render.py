from __future__ import annotations

import io
from collections import Counter

import pytest
from callqa.v1 import (
    batch_pb2,
    call_pb2,
    finding_pb2,
    rubric_pb2,
    scorecard_pb2,
    scorecard_service_pb2,
    transcript_pb2,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console, RenderableType

from review_client.progress import StageProgress, ended_calls, heard_calls
from review_client.render.call_facts import outcome_parts
from review_client.render.context import in_context
from review_client.render.evidence import findings_grid
from review_client.render.scorecard import cited
from review_client.render.tables import (
    batches_table,
    calls_table,
    criteria_table,
    results_table,
    scorecards_table,
)
from review_client.render.transcript import transcript_text
from review_client.results import Result

Finding = finding_pb2.Finding
Item = batch_pb2.BatchItem
LONG_ID = "2026-05-02-0917-billing-retention-north-west-0042"


def drawn(renderable: RenderableType, *, width: int = 100) -> list[str]:
    written = io.StringIO()
    Console(file=written, width=width, markup=False).print(renderable)
    return [line.rstrip() for line in written.getvalue().splitlines()]


@pytest.mark.parametrize("width", [72, 80, 120])
def test_nothing_is_cut_where_it_is_narrow(width: int) -> None:
    call = call_pb2.Call(
        name="calls/c",
        external_id=LONG_ID,
        agent="maria.gonzalez",
        queue="billing-retention",
        start_time=Timestamp(seconds=1_777_713_125),
        duration=Duration(seconds=3725),
        state=call_pb2.Call.QUARANTINED,
    )
    summary = scorecard_service_pb2.ScorecardSummary(
        scorecard="calls/c/scorecards/s",
        external_id=LONG_ID,
        agent="maria.gonzalez",
        queue="billing-retention",
        score=100,
        outcome=scorecard_pb2.Outcome.FOLLOW_UP_PROMISED,
        flags=["auto-fail", "needs-review", "follow-up-promised"],
    )
    result = Result(
        call="calls/c",
        external_id=LONG_ID,
        agent="maria.gonzalez",
        state="QUARANTINED",
        quarantine_message="The recording is cut off or damaged; upload the whole file.",
    )
    counts = batch_pb2.Batch.Counts(pending=1, done=4000, quarantined=200)
    batch = batch_pb2.Batch(
        name=f"batches/{'0123456789abcdef' * 2}", state=batch_pb2.Batch.RUNNING, counts=counts
    )
    batch.create_time.seconds = 1_777_713_125
    criterion = rubric_pb2.Criterion(
        id="script.identity_verification", title="Did the agent ask who calls?", section="script", points=20
    )
    for table in (
        calls_table([call]),
        scorecards_table([summary]),
        results_table([result]),
        batches_table([batch]),
        criteria_table(rubric_pb2.RubricRevision(criteria=[criterion])),
    ):
        lines = drawn(table, width=width)
        assert max(map(len, lines)) <= width
        assert letters(lines) == letters(drawn(table, width=500))


def letters(lines: list[str]) -> Counter[str]:
    """Return what is written, however it is folded."""
    return Counter(character for line in lines for character in line if not character.isspace())


def test_a_call_without_an_external_id_is_shown_by_its_own() -> None:
    assert drawn(calls_table([call_pb2.Call(name="calls/abc")]))[1].split()[0] == "abc"


def test_text_in_brackets_is_no_markup() -> None:
    call = call_pb2.Call(name="calls/c", external_id="[red]x[/red]", agent="[bold]")
    assert drawn(calls_table([call]))[1].startswith("[red]x[/red]  [bold]")


def test_a_batch_counts_its_calls() -> None:
    counts = batch_pb2.Batch.Counts(pending=1, transcribing=1, scoring=1, done=4, quarantined=2)
    batch = batch_pb2.Batch(name="batches/b", state=batch_pb2.Batch.RUNNING, counts=counts)
    assert "4 done, 2 quarantined, 3 to do" in drawn(batches_table([batch]))[1]


def test_quotes_say_how_they_stand_and_how_surely_they_were_heard() -> None:
    evidence = finding_pb2.Evidence(
        role=transcript_pb2.CUSTOMER,
        start_offset=Duration(seconds=61, nanos=900_000_000),
        end_offset=Duration(seconds=63),
        quote="can you fix it",
        min_confidence=0.43,
    )
    asked = Finding(assertion=Finding.QUESTION, evidence=[evidence])
    assert drawn(findings_grid([asked])) == [
        "1:01-1:03  customer  “can you fix it” (question, heard with 43% confidence)"
    ]


def test_silence_lies_between_the_words_around_it() -> None:
    before = finding_pb2.Evidence(quote="Hold on.", end_offset=Duration(seconds=40))
    after = finding_pb2.Evidence(quote="Hello?", start_offset=Duration(seconds=65))
    hold = Finding(kind=Finding.HOLD, evidence=[before, after])
    assert drawn(findings_grid([hold])) == ["0:40-1:05    silence between “Hold on.” and “Hello?”"]


def spoken(text: str) -> transcript_pb2.Transcript:
    words = [transcript_pb2.Word(text=word) for word in text.split()]
    return transcript_pb2.Transcript(turns=[transcript_pb2.Turn(index=0, text=text, words=words)])


def numbered(first: int, end: int) -> str:
    return " ".join(f"w{number}" for number in range(first, end))


@pytest.mark.parametrize(
    ("said", "words", "shown"),
    [
        (
            "Fine. I guarantee that it works. Bye.",
            (1, 3),
            "“«I guarantee» that it works.”",
        ),
        ("Fine. For you, I guarantee it.", (3, 6), "“For you, «I guarantee it.»”"),
        ("I guarantee it.", (0, 3), "“I guarantee it.”"),
        (
            numbered(0, 40),
            (20, 21),
            f"“… {numbered(6, 20)} «w20» {numbered(21, 35)} …”",
        ),
    ],
)
def test_a_quote_stands_in_its_sentence(said: str, words: tuple[int, int], shown: str) -> None:
    quote = " ".join(said.split()[slice(*words)])
    evidence = finding_pb2.Evidence(turn=0, start_word=words[0], end_word=words[1], quote=quote)
    assert in_context(evidence, spoken(said)).plain == shown


def test_a_quote_that_the_transcript_does_not_hold_stands_alone() -> None:
    evidence = finding_pb2.Evidence(turn=0, start_word=0, end_word=2, quote="I guarantee")
    assert in_context(evidence, spoken("Something else was said.")).plain == "“I guarantee”"
    assert in_context(evidence, None).plain == "“I guarantee”"


def test_an_absence_without_semantics_says_only_where_was_searched() -> None:
    searched = finding_pb2.Searched(
        turn_count=1,
        speech_duration=Duration(seconds=8),
        end_offset=Duration(seconds=30),
        role=transcript_pb2.AGENT,
    )
    assert drawn(findings_grid([Finding(rule_id="script.recap", searched=searched)])) == [
        "0:00-0:30  agent  script.recap: not found in 1 turn (0:08 of speech searched)"
    ]


def test_a_finding_brings_along_what_it_answers_in_the_order_of_the_call() -> None:
    findings = {name: Finding(id=name) for name in ("f1", "f2", "f3")}
    findings["f3"].answers_to.append("f1")
    assert [finding.id for finding in cited(["f3"], findings)] == ["f1", "f3"]
    assert [finding.id for finding in cited(["f3", "f2", "f1", "gone"], findings)] == ["f1", "f2", "f3"]


def test_a_guessed_role_shows_how_sure_it_is() -> None:
    turns = [
        transcript_pb2.Turn(
            role=transcript_pb2.UNKNOWN,
            role_confidence=0.5,
            text="hello",
            words=[transcript_pb2.Word(text="hello", start_offset=Duration(seconds=3))],
        )
    ]
    lines = drawn(transcript_text(transcript_pb2.Transcript(turns=turns), call_pb2.Call(name="calls/c")))
    assert lines[2] == "0:03  unknown 50%  hello"


def test_progress_counts_a_call_in_the_middle_by_its_fraction() -> None:
    batch = batch_pb2.Batch(
        items=[
            Item(call="a", state=Item.PENDING),
            Item(call="b", state=Item.TRANSCRIBING, transcribed_fraction=0.25),
            Item(call="c", state=Item.SCORING, transcribed_fraction=1.0),
            Item(call="d", state=Item.DONE, transcribed_fraction=1.0),
            Item(call="e", state=Item.QUARANTINED, transcribed_fraction=0.5),
        ]
    )
    assert heard_calls(batch) == 3.25
    assert ended_calls(batch) == 2


def test_on_a_terminal_each_stage_has_a_bar() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with StageProgress(console) as progress:
        progress.batch_changed(
            batch_pb2.Batch(items=[Item(call="a", state=Item.SCORING), Item(call="b", state=Item.PENDING)])
        )
        rows = {
            task.description: (task.completed, task.total, task.visible) for task in progress._progress.tasks
        }
    assert rows == {"Upload": (0, 100, False), "Transcription": (1.0, 2, True), "Scoring": (0, 2, True)}


def test_a_figure_is_shown_with_its_limit() -> None:
    wordless = Finding(kind=Finding.TALK, measure=finding_pb2.Measure(value=0.83, limit=0.8, unit="share"))
    evidence = finding_pb2.Evidence(role=transcript_pb2.AGENT, quote="so")
    late = Finding(
        kind=Finding.LATENCY, evidence=[evidence], measure=finding_pb2.Measure(value=6.24, unit="s")
    )
    lines = drawn(findings_grid([wordless, late]))
    assert lines[0].strip() == "83 % (limit 80 %)"
    assert lines[1].endswith("“so” (6.2 s)")


def test_each_issue_of_a_call_is_shown_with_its_own_result() -> None:
    result = scorecard_pb2.Outcome
    card = scorecard_pb2.Scorecard(
        outcome=result(
            result=result.PARTLY_RESOLVED,
            issues=[
                result.Issue(result=result.RESOLVED, finding_ids=["f1"]),
                result.Issue(result=result.ESCALATED, escalation_reason=result.BEYOND_AUTHORITY),
            ],
        )
    )
    findings = {"f1": Finding(evidence=[finding_pb2.Evidence(quote="all done")])}
    lines = [line for part in outcome_parts(card, findings, None) for line in drawn(part)]
    assert [line.strip() for line in lines] == [
        "partly-resolved",
        "Issue 1: resolved",
        "0:00  unknown  “all done”",
        "Issue 2: escalated (beyond authority)",
    ]
