"""Transcripts, scorecards and a rubric as the real services make them, with words of the tests' own."""

from __future__ import annotations

from dataclasses import dataclass

from callqa.v1 import finding_pb2, rubric_pb2, scorecard_pb2, transcript_pb2
from google.protobuf.duration_pb2 import Duration
from google.type import date_pb2

AGENT = transcript_pb2.AGENT
CUSTOMER = transcript_pb2.CUSTOMER
REVISION = "rubrics/service-quality/revisions/0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a test wrote into a recording."""

    score: float | None
    fails: int
    outcome: str
    flags: tuple[str, ...]


def read_notes(content: bytes) -> Notes:
    """Return the notes in a recording made by `recording`."""
    pairs = dict(pair.split("=", 1) for pair in content.decode("latin-1").split() if "=" in pair)
    score = pairs.get("score", "100")
    return Notes(
        score=None if score == "none" else float(score),
        fails=int(pairs.get("fails", "0")),
        outcome=pairs.get("outcome", "RESOLVED"),
        flags=tuple(filter(None, pairs.get("flags", "").split(","))),
    )


def fake_transcript(name: str) -> transcript_pb2.Transcript:
    """Return two turns of 1.5 s at 0:02 and 1:05."""
    turns = []
    for index, (role, text, start_s) in enumerate(
        [(AGENT, "Good morning, how can I help?", 2), (CUSTOMER, "It is still broken.", 65)]
    ):
        words = [
            transcript_pb2.Word(
                text=word,
                start_offset=Duration(seconds=start_s, nanos=100_000_000 * place),
                end_offset=Duration(seconds=start_s, nanos=100_000_000 * (place + 1)),
                confidence=0.9,
            )
            for place, word in enumerate(text.split())
        ]
        turns.append(
            transcript_pb2.Turn(
                index=index, speaker=index, role=role, role_confidence=1.0, text=text, words=words
            )
        )
    return transcript_pb2.Transcript(
        name=name,
        language="en",
        duration=Duration(seconds=92),
        model_version="fake-ears-1",
        turns=turns,
        speakers=[
            transcript_pb2.Speaker(
                index=turn.index,
                channel=turn.index,
                role=turn.role,
                role_confidence=1.0,
                role_source=transcript_pb2.STATED,
                separation_confidence=1.0,
            )
            for turn in turns
        ],
        channels=[
            transcript_pb2.ChannelReport(
                channel=turn.index,
                role=turn.role,
                state=transcript_pb2.ChannelReport.HEARD,
                word_count=len(turn.words),
                decoded_duration=Duration(seconds=92),
                level_dbfs=-21.4,
                loud_duration=Duration(seconds=8),
                detected_duration=Duration(seconds=5),
            )
            for turn in turns
        ],
        quality=transcript_pb2.QualityReport(word_confidence_floor=0.5),
    )


def doubted(transcript: transcript_pb2.Transcript) -> None:
    """Let the transcript have missed speech on channel 1, clipped on channel 0, and made up two words."""
    warning = transcript_pb2.QualityWarning
    transcript.quality.warnings.add(
        code=warning.SPEECH_MISSED, channel=1, message="Of 8 s as loud as speech 5 s have words."
    )
    transcript.quality.warnings.add(
        code=warning.CLIPPED, channel=0, message="3 % of the speech is cut off at full scale."
    )
    transcript.quality.removed_words.add(
        channel=1,
        start_offset=Duration(seconds=70),
        end_offset=Duration(seconds=74),
        reason=transcript_pb2.RemovedWords.REPETITION,
        text="thank you thank you",
    )


def quoted(
    finding_id: str, quote: str, *, role: transcript_pb2.SpeakerRole.ValueType, start_s: int, **values: object
) -> finding_pb2.Finding:
    """Return a finding of one quote that lasts 3 s."""
    evidence = finding_pb2.Evidence(
        role=role,
        start_offset=Duration(seconds=start_s),
        end_offset=Duration(seconds=start_s + 3),
        quote=quote,
        min_confidence=0.9,
    )
    return finding_pb2.Finding(id=finding_id, evidence=[evidence], **values)  # type: ignore[arg-type]


