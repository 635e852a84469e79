"""Statements said, and prohibited ones not said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scoring.domain.finding import Finding, Kind
from scoring.domain.transcript import Role
from scoring.judgement.verdict import Verdict, failed, insufficient, passed
from scoring.judgement.window import absence, is_garbled, open_window, unknown_turns
from scoring.judgement.wording import clock, counted, times
from scoring.packs.checking import nearest
from scoring.packs.schema import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scoring.domain.rubric import Rule
    from scoring.judgement.call import ReadCall
    from scoring.judgement.facts import Facts
    from scoring.judgement.window import Span


class RuleIds(BaseModel):
    """Ids of rules: one alone, or a list of which one is enough."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    ids: Annotated[list[str], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:  # noqa: ANN401 - YAML gives anything
        return {"ids": as_list(value)}


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


class Said:
    """`said: ID` - one of the statements is said by its speaker within its window."""

    key = "said"
    shape: type[BaseModel] = RuleIds

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that are no statement, and prohibited ones."""
        ids = cast("RuleIds", check).ids
        found = [("", sentence) for sentence in unknown_rules(ids, Kind.STATEMENT, rules)]
        wrong = [one for one in ids if one in rules and rules[one].prohibited]
        return found + [("", f"'{one}' is prohibited; ask for it by 'not_said'") for one in wrong]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """PASS at the first statement said; FAIL with what was searched for each."""
        missing: list[Finding] = []
        doubtful: list[Verdict] = []
        for rule_id in cast("RuleIds", check).ids:
            rule = call.rules[rule_id]
            span = open_window(call, rule.window)
            heard = hear(call, rule, span)
            if heard.sure:
                return passed(f"The {rule.role.value.lower()} says it at {times(heard.sure)}.", *heard.sure)
            doubt = doubts(call, heard)
            if doubt is not None:
                doubtful.append(doubt)
                continue
            proof = absence(call, rule, span)
            missing.append(proof)
            blind = blind_spot(call, rule, span)
            if blind:
                doubtful.append(insufficient(blind, proof))
        return doubtful[0] if doubtful else failed(_not_found(missing), *missing)


def _not_found(missing: list[Finding]) -> str:
    searched = missing[0].searched
    if searched is None:
        raise ValueError("an absence says what was searched")
    return (
        f"Nothing like it in {counted(searched.turn_count, 'turn')} of the {searched.role.value.lower()} "
        f"between {clock(searched.start_s)} and {clock(searched.end_s)}."
    )


class NotSaid:
    """`not_said: ID` - none of the prohibited statements is said."""

    key = "not_said"
    shape: type[BaseModel] = RuleIds

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that are no statement, and those that aren't prohibited."""
        ids = cast("RuleIds", check).ids
        found = [("", sentence) for sentence in unknown_rules(ids, Kind.STATEMENT, rules)]
        wrong = [one for one in ids if one in rules and not rules[one].prohibited]
        return found + [
            ("", f"'{one}' is required; ask for it by 'said', or make it prohibited") for one in wrong
        ]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """FAIL at the first prohibited statement; PASS with what was searched and what was rejected."""
        proofs: list[Finding] = []
        doubtful: list[Verdict] = []
        for rule_id in cast("RuleIds", check).ids:
            rule = call.rules[rule_id]
            span = open_window(call, rule.window)
            heard = hear(call, rule, span)
            if heard.sure:
                return failed(f"The {rule.role.value.lower()} says it at {times(heard.sure)}.", *heard.sure)
            doubt = doubts(call, heard)
            proof = absence(call, rule, span)
            proofs += [*heard.rejected, proof]
            if doubt is not None:
                doubtful.append(doubt)
            elif (
                not call.turns_of(rule.role) or call.is_missed(rule.role) or is_garbled(call, rule.role, span)
            ):
                doubtful.append(insufficient(blind_spot(call, rule, span), proof))
        if doubtful:
            return doubtful[0]
        rejected = [finding for finding in proofs if finding.evidence]
        if rejected:
            return passed(
                f"The words at {times(rejected)} are not said as a fact, and nothing else matches.", *proofs
            )
        return passed("Nothing like it was said.", *proofs)
