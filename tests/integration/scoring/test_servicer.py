"""The scoring service over a real channel with the real models."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import (
    rubric_pb2,
    scorecard_pb2,
    scoring_service_pb2,
    scoring_service_pb2_grpc,
    transcript_pb2,
)

from scoring.servicer import ScoringServicer, load_scorer
from scoring.settings import ScoringSettings
from servicekit.channel import open_channel
from servicekit.server import start_server
from servicekit.wire import duration_from_s

if TYPE_CHECKING:
    from collections.abc import Iterator

Stub = scoring_service_pb2_grpc.ScoringServiceStub
TEN_S = 10.0


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    settings = ScoringSettings()
    servicer = ScoringServicer()
    with start_server(
        settings=settings,
        services=lambda: [servicer.service()],
        load=lambda: servicer.start(load_scorer(settings)),
    ) as server:
        server.wait_until_loaded(60)
        with open_channel(server.address) as channel:
            yield Stub(channel)


def spoken(*turns: tuple[str, str]) -> transcript_pb2.Transcript:
    message = transcript_pb2.Transcript(language="en")
    clock_s = 0.0
    for index, (role, text) in enumerate(turns):
        turn = message.turns.add(
            index=index, role=transcript_pb2.SpeakerRole.Value(role), role_confidence=1.0, text=text
        )
        for word in text.split():
            turn.words.add(
                text=word,
                start_offset=duration_from_s(clock_s),
                end_offset=duration_from_s(clock_s + 0.3),
                confidence=0.9,
            )
            clock_s += 0.4
    message.duration.CopyFrom(duration_from_s(clock_s))
    return message


def builtin(stub: Stub) -> rubric_pb2.RubricRevision:
    answer = stub.CheckRubric(
        scoring_service_pb2.CheckRubricRequest(builtin="service-quality"), timeout=TEN_S
    )
    assert list(answer.problems) == []
    return answer.rubric_revision


CALL = spoken(
    ("AGENT", "Good morning, thank you for calling Fern Bank, my name is Ada. How can I help?"),
    ("CUSTOMER", "Hello, I would like to know what my balance is today, please."),
    ("AGENT", "Your balance is ten pounds. Is there anything else I can help you with?"),
    ("CUSTOMER", "No, that's everything, thank you very much."),
    ("AGENT", "Thank you for calling, goodbye."),
)


def test_a_builtin_rubric_scores_a_call_under_its_revision(stub: Stub) -> None:
    revision = builtin(stub)
    card = stub.ScoreTranscript(
        scoring_service_pb2.ScoreTranscriptRequest(transcript=CALL, rubric_revision=revision), timeout=TEN_S
    )
    assert card.rubric_revision == revision.name
    assert [answer.criterion for answer in card.answers] == [one.id for one in revision.criteria]
    values = {answer.criterion: answer.value for answer in card.answers}
    assert values["script.greeting"] == card.answers[0].PASS
    assert values["script.identity_verification"] == card.answers[0].FAIL
    assert "unverified" in card.flags
    assert card.engine_version
    assert len(card.transcript_sha256) == 64


def test_the_same_request_gives_the_same_bytes(stub: Stub) -> None:
    request = scoring_service_pb2.ScoreTranscriptRequest(transcript=CALL, rubric_revision=builtin(stub))
    first = stub.ScoreTranscript(request, timeout=TEN_S).SerializeToString(deterministic=True)
    assert stub.ScoreTranscript(request, timeout=TEN_S).SerializeToString(deterministic=True) == first


def test_an_unknown_builtin_lists_what_exists_and_the_nearest(stub: Stub) -> None:
    answer = stub.CheckRubric(scoring_service_pb2.CheckRubricRequest(builtin="servce-quality"), timeout=TEN_S)
    assert not answer.HasField("rubric_revision")
    assert "did you mean 'service-quality'" in answer.problems[0].message
    assert list(answer.builtin_rubrics) == ["service-quality"]


def test_a_revision_under_a_false_name_is_refused(stub: Stub) -> None:
    revision = builtin(stub)
    revision.name = "rubrics/service-quality/revisions/0000000000000000"
    request = scoring_service_pb2.ScoreTranscriptRequest(transcript=CALL, rubric_revision=revision)
    with pytest.raises(grpc.RpcError) as caught:
        stub.ScoreTranscript(request, timeout=TEN_S)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_transcript_that_contradicts_itself_is_refused_with_the_field(stub: Stub) -> None:
    call = transcript_pb2.Transcript()
    call.CopyFrom(CALL)
    call.turns[2].words[1].end_offset.CopyFrom(duration_from_s(0))
    request = scoring_service_pb2.ScoreTranscriptRequest(transcript=call, rubric_revision=builtin(stub))
    with pytest.raises(grpc.RpcError) as caught:
        stub.ScoreTranscript(request, timeout=TEN_S)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    details = caught.value.details() or ""
    assert "transcript.turns[2].words[1]" in details
    assert "balance" not in details


def test_mistakes_in_files_are_problems_not_errors(stub: Stub) -> None:
    source = scoring_service_pb2.RubricSource(
        files=[rubric_pb2.RubricFile(file_name="mine.yaml", content="rubric: mine\ntitel: Mine\n")]
    )
    answer = stub.CheckRubric(scoring_service_pb2.CheckRubricRequest(source_files=source), timeout=TEN_S)
    assert {(one.file_name, one.line, one.field) for one in answer.problems} >= {("mine.yaml", 2, "titel")}


PACK = rubric_pb2.RubricFile(
    file_name="mine.yaml",
    content="""\