def absent(finding_id: str) -> finding_pb2.Finding:
    """Return an absence over 14 turns of the agent, with something near it at 0:31."""
    return finding_pb2.Finding(
        id=finding_id,
        rule_id="script.identity",
        threshold=0.62,
        searched=finding_pb2.Searched(
            turn_count=14,
            speech_duration=Duration(seconds=41),
            start_offset=Duration(),
            end_offset=Duration(seconds=92),
            role=AGENT,
            best_score=0.41,
            nearest=finding_pb2.Evidence(start_offset=Duration(seconds=31), quote="who am I speaking with"),
        ),
    )


def fake_scorecard(name: str, transcript: str, notes: Notes) -> scorecard_pb2.Scorecard:
    """Return a card with one PASS, `notes.fails` FAILs, one N.A. and one unsure answer."""
    answer = scorecard_pb2.Answer
    answers = [
        answer(
            criterion="script.greeting",
            value=answer.PASS,
            points=5,
            possible_points=5,
            finding_ids=["f1"],
            explanation="The agent greeted the customer.",
        )
    ]
    answers += [
        answer(
            criterion="script.identity_verification" if place == 0 else f"script.extra{place}",
            value=answer.FAIL,
            possible_points=10,
            finding_ids=["f9"],
            explanation="The agent did not verify who calls.",
        )
        for place in range(notes.fails)
    ]
    answers += [
        answer(
            criterion="empathy.apology",
            value=answer.NOT_APPLICABLE,
            explanation="Nothing called for it.",
        ),
        answer(
            criterion="empathy.reassurance",
            value=answer.INSUFFICIENT_EVIDENCE,
            finding_ids=["f3"],
            explanation="Words are unsure.",
        ),
    ]
    return scorecard_pb2.Scorecard(
        name=name,
        transcript=transcript,
        transcript_sha256="0" * 64,
        rubric_revision=REVISION,
        engine_version="fake-judge-1",
        score=notes.score,
        points=5,
        possible_points=5 + 10 * notes.fails,
        flags=sorted(notes.flags),
        outcome=scorecard_pb2.Outcome(
            result=scorecard_pb2.Outcome.Result.Value(notes.outcome), finding_ids=["f4"]
        ),
        answers=answers,
        opportunities=[
            scorecard_pb2.Opportunity(
                trigger_id="f2", state=scorecard_pb2.Opportunity.EMPTY, answer_ids=["f3"]
            )
        ],
        customer_emotions=[
            scorecard_pb2.CustomerEmotion(
                turn=1, label=scorecard_pb2.CustomerEmotion.DISTRESS, valence=-0.8, finding_ids=["f2"]
            )
        ],
        commitments=[
            scorecard_pb2.Commitment(
                finding_id="f3",
                owner=scorecard_pb2.Commitment.COMPANY,
                what="we will see",
                due_text="by Friday",
                due_date=date_pb2.Date(year=2026, month=5, day=8),
            )
        ],
        proxies=[
            scorecard_pb2.Proxy(
                name="satisfaction",
                value=2.5,
                low=1,
                high=4.1,
                explanation="Often off by one.",
                finding_ids=["f4"],
            )
        ],
        findings=[
            quoted("f1", "Good morning, how can I help?", role=AGENT, start_s=2),
            quoted(
                "f2",
                "I am so upset",
                role=CUSTOMER,
                start_s=31,
                kind=finding_pb2.Finding.EMPATHY_TRIGGER,
            ),
            quoted("f3", "we will see", role=AGENT, start_s=35, answers_to=["f2"]),
            quoted("f4", "It is still broken.", role=CUSTOMER, start_s=65),
            absent("f9"),
        ],
    )


def fake_revision() -> rubric_pb2.RubricRevision:
    """Return the built-in rubric in short."""
    criterion = rubric_pb2.Criterion
    return rubric_pb2.RubricRevision(
        name=REVISION,
        title="Service quality",
        files=[rubric_pb2.RubricFile(file_name="service-quality.yaml", content="rubric: service-quality\n")],
        criteria=[
            criterion(id="script.greeting", title="Greets the customer", section="Script", points=5),
            criterion(
                id="script.identity_verification",
                title="Verifies who calls",
                section="Script",
                points=10,
                auto_fail=True,
            ),
            criterion(id="empathy.apology", title="Apologises", section="Empathy", points=5),
            criterion(id="empathy.reassurance", title="Reassures", section="Empathy", points=5),
        ],
    )
