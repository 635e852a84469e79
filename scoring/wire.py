"""Protobuf messages to domain values and back. Floats are rounded, so that equal values are equal bytes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from callqa.v1 import finding_pb2, rubric_pb2, scorecard_pb2, transcript_pb2

from scoring.domain.files import SourceFile
from scoring.domain.transcript import MissedSpeech, Role, Transcript, Turn, Word
from scoring.errors import TranscriptInvalidError
from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.wire import canonical_bytes, duration_from_s, s_from_duration, sha256_hex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scoring.compiling import CompiledRubric
    from scoring.domain.finding import Evidence, Finding, Searched
    from scoring.domain.scorecard import Answer, Outcome, Scorecard
    from scoring.packs.problem import Problem

# A float on the wire keeps about seven digits; four after the point are all that a probability means.
_FLOAT_DIGITS = 4


def transcript_from_wire(message: transcript_pb2.Transcript) -> Transcript:
    """Return a transcript. Raises TranscriptInvalidError that names the field that contradicts another."""
    unnamed = transcript_pb2.Transcript()
    unnamed.CopyFrom(message)
    unnamed.name = ""
    turns = tuple(_turn(turn, f"transcript.turns[{position}]") for position, turn in enumerate(message.turns))
    with _at("transcript"):
        return Transcript(
            name=message.name,
            sha256=sha256_hex(canonical_bytes(unnamed)),
            language=message.language,
            duration_s=s_from_duration(message.duration),
            turns=turns,
            missed=tuple(_missed(message)),
        )


def _missed(message: transcript_pb2.Transcript) -> Iterator[MissedSpeech]:
    """Yield whoever may speak on channels of which speech was missed; anybody where no channel is named."""
    for warning in message.quality.warnings:
        if warning.code != transcript_pb2.QualityWarning.SPEECH_MISSED:
            continue
        if not warning.HasField("channel"):
            yield MissedSpeech(role=Role.UNKNOWN, role_confidence=1.0)
            continue
        voices = [speaker for speaker in message.speakers if speaker.channel == warning.channel]
        for speaker in voices:
            yield MissedSpeech(
                role=_role(speaker.role), role_confidence=round(speaker.role_confidence, _FLOAT_DIGITS)
            )
        if not voices:
            # Nobody was heard on it: what the channel map says is all there is.
            stated = [one.role for one in message.channels if one.channel == warning.channel]
            yield MissedSpeech(role=_role(stated[0]) if stated else Role.UNKNOWN, role_confidence=1.0)


def _role(number: transcript_pb2.SpeakerRole.ValueType) -> Role:
    names = transcript_pb2.SpeakerRole.DESCRIPTOR.values_by_number
    name = names[number].name if number in names else ""
    # A role that isn't set, or that this version doesn't know, is nobody's.
    return Role[name] if name in Role.__members__ else Role.UNKNOWN


def _turn(message: transcript_pb2.Turn, place: str) -> Turn:
    words = tuple(_word(word, f"{place}.words[{position}]") for position, word in enumerate(message.words))
    with _at(place):
        return Turn(
            index=message.index,
            role=_role(message.role),
            role_confidence=round(message.role_confidence, _FLOAT_DIGITS),
            text=message.text,
            words=words,
        )


def _word(message: transcript_pb2.Word, place: str) -> Word:
    with _at(place):
        return Word(
            text=message.text,
            start_s=s_from_duration(message.start_offset),
            end_s=s_from_duration(message.end_offset),
            confidence=round(message.confidence, _FLOAT_DIGITS),
        )


@contextmanager
def _at(place: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, InvalidInputError) as error:
        raise TranscriptInvalidError(
            f"{place}: {error}", violations=[FieldViolation(place, str(error))]
        ) from error


def files_from_wire(messages: Iterable[rubric_pb2.RubricFile]) -> list[SourceFile]:
    """Return the files of a request."""
    return [SourceFile(file_name=message.file_name, content=message.content) for message in messages]


def revision_to_wire(compiled: CompiledRubric) -> rubric_pb2.RubricRevision:
    """Return a compiled rubric as a revision."""
    return rubric_pb2.RubricRevision(
        name=compiled.revision,
        title=compiled.rubric.title,
        content_sha256=compiled.sha256,
        files=[
            rubric_pb2.RubricFile(file_name=file.file_name, content=file.content) for file in compiled.files
        ],
        criteria=[
            rubric_pb2.Criterion(
                id=criterion.id,
                title=criterion.title,
                section=criterion.section,
                points=criterion.points,
                auto_fail=criterion.auto_fail,
            )
            for criterion in compiled.rubric.criteria
        ],
    )


def problem_to_wire(problem: Problem) -> rubric_pb2.RubricProblem:
    """Return a problem."""
    return rubric_pb2.RubricProblem(
        file_name=problem.file_name, line=problem.line, field=problem.field, message=problem.message
    )


def scorecard_to_wire(
    card: Scorecard, *, transcript: Transcript, rubric_revision: str, engine_version: str
) -> scorecard_pb2.Scorecard:
    """Return a scorecard with the findings' ids, which are their places: f1, f2, ..."""
    ids = {finding.fact: f"f{number}" for number, finding in enumerate(card.findings, start=1)}
    return scorecard_pb2.Scorecard(
        transcript=transcript.name,
        transcript_sha256=transcript.sha256,
        rubric_revision=rubric_revision,
        engine_version=engine_version,
        score=card.score,
        points=card.points,
        possible_points=card.possible_points,
        auto_failed=card.auto_failed,
        flags=card.flags,
        outcome=_outcome(card.outcome, ids),
        answers=[_answer(answer, ids) for answer in card.answers],
        findings=[_finding(finding, ids) for finding in card.findings],
    )


