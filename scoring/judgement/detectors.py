"""The one list of detectors. A new kind of question is one detector here, one key in a rubric, one test."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from scoring.judgement.checks.adherence import NotSaid, Said
from scoring.judgement.checks.commitments_dated import CommitmentsDated
from scoring.judgement.checks.customer_effort import CustomerEffort
from scoring.judgement.checks.deescalation import Deescalated
from scoring.judgement.checks.empathy import Answered
from scoring.judgement.checks.empathy_overall import OpportunitiesAnswered
from scoring.judgement.checks.escalation import EscalationExplained
from scoring.judgement.checks.holds import HoldAnnounced, HoldExplained, HoldThanked
from scoring.judgement.checks.names import NameUsed
from scoring.judgement.checks.noted import Noted
from scoring.judgement.checks.recital import Recited
from scoring.judgement.checks.repeated import AtMost
from scoring.judgement.checks.responses import Responded
from scoring.judgement.checks.results import EveryIssueIn, OutcomeIn
from scoring.judgement.checks.sequence import InSequence
from scoring.judgement.checks.talk import FewInterruptions, SpeechRate, TalkShare
from scoring.judgement.checks.timing import DeadAirShare, ResponseLatency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts
    from scoring.judgement.verdict import Verdict


class Detector(Protocol):
    """One kind of question. A rubric names it by `key`; `shape` is the form of its parameters."""

    key: str
    shape: type[BaseModel]

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Return what is wrong with the parameters among these rules: (parameter, sentence) each."""
        ...

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """Answer the question for a call."""
        ...


_ALL: Final[tuple[Detector, ...]] = (
    Said(),
    NotSaid(),
    Noted(),
    Recited(),
    Answered(),
    OpportunitiesAnswered(),
    HoldAnnounced(),
    HoldExplained(),
    HoldThanked(),
    ResponseLatency(),
    DeadAirShare(),
    FewInterruptions(),
    TalkShare(),
    SpeechRate(),
    CommitmentsDated(),
    NameUsed(),
    CustomerEffort(),
    OutcomeIn(),
    EveryIssueIn(),
    EscalationExplained(),
    Responded(),
    InSequence(),
    AtMost(),
    Deescalated(),
)

DETECTORS: Final[Mapping[str, Detector]] = MappingProxyType({detector.key: detector for detector in _ALL})
