"""Figures for what nobody asked the customer, each with its error and the words it rests on.

Both are small sums with round weights set by hand; nothing is learned from anybody's data. Their errors were
measured on rated dialogues that no weight was fitted to beyond choosing these round figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Kind
from scoring.domain.rubric import Event
from scoring.domain.scorecard import Proxy, Result
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import hear
from scoring.judgement.evidence.heard_any import place
from scoring.judgement.evidence.window import open_window
from scoring.judgement.facts.effort import efforts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scoring.domain.finding import Finding
    from scoring.domain.scorecard import CustomerEmotion
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

_LOWEST: Final = 1.0
_HIGHEST: Final = 5.0

# Satisfaction: what raters give a call about whose words nothing is remarkable, and what is added to it.
_ORDINARY: Final = 3.3
_OF_MEAN_VALENCE: Final = 2.0
# People remember how it ended.
_OF_LAST_VALENCE: Final = 0.5
_LAST_TURNS: Final = 2
# A call in which nothing says that anything was settled counts as one in which nothing was.
_OF_RESULT: Final[Mapping[Result, float]] = {
    Result.RESOLVED: 0.2,
    Result.UNRESOLVED: -0.2,
    Result.UNDETERMINED: -0.2,
}
_OF_EFFORT: Final = -0.2

# Effort: 1 is a call without any of this. The weights say how much a sign costs the customer: to be asked
# to do something elsewhere or to say it again is worth two failed searches.
_SIGNS: Final[Mapping[str, float]] = {
    "effort.agent_lost": 0.4,
    "effort.agent_repeats": 0.2,
    "effort.correction": 0.4,
    "effort.customer_repeats": 0.4,
    "effort.failed_attempt": 0.2,
    "effort.gave_up": 0.8,
    "effort.no_reply": 0.2,
    "effort.sent_elsewhere": 0.4,
    "emotion.repeating": 0.4,
}
_OF_OTHER_SIGN: Final = 0.2
_OF_TRANSFER: Final = 0.6
_OF_UNRESOLVED: Final = 0.5
# A long call is work in itself: every turn of the customer beyond an ordinary number of them.
_ORDINARY_TURNS: Final = 10
_OF_TURN: Final = 0.04


# What nine in ten ratings lie within, below and above the estimate: measured on 6,208 ratings of 1,816 rated
# dialogues of two collections that count alike; docs/criteria.md says which. Nobody has rated effort: its
# error is that of the same ratings turned round, as 6 - rating.
_ERRORS: Final[Mapping[str, tuple[float, float]]] = {"effort": (0.6, 2.1), "satisfaction": (1.1, 1.7)}
_EXPLANATIONS: Final[Mapping[str, str]] = {
    "effort": (
        "Effort from 1 (none) to 5, added up from the signs quoted; nobody asked the customer and no "
        "open data rates effort, so its range is that of 6,208 people's ratings of 1,816 dialogues turned "
        "round, with which it agrees only weakly."
    ),
    "satisfaction": (
        "Satisfaction from 1 (very bad) to 5, estimated from the words quoted and how the call ended; nobody "
        "asked the customer. Against 6,208 people's ratings of 1,816 dialogues it is wrong by more than 1 in "
        "one of eight; of the calls that it puts in the lowest fifth one in three belongs there, which is "
        "what one rater achieves against the others."
    ),
}
_DIGITS: Final = 2


def proxies_of(call: ReadCall, facts: Facts) -> tuple[Proxy, ...]:
    """Return effort and satisfaction (1 to 5) in this order.

    Empty where no emotion was read: no pack has cues for it, nobody is known to be the customer, or much of
    what the customer says was not heard.
    """
    if not facts.emotions or call.is_missed(Role.CUSTOMER):
        return ()
    signs = _signs(call, facts)
    effort = _bounded(_effort(facts, signs))
    satisfaction = _bounded(_satisfaction(facts, effort))
    felt = [finding for one in facts.emotions for finding in one.findings]
    return (
        _estimate("effort", effort, signs),
        _estimate("satisfaction", satisfaction, [*felt, *facts.outcome.findings, *signs]),
    )


def _satisfaction(facts: Facts, effort: float) -> float:
    emotions = facts.emotions
    return (
        _ORDINARY
        + _OF_MEAN_VALENCE * _mean(emotions)
        + _OF_LAST_VALENCE * _mean(emotions[-_LAST_TURNS:])
        + _OF_RESULT.get(facts.outcome.result, 0.0)
        + _OF_EFFORT * (effort - _LOWEST)
    )


def _effort(facts: Facts, signs: Sequence[Finding]) -> float:
    turns = max(0, len(facts.emotions) - _ORDINARY_TURNS)
    unresolved = _OF_UNRESOLVED if facts.outcome.result is Result.UNRESOLVED else 0.0
    return _LOWEST + sum(_weight(sign) for sign in signs) + _OF_TURN * turns + unresolved


def _signs(call: ReadCall, facts: Facts) -> tuple[Finding, ...]:
    """Return what costs the customer effort, in the order of the call."""
    transfers = [
        finding
        for _, rule in sorted(call.rules.items())
        if rule.event is Event.TRANSFER
        for finding in hear(call, rule, open_window(call, rule.window)).sure
    ]
    repeating = [finding for one in facts.emotions for finding in one.findings if finding.rule_id in _SIGNS]
    return tuple(sorted([*efforts_of(call), *transfers, *repeating], key=place))


def _weight(sign: Finding) -> float:
    return _OF_TRANSFER if sign.kind is Kind.OUTCOME_EVENT else _SIGNS.get(sign.rule_id, _OF_OTHER_SIGN)


def _mean(emotions: Sequence[CustomerEmotion]) -> float:
    return sum(one.valence for one in emotions) / len(emotions)


def _bounded(value: float) -> float:
    return round(min(max(value, _LOWEST), _HIGHEST), _DIGITS)


def _estimate(name: str, value: float, findings: Iterable[Finding]) -> Proxy:
    below, above = _ERRORS[name]
    return Proxy(
        name=name,
        value=value,
        low=_bounded(value - below),
        high=_bounded(value + above),
        explanation=_EXPLANATIONS[name],
        findings=tuple(dict.fromkeys(findings)),
    )
