"""Scorecards, to the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2
from google.type import date_pb2

from scoring.wire.findings import finding_to_wire, ids_of, ids_to_wire
from scoring.wire.rounding import FLOAT_DIGITS
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.context import CallContext
    from scoring.domain.finding import Finding
    from scoring.domain.scorecard import (
        Answer,
        Commitment,
        CustomerEmotion,
        EscalationReason,
        Issue,
        Opportunity,
        Outcome,
        Proxy,
        Scorecard,
    )
    from scoring.domain.transcript import Transcript


def scorecard_to_wire(
    card: Scorecard, *, transcript: Transcript, rubric_revision: str, engine_version: str
) -> scorecard_pb2.Scorecard:
    """Return a scorecard with the findings' ids, which are their places: f1, f2, ..."""
    ids = ids_of(card.findings)
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
        findings=[finding_to_wire(finding, ids) for finding in card.findings],
        context=_context(card.context),
        opportunities=[_opportunity(one, ids) for one in card.opportunities],
        customer_emotions=[_emotion(one, ids) for one in card.emotions],
        commitments=[_commitment(one, ids) for one in card.commitments],
        proxies=[_proxy(one, ids) for one in card.proxies],
    )


def _outcome(outcome: Outcome, ids: Mapping[Finding, str]) -> scorecard_pb2.Outcome:
    return scorecard_pb2.Outcome(
        result=scorecard_pb2.Outcome.Result.Value(outcome.result.value),
        finding_ids=ids_to_wire(outcome.findings, ids),
        issues=[_issue(issue, ids) for issue in outcome.issues],
        escalation_reason=_reason(outcome.escalation_reason),
    )


def _issue(issue: Issue, ids: Mapping[Finding, str]) -> scorecard_pb2.Outcome.Issue:
    return scorecard_pb2.Outcome.Issue(
        result=scorecard_pb2.Outcome.Result.Value(issue.result.value),
        finding_ids=ids_to_wire(issue.findings, ids),
        escalation_reason=_reason(issue.escalation_reason),
        first_turn=issue.first_turn,
        last_turn=issue.last_turn,
    )


def _reason(reason: EscalationReason | None) -> scorecard_pb2.Outcome.EscalationReason.ValueType:
    return scorecard_pb2.Outcome.EscalationReason.Value(
        reason.value if reason else "ESCALATION_REASON_UNSPECIFIED"
    )


def _answer(answer: Answer, ids: Mapping[Finding, str]) -> scorecard_pb2.Answer:
    return scorecard_pb2.Answer(
        criterion=answer.criterion,
        value=scorecard_pb2.Answer.Value.Value(answer.value.value),
        points=answer.points,
        possible_points=answer.possible_points,
        finding_ids=ids_to_wire(answer.findings, ids),
        explanation=answer.explanation,
    )


def _context(context: CallContext) -> scorecard_pb2.CallContext:
    return scorecard_pb2.CallContext(
        agent=context.agent,
        queue=context.queue,
        start_time=None if context.start is None else timestamp_from_datetime(context.start),
        labels=dict(context.labels),
    )


def _opportunity(opportunity: Opportunity, ids: Mapping[Finding, str]) -> scorecard_pb2.Opportunity:
    return scorecard_pb2.Opportunity(
        trigger_id=ids[opportunity.trigger.fact],
        state=scorecard_pb2.Opportunity.State.Value(opportunity.state.value),
        answer_ids=ids_to_wire(opportunity.answers, ids),
    )


def _emotion(emotion: CustomerEmotion, ids: Mapping[Finding, str]) -> scorecard_pb2.CustomerEmotion:
    return scorecard_pb2.CustomerEmotion(
        turn=emotion.turn,
        label=scorecard_pb2.CustomerEmotion.Label.Value(emotion.label.value),
        valence=round(emotion.valence, FLOAT_DIGITS),
        finding_ids=ids_to_wire(emotion.findings, ids),
    )


def _commitment(commitment: Commitment, ids: Mapping[Finding, str]) -> scorecard_pb2.Commitment:
    due = commitment.due_date
    return scorecard_pb2.Commitment(
        finding_id=ids[commitment.finding.fact],
        owner=scorecard_pb2.Commitment.Owner.Value(
            commitment.owner.value if commitment.owner else "OWNER_UNSPECIFIED"
        ),
        what=commitment.what,
        due_text=commitment.due_text,
        due_date=None if due is None else date_pb2.Date(year=due.year, month=due.month, day=due.day),
    )


def _proxy(proxy: Proxy, ids: Mapping[Finding, str]) -> scorecard_pb2.Proxy:
    return scorecard_pb2.Proxy(
        name=proxy.name,
        value=round(proxy.value, FLOAT_DIGITS),
        low=round(proxy.low, FLOAT_DIGITS),
        high=round(proxy.high, FLOAT_DIGITS),
        finding_ids=ids_to_wire(proxy.findings, ids),
        explanation=proxy.explanation,
    )
