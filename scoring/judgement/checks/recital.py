"""Texts that are to be read out as they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final, cast

from scoring.domain.finding import Assertion, Finding, Kind, Method
from scoring.domain.transcript import Role
from scoring.judgement.checks.alignment import align, plain_words
from scoring.judgement.checks.conditions import out_of_question
from scoring.judgement.evidence.heard import blind_spot, unknown_rules
from scoring.judgement.evidence.order import order_of
from scoring.judgement.evidence.window import absence, open_window
from scoring.judgement.verdict import Verdict, insufficient, lapse, not_applicable, passed
from scoring.judgement.wording import clock, listed
from scoring.packs.schema import Entry, Id, Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.window import Span
    from scoring.judgement.facts.call_facts import Facts

# With less of a text than this said in one place it isn't being read out there.
_READ_OUT: Final = 0.5
_MAX_NAMED: Final = 5


class RecitedText(Entry):
    """The statement whose one sentence is the text, and the share of its words that must be said."""

    id: Id
    min_share: Share = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """How far a text was read out: shares of its words, 0 to 1, where, and what is missing."""

    sure: float
    heard: float
    possible: float
    places: tuple[tuple[Turn, int, int], ...]
    left_out: tuple[str, ...]


class Recited:
    """`recited: {id: ID, min_share: 0.9}` - the statement's text is read out as it is written."""

    key = "recited"
    shape: type[BaseModel] = RecitedText

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report an id that is no statement, a prohibited one, and one without exactly one text."""
        rule_id = cast("RecitedText", check).id
        found = [("id", sentence) for sentence in unknown_rules([rule_id], Kind.STATEMENT, rules)]
        if found:
            return found
        rule = rules[rule_id]
        if rule.prohibited:
            return [("id", f"'{rule_id}' is prohibited; nobody is asked to read it out")]
        if len(rule.say) != 1 or not plain_words(rule.say[0]):
            return [("id", f"'{rule_id}' needs one sentence under 'say': the text to read out")]
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: PLR0911 - one for each sentence
        """PASS when enough of the text is said in one place; FAIL names the words left out."""
        asked = cast("RecitedText", check)
        rule = call.rules[asked.id]
        skipped = out_of_question(rule.when, call, facts)
        if skipped is not None:
            return skipped
        order = order_of(call, rule, open_window(call, rule.window))
        if order.doubt is not None:
            return order.doubt
        if order.missing is not None and call.rules[rule.after].role is Role.CUSTOMER:
            sentence = f"It is asked for after '{rule.after}', which the customer doesn't say."
            return not_applicable(sentence, order.missing)
        if order.missing is not None:
            return lapse(
                rule, f"'{rule.after}', after which it is to be read out, isn't said.", order.missing
            )
        reading = _read_out(call, rule, order.span)
        finding = _finding(call, rule, reading, asked.min_share, order.span)
        if reading.sure >= asked.min_share:
            return passed(_sentence(rule, reading, finding), finding, *order.bounds)
        if reading.possible >= asked.min_share:
            floor = call.terms.word_confidence_floor
            sentence = f"Words that decide it were heard with a confidence below {floor:g}."
            return insufficient(f"{_sentence(rule, reading, finding)} {sentence}", finding, *order.bounds)
        blind = blind_spot(call, rule, order.span)
        if blind:
            return insufficient(blind, finding, *order.bounds)
        return lapse(rule, _sentence(rule, reading, finding), finding, *order.bounds)


def _read_out(call: ReadCall, rule: Rule, span: Span) -> _Reading:
    """Lay the rule's text beside its speaker's words within the span, all turns in a row."""
    words = rule.say[0].split()
    # A contraction is two plain words of one written word.
    text = [(plain, position) for position, word in enumerate(words) for plain in plain_words(word)]
    spoken = [
        (plain, turn, position)
        for turn in call.turns_of(rule.role)
        if turn.index in span.turns
        for position, word in enumerate(turn.words)
        if span.start_s <= word.start_s <= span.end_s
        for plain in plain_words(word.text)
    ]
    found = align([plain for plain, _ in text], [plain for plain, _, _ in spoken])

    def is_sure(position: int) -> bool:
        _, turn, word = spoken[position]
        return turn.words[word].confidence >= call.terms.word_confidence_floor

    sure = sum(is_sure(position) for _, position in found.said)
    unsure_others = sum(not is_sure(position) for position in found.other)
    places = []
    said = sorted((spoken[position][1].index, spoken[position][2]) for _, position in found.said)
    for index, in_turn in groupby(said, key=lambda place: place[0]):
        positions = [word for _, word in in_turn]
        places.append((call.transcript.turns[index], positions[0], positions[-1]))
    return _Reading(
        sure=sure / len(text),
        heard=len(found.said) / len(text),
        possible=min(1.0, (len(found.said) + unsure_others) / len(text)),
        places=tuple(places),
        left_out=tuple(
            " ".join(words[written] for written in dict.fromkeys(text[plain][1] for plain in stretch))
            for stretch in found.left_out()
        ),
    )


def _finding(call: ReadCall, rule: Rule, reading: _Reading, min_share: float, span: Span) -> Finding:
    evidence = tuple(call.words(turn, first, last + 1) for turn, first, last in reading.places)
    share = round(reading.heard, 4)
    if reading.heard < _READ_OUT:
        proof = absence(call, rule, span)
        if proof.searched is None:
            raise ValueError("an absence says what was searched")
        searched = replace(proof.searched, best_score=share, nearest=evidence[0] if evidence else None)
        return replace(proof, threshold=min_share, model="", searched=searched)
    return Finding(
        rule_id=rule.id,
        kind=rule.kind,
        assertion=Assertion.AFFIRMED,
        method=Method.ALIGNMENT,
        score=share,
        threshold=min_share,
        evidence=evidence,
        pack=rule.pack,
    )


def _sentence(rule: Rule, reading: _Reading, finding: Finding) -> str:
    who = rule.role.value.lower()
    if not finding.evidence:
        return (
            f"The {who} doesn't read it out: at most {reading.heard:.0%} of its words are said in one place."
        )
    start, end = clock(finding.evidence[0].start_s), clock(finding.evidence[-1].end_s)
    sentence = f"The {who} says {reading.heard:.0%} of its words between {start} and {end}"
    if not reading.left_out:
        return f"{sentence}."
    named = [f"'{words}'" for words in reading.left_out[:_MAX_NAMED]]
    if len(reading.left_out) > _MAX_NAMED:
        named.append(f"{len(reading.left_out) - _MAX_NAMED} more stretches")
    return f"{sentence}; left out: {listed(named)}."
