"""The one list of detectors. A new kind of question is one detector here, one key in a rubric, one test."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from scoring.judgement.adherence import NotSaid, Said
from scoring.judgement.commitments_dated import CommitmentsDated
from scoring.judgement.customer_effort import CustomerEffort
from scoring.judgement.deescalation import Deescalated
from scoring.judgement.empathy import Answered
from scoring.judgement.empathy_overall import OpportunitiesAnswered
from scoring.judgement.escalation import EscalationExplained
from scoring.judgement.holds import HoldAnnounced, HoldExplained, HoldThanked
from scoring.judgement.names import NameUsed
from scoring.judgement.noted import Noted
from scoring.judgement.recital import Recited
from scoring.judgement.repeated import AtMost
from scoring.judgement.responses import Responded
from scoring.judgement.results import EveryIssueIn, OutcomeIn
from scoring.judgement.sequence import InSequence
from scoring.judgement.talk import FewInterruptions, SpeechRate, TalkShare
from scoring.judgement.timing import DeadAirShare, ResponseLatency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.judgement.verdict import Detector

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
