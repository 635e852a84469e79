"""Statements said, and prohibited ones not said: in their window and order, where they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scoring.domain.finding import Kind
from scoring.domain.scorecard import AnswerValue
from scoring.domain.transcript import Role
from scoring.judgement.checks.conditions import out_of_question
from scoring.judgement.evidence.heard import blind_spot, doubts, hear, unknown_rules
from scoring.judgement.evidence.order import order_of
from scoring.judgement.evidence.window import absence, is_garbled, open_window
from scoring.judgement.verdict import Verdict, insufficient, lapse, not_applicable, passed
from scoring.judgement.wording import clock, counted, times
from scoring.packs.schema import RuleIds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts


class Said:
    """`said: ID` - one of the statements is said by its speaker, within its window and in its order."""

    key = "said"
    shape: type[BaseModel] = RuleIds

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that are no statement, and prohibited ones."""
        ids = cast("RuleIds", check).ids
        found = [("", sentence) for sentence in unknown_rules(ids, Kind.STATEMENT, rules)]
        wrong = [one for one in ids if one in rules and rules[one].prohibited]
        return found + [("", f"'{one}' is prohibited; ask for it by 'not_said'") for one in wrong]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """PASS at the first statement said; FAIL with what was searched for each that is asked for."""
        verdicts = []
        for rule_id in cast("RuleIds", check).ids:
            verdict = _said(call.rules[rule_id], call, facts)
            if verdict.value is AnswerValue.PASS:
                return verdict
            verdicts.append(verdict)
        return _worst(verdicts, AnswerValue.INSUFFICIENT_EVIDENCE, AnswerValue.FAIL)


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

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """FAIL at the first prohibited statement; PASS with what was searched and what was rejected."""
        verdicts = []
        for rule_id in cast("RuleIds", check).ids:
            verdict = _not_said(call.rules[rule_id], call, facts)
            if verdict.value is AnswerValue.FAIL:
                return verdict
            verdicts.append(verdict)
        return _worst(verdicts, AnswerValue.INSUFFICIENT_EVIDENCE, AnswerValue.PASS)


def _worst(verdicts: list[Verdict], *values: AnswerValue) -> Verdict:
    """Return a verdict of the first of these values that there is, with the findings of all of them.

    The first one that has words to show speaks for the others.
    """
    for value in values:
        alike = [verdict for verdict in verdicts if verdict.value is value]
        if alike:
            spokesman = min(alike, key=lambda one: not any(finding.evidence for finding in one.findings))
            return spokesman.with_findings(finding for verdict in alike for finding in verdict.findings)
    return verdicts[0]


def _said(rule: Rule, call: ReadCall, facts: Facts) -> Verdict:  # noqa: PLR0911 - one for each sentence
    skipped = out_of_question(rule.when, call, facts)
    if skipped is not None:
        return skipped
    who = rule.role.value.lower()
    window = open_window(call, rule.window)
    order = order_of(call, rule, window)
    in_window = hear(call, rule, window).sure
    if order.missing is not None and call.rules[rule.after].role is Role.CUSTOMER:
        sentence = f"It is asked for after '{rule.after}', which the customer doesn't say."
        return not_applicable(sentence, order.missing)
    if order.doubt is not None and (
        in_window or (rule.after and call.rules[rule.after].role is Role.CUSTOMER)
    ):
        return order.doubt.with_findings([*in_window, *order.doubt.findings])
    if order.missing is not None and in_window:
        sentence = f"The {who} says it at {times(in_window)}, but not after '{rule.after}', which isn't said."
        return lapse(rule, sentence, *in_window, order.missing)
    heard = hear(call, rule, order.span)
    if heard.sure:
        place = f", {order.wording}" if order.wording else ""
        return passed(f"The {who} says it at {times(heard.sure)}{place}.", *heard.sure, *order.bounds)
    doubt = doubts(call, heard)
    if doubt is not None:
        return doubt
    proof = absence(call, rule, order.span)
    blind = blind_spot(call, rule, order.span)
    if blind:
        return insufficient(blind, *in_window, proof)
    if in_window:
        sentence = f"The {who} says it at {times(in_window)}, but not {order.wording}."
        return lapse(rule, sentence, *in_window, *order.bounds, proof)
    return lapse(rule, _not_found(proof, order.wording), *order.bounds, proof)


def _not_found(proof: Finding, order: str) -> str:
    searched = proof.searched
    if searched is None:
        raise ValueError("an absence says what was searched")
    place = f", {order}" if order else ""
    return (
        f"Nothing like it in {counted(searched.turn_count, 'turn')} of the {searched.role.value.lower()} "
        f"between {clock(searched.start_s)} and {clock(searched.end_s)}{place}."
    )


def _not_said(rule: Rule, call: ReadCall, facts: Facts) -> Verdict:  # noqa: PLR0911 - one for each sentence
    skipped = out_of_question(rule.when, call, facts)
    if skipped is not None:
        return skipped
    window = open_window(call, rule.window)
    order = order_of(call, rule, window)
    if order.missing is not None:
        return passed(f"'{rule.after}', after which it is prohibited, isn't said.", order.missing)
    heard = hear(call, rule, order.span)
    if heard.sure and order.doubt is not None:
        return order.doubt.with_findings([*heard.sure, *order.doubt.findings])
    if heard.sure:
        place = f", {order.wording}" if order.wording else ""
        sentence = f"The {rule.role.value.lower()} says it at {times(heard.sure)}{place}."
        return lapse(rule, sentence, *heard.sure, *order.bounds)
    proof = absence(call, rule, order.span)
    doubt = doubts(call, heard)
    if doubt is not None:
        return doubt
    if not call.turns_of(rule.role) or call.is_missed(rule.role) or is_garbled(call, rule.role, order.span):
        return insufficient(blind_spot(call, rule, order.span), proof)
    if heard.rejected:
        sentence = f"The words at {times(heard.rejected)} are not said as a fact, and nothing else matches."
        return passed(sentence, *heard.rejected, proof)
    return passed("Nothing like it was said.", *order.bounds, proof)