def _outcome(outcome: Outcome, ids: Mapping[Finding, str]) -> scorecard_pb2.Outcome:
    return scorecard_pb2.Outcome(
        result=scorecard_pb2.Outcome.Result.Value(outcome.result.value),
        finding_ids=_ids(outcome.findings, ids),
    )


def _answer(answer: Answer, ids: Mapping[Finding, str]) -> scorecard_pb2.Answer:
    return scorecard_pb2.Answer(
        criterion=answer.criterion,
        value=scorecard_pb2.Answer.Value.Value(answer.value.value),
        points=answer.points,
        possible_points=answer.possible_points,
        finding_ids=_ids(answer.findings, ids),
        explanation=answer.explanation,
    )


def _ids(findings: Iterable[Finding], ids: Mapping[Finding, str]) -> list[str]:
    return list(dict.fromkeys(ids[finding.fact] for finding in findings))


def _finding(finding: Finding, ids: Mapping[Finding, str]) -> finding_pb2.Finding:
    kinds, assertions, methods = (
        finding_pb2.Finding.Kind,
        finding_pb2.Finding.Assertion,
        finding_pb2.Finding.Method,
    )
    return finding_pb2.Finding(
        id=ids[finding.fact],
        rule_id=finding.rule_id,
        kind=kinds.Value(finding.kind.value),
        assertion=assertions.Value(finding.assertion.value if finding.assertion else "ASSERTION_UNSPECIFIED"),
        method=methods.Value(finding.method.value if finding.method else "METHOD_UNSPECIFIED"),
        score=round(finding.score, _FLOAT_DIGITS),
        threshold=round(finding.threshold, _FLOAT_DIGITS),
        evidence=[_evidence(evidence) for evidence in finding.evidence],
        searched=_searched(finding.searched) if finding.searched else None,
        answers_to=_ids(finding.answers_to, ids),
    )


def _evidence(evidence: Evidence) -> finding_pb2.Evidence:
    return finding_pb2.Evidence(
        turn=evidence.turn,
        role=transcript_pb2.SpeakerRole.Value(evidence.role.value),
        start_char=evidence.start_char,
        end_char=evidence.end_char,
        start_word=evidence.start_word,
        end_word=evidence.end_word,
        start_offset=duration_from_s(evidence.start_s),
        end_offset=duration_from_s(evidence.end_s),
        quote=evidence.quote,
        min_confidence=evidence.min_confidence,
    )


def _searched(searched: Searched) -> finding_pb2.Searched:
    return finding_pb2.Searched(
        turn_count=searched.turn_count,
        speech_duration=duration_from_s(searched.speech_s),
        start_offset=duration_from_s(searched.start_s),
        end_offset=duration_from_s(searched.end_s),
        role=transcript_pb2.SpeakerRole.Value(searched.role.value),
        best_score=round(searched.best_score, _FLOAT_DIGITS),
        nearest=_evidence(searched.nearest) if searched.nearest else None,
    )
