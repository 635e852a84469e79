"""What was heard of a rule in a part of a call, and what not having heard it proves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.domain.transcript import Role
from scoring.judgement.evidence.window import is_garbled, unknown_turns
from scoring.judgement.verdict import Verdict, insufficient
from scoring.judgement.wording import counted, times
from scoring.packs.checking import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scoring.domain.finding import Finding, Kind
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.window import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The matches of one rule in a part of the call, by what they are worth.

    `sure` counts; `unsure` rests on words below the confidence floor; `nobodys` was said by an unknown voice;
    `rejected` stands as the rule doesn't accept it, as in a negation.
    """

    sure: tuple[Finding, ...]
    unsure: tuple[Finding, ...]
    nobodys: tuple[Finding, ...]
    rejected: tuple[Finding, ...]


def hear(call: ReadCall, rule: Rule, span: Span) -> Heard:
    """Sort the rule's matches that begin within `span`."""
    heard = [finding for finding in call.findings(rule.id) if span.holds(finding)]
    own = [finding for finding in heard if finding.evidence[0].role is rule.role]
    accepted = [finding for finding in own if finding.assertion not in rule.reject]
    return Heard(
        sure=tuple(finding for finding in accepted if call.is_sure(finding)),
        unsure=tuple(finding for finding in accepted if not call.is_sure(finding)),
        nobodys=tuple(
            finding
            for finding in heard
            if finding.evidence[0].role is Role.UNKNOWN and finding.assertion not in rule.reject
        ),
        rejected=tuple(finding for finding in own if finding.assertion in rule.reject),
    )


def doubts(call: ReadCall, heard: Heard) -> Verdict | None:
    """Return INSUFFICIENT_EVIDENCE when something was heard but can't be relied on."""
    if heard.unsure:
        return insufficient(
            f"Words at {times(heard.unsure)} seem to match, but they were heard with a confidence below "
            f"{call.terms.word_confidence_floor:g}.",
            *heard.unsure,
        )
    if heard.nobodys:
        return insufficient(
            f"Words at {times(heard.nobodys)} match, but it isn't known who says them.", *heard.nobodys
        )
    return None


def blind_spot(call: ReadCall, rule: Rule, span: Span) -> str:
    """Return why an absence within `span` proves nothing, or "" when it does."""
    who = rule.role.value.lower()
    if not call.turns_of(rule.role):
        return f"No words of the {who} were heard."
    if call.is_missed(rule.role):
        return f"Nothing matched, but much of what the {who} says was not heard."
    unknown = unknown_turns(call, span)
    if unknown:
        turns = counted(len(unknown), "turn")
        return f"Nothing matched, but it isn't known who speaks in {turns} of the part searched."
    if is_garbled(call, rule.role, span):
        floor = call.terms.word_confidence_floor
        return f"Nothing matched, but most of the {who}'s words there have a confidence below {floor:g}."
    return ""


def unknown_rules(ids: Iterable[str], kind: Kind, rules: Mapping[str, Rule]) -> list[str]:
    """Return a sentence for each id that isn't a rule of this kind."""
    known = {rule.id for rule in rules.values() if rule.kind is kind}
    what = kind.value.lower().replace("_", " ")
    return [
        f"no pack has the {what} '{rule_id}'{nearest(rule_id, known)}"
        for rule_id in ids
        if rule_id not in known
    ]
