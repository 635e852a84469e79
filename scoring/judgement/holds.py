"""Silences of everybody, and whether somebody announced them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scoring.domain.finding import Evidence, Finding, Kind, Method
from scoring.domain.scorecard import AnswerValue
from scoring.judgement.statements import doubts, hear, unknown_rules
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.window import Span, absence, unknown_turns
from scoring.judgement.wording import clock, times
from scoring.packs.schema import as_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Role, Turn
    from scoring.judgement.call import ReadCall
    from scoring.judgement.facts import Facts

# An announcement, the other's "of course", and a last word such as "thank you".
_TURNS_BEFORE: Final = 2
# "Thanks for holding, I'm still looking" belongs to the hold; more words than that, and the call went on.
_CHECK_IN_WORDS: Final = 12


class Announced(BaseModel):
    """The statements that announce, the silence that counts, and how long before it they may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    by: Annotated[list[str], BeforeValidator(as_list), Field(min_length=1)]
    silence_s: Annotated[float, Field(gt=0)] = 10.0
    within_s: Annotated[float, Field(gt=0)] = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nobody speaks from the end of one word to the start of the next, in seconds from the call's start.

    What announces it is said after `since_s`: when the last long silence ended and the call went on.
    """

    start_s: float
    end_s: float
    since_s: float
    finding: Finding


class HoldAnnounced:
    """`hold_announced: {by: ID, silence_s: 10}` - every long silence is announced shortly before it."""

    key = "hold_announced"
    shape: type[BaseModel] = Announced

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that are no statement."""
        ids = cast("Announced", check).by
        return [("by", text) for text in unknown_rules(ids, Kind.STATEMENT, rules)]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without a long silence; FAIL for the first that nobody announces.

        INSUFFICIENT_EVIDENCE where one side was not recorded, or much of it not heard: it isn't known to be
        silent.
        """
        asked = cast("Announced", check)
        holds = silences(call, asked.silence_s)
        if not holds:
            return not_applicable(f"Nobody is silent for {asked.silence_s:g} s or more between two words.")
        if call.is_one_sided:
            return insufficient(
                f"Nothing was heard for {asked.silence_s:g} s or more, but one side of the call is missing:"
                " it may have spoken there.",
                *(hold.finding for hold in holds),
            )
        if call.missed:
            return insufficient(
                f"No words were heard for {asked.silence_s:g} s or more, but much of what is said in the call"
                " was not heard: somebody may have spoken there.",
                *(hold.finding for hold in holds),
            )
        verdicts = [_announced(call, hold, asked) for hold in holds]
        for worst in (AnswerValue.FAIL, AnswerValue.INSUFFICIENT_EVIDENCE):
            for verdict in verdicts:
                if verdict.value is worst:
                    return verdict
        findings = [finding for one in verdicts for finding in one.findings]
        announcements = [finding for finding in findings if finding.kind is Kind.STATEMENT]
        return passed(f"The silence is announced at {times(announcements)}.", *dict.fromkeys(findings))


def silences(call: ReadCall, silence_s: float) -> list[Silence]:
    """Return the silences of all speakers of at least `silence_s` seconds between two words, in order."""
    words = [
        (word.start_s, word.end_s, turn, position)
        for turn in call.transcript.turns
        for position, word in enumerate(turn.words)
    ]
    words.sort(key=lambda word: (word[0], word[2].index, word[3]))
    found: list[Silence] = []
    since_s, spoken_since = 0.0, 0
    last = words[0] if words else None
    for word in words:
        start_s, end_s, turn, position = word
        if last is not None and round(start_s - last[1], 3) >= silence_s:
            if found and spoken_since > _CHECK_IN_WORDS:
                since_s = found[-1].end_s
            finding = Finding(
                rule_id="silence",
                kind=Kind.HOLD,
                method=Method.TIMING,
                score=1.0,
                threshold=1.0,
                evidence=(_word(call, last[2], last[3]), _word(call, turn, position)),
            )
            found.append(Silence(start_s=last[1], end_s=start_s, since_s=since_s, finding=finding))
            spoken_since = 0
        spoken_since += 1
        if last is None or end_s >= last[1]:
            last = word
    return found


def _word(call: ReadCall, turn: Turn, position: int) -> Evidence:
    start = sum(len(word.text) + 1 for word in turn.words[:position])
    return call.evidence(turn, start, start + len(turn.words[position].text))


def _announced(call: ReadCall, hold: Silence, asked: Announced) -> Verdict:
    place = f"The silence of {hold.end_s - hold.start_s:.0f} s from {clock(hold.start_s)}"
    proofs: list[Finding] = []
    doubtful: list[Verdict] = []
    for rule_id in asked.by:
        rule = call.rules[rule_id]
        span = _before(call, hold, rule.role, asked.within_s)
        heard = hear(call, rule, span)
        if heard.sure:
            return passed(f"{place} is announced.", hold.finding, *heard.sure)
        doubt = doubts(call, heard)
        if doubt is not None:
            doubtful.append(doubt)
        proof = absence(call, rule, span)
        proofs.append(proof)
        if unknown_turns(call, span):
            doubtful.append(insufficient(f"{place} follows words of an unknown voice.", hold.finding, proof))
    return doubtful[0] if doubtful else failed(f"{place} is not announced.", hold.finding, *proofs)


def _before(call: ReadCall, hold: Silence, role: Role, within_s: float) -> Span:
    """Return the last turns of a role, and of unknown voices, before a silence."""
    start_s = max(hold.since_s, hold.start_s - within_s)
    before = [turn for turn in call.transcript.turns if turn.start_s < hold.start_s and turn.end_s >= start_s]
    own_runs = list(dict.fromkeys(call.runs[turn.index] for turn in before if call.role(turn) is role))
    first = own_runs[-_TURNS_BEFORE:][0] if own_runs else 0
    turns = frozenset(turn.index for turn in before if call.runs[turn.index] >= first)
    return Span(turns=turns, start_s=start_s, end_s=hold.start_s)