pack: mine
statements:
- {id: mine.balance, phrases: your balance is, when: call.queue == 'accounts'}
- {id: mine.weather, say: It is sunny and warm today.}
""",
)


def test_packs_are_tried_on_a_transcript(stub: Stub) -> None:
    request = scoring_service_pb2.TryPacksRequest(
        files=[PACK], transcript=CALL, context=scorecard_pb2.CallContext(queue="accounts")
    )
    trial = stub.TryPacks(request, timeout=TEN_S)
    assert [(rule.rule_id, rule.fired) for rule in trial.rules] == [
        ("mine.balance", True),
        ("mine.weather", False),
    ]
    assert trial.rules[0].explanation == "Fires at 0:11. Its condition holds: call.queue == 'accounts'."
    found = next(finding for finding in trial.findings if finding.id == trial.rules[0].finding_ids[0])
    assert found.evidence[0].quote == "Your balance is"


def test_packs_are_tried_on_a_text(stub: Stub) -> None:
    request = scoring_service_pb2.TryPacksRequest(files=[PACK], text="Well, your balance is low.")
    trial = stub.TryPacks(request, timeout=TEN_S)
    assert [rule.fired for rule in trial.rules] == [True, False]
    assert trial.findings[0].evidence[0].role == transcript_pb2.UNKNOWN


def test_mistakes_in_packs_to_try_are_problems_and_an_empty_text_an_error(stub: Stub) -> None:
    unknown = stub.TryPacks(
        scoring_service_pb2.TryPacksRequest(builtin_packs=["empaty"], text="Hello."), timeout=TEN_S
    )
    assert [one.field for one in unknown.problems] == ["builtin_packs[0]"]
    assert "did you mean 'empathy'" in unknown.problems[0].message
    with pytest.raises(grpc.RpcError) as caught:
        stub.TryPacks(scoring_service_pb2.TryPacksRequest(files=[PACK]), timeout=TEN_S)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("code", [grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED])
def test_a_call_that_nobody_waits_for_is_left(
    stub: Stub, caplog: pytest.LogCaptureFixture, code: grpc.StatusCode
) -> None:
    caplog.set_level(logging.INFO)
    # Many short turns take long to read and little to send.
    turns = [("AGENT", "Well then.")] * 20_000
    request = scoring_service_pb2.TryPacksRequest(files=[PACK], transcript=spoken(*turns))
    cancelled = code is grpc.StatusCode.CANCELLED
    call = stub.TryPacks.future(request, timeout=60.0 if cancelled else 1.0)
    if cancelled:
        time.sleep(0.7)
        call.cancel()
    with pytest.raises((grpc.RpcError, grpc.FutureCancelledError)):
        call.result()
    for _ in range(300):
        ended = [record for record in caplog.records if record.message == "call"]
        if ended:
            break
        time.sleep(0.1)
    assert [vars(record)["code"] for record in ended] == [code.name]
    # An exception that nobody foresaw would be told here.
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
