"""What a whole call says before any question is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from scoring.judgement.facts.commitments import commitments_of
from scoring.judgement.facts.emotion import emotions_of
from scoring.judgement.facts.opportunities import opportunities_of
from scoring.judgement.facts.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.scorecard import AnswerValue, Commitment, CustomerEmotion, Opportunity, Outcome
    from scoring.judgement.evidence.call import ReadCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one call that several questions rest on, each in the order of the call.

    `answers` are those of the questions that stand earlier in the rubric, by the questions' ids.
    """

    outcome: Outcome
    opportunities: tuple[Opportunity, ...] = ()
    emotions: tuple[CustomerEmotion, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    answers: Mapping[str, AnswerValue] = field(default_factory=lambda: MappingProxyType({}))


def facts_of(call: ReadCall) -> Facts:
    """Return the facts of a call."""
    return Facts(
        outcome=outcome_of(call),
        opportunities=opportunities_of(call),
        emotions=emotions_of(call),
        commitments=commitments_of(call),
    )
