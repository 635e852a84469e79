"""Long silences of everybody, music and ringing: whether they are announced, explained, ended well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Finding, Kind, Measure, Method
from scoring.domain.scorecard import AnswerValue
from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, hear_any, unknown_ids
from scoring.judgement.evidence.quiet import quiet_stretches, words_around
from scoring.judgement.evidence.window import Span, unknown_turns
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import clock, times
from scoring.packs.schema import Entry, Ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Role
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.evidence.quiet import Quiet
    from scoring.judgement.facts.call_facts import Facts

# An announcement, the other's "of course", and a last word such as "thank you".
_TURNS_BEFORE: Final = 2
# "Thanks for holding, I'm still looking" belongs to the hold; more words than that, and the call went on.
_CHECK_IN_WORDS: Final = 12
# Edges of talk lie up to 0.35 s beside a word (docs/acoustics.md).
_EDGE_S: Final = 0.5


class Announced(Entry):
    """The statements that announce, the silence that counts, and how long before it they may stand."""

    by: Ids
    silence_s: Annotated[float, Field(gt=0)] = 10.0
    within_s: Annotated[float, Field(gt=0)] = 45.0


class Explained(Announced):
    """The statements that give the reason, and those that announce: what nobody announced isn't judged."""

    announced_by: Ids


class Thanked(Explained):
    """The statements that thank for waiting, and within how many agent turns behind the hold."""

    silence_s: Annotated[float, Field(gt=0)] = 20.0
    within_agent_turns: Annotated[int, Field(ge=1)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nobody talks for long, or music plays; in seconds from the call's start.

    What announces it is said after `since_s`: when the last hold ended and the call went on.
    """

    start_s: float
    end_s: float
    since_s: float
    noise_s: float
    finding: Finding


class HoldAnnounced:
    """`hold_announced: {by: IDS, silence_s: 10}` - every hold is announced shortly before it."""

    key = "hold_announced"
    shape: type[BaseModel] = Announced

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return [("by", text) for text in unknown_ids(cast("Announced", check).by, rules)]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without a hold; FAIL for the first that nobody announces."""
        asked = cast("Announced", check)
        holds = holds_of(call, asked.silence_s)
        if not holds:
            return _no_hold(asked)
        return unheard_in(call, holds) or worst_of(
            [announcement(call, hold, asked) for hold in holds], "announced"
        )


class HoldExplained:
    """`hold_explained: {by: IDS, announced_by: IDS}` - what announces a hold also says what it is for."""

    key = "hold_explained"
    shape: type[BaseModel] = Explained

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return _unknown(cast("Explained", check), rules)

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without an announced hold; FAIL for the first without a reason."""
        asked = cast("Explained", check)

        def explanation(hold: Hold) -> Verdict:
            return _heard_about(call, hold, asked.by, "explained", _place_before(hold, asked.within_s))

        return _of_announced(call, asked, explanation, "explained")


class HoldThanked:
    """`hold_thanked: {by: IDS, announced_by: IDS}` - who comes back from a hold thanks for the wait."""

    key = "hold_thanked"
    shape: type[BaseModel] = Thanked

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
        """Report ids that no pack has."""
        return _unknown(cast("Explained", check), rules)

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE without an announced hold; FAIL for the first that ends without thanks."""
        asked = cast("Thanked", check)

        def thanks(hold: Hold) -> Verdict:
            def where(call: ReadCall, rule: Rule) -> Span:
                return _after(call, hold, rule.role, asked.within_agent_turns)

            return _heard_about(call, hold, asked.by, "followed by thanks for the wait", where)

        return _of_announced(call, asked, thanks, "followed by thanks for the wait")


def holds_of(call: ReadCall, silence_s: float) -> list[Hold]:
    """Return the holds of a call in order: silences of at least `silence_s`, and music or ringing."""
    starts = sorted(word.start_s for turn in call.transcript.turns for word in turn.words)
    found: list[Hold] = []
    since_s = 0.0
    for quiet in quiet_stretches(call):
        if quiet.length_s < silence_s and not quiet.is_waiting:
            continue
        if found:
            spoken = sum(found[-1].end_s - _EDGE_S <= start_s < quiet.start_s for start_s in starts)
            since_s = found[-1].end_s if spoken > _CHECK_IN_WORDS else since_s
        found.append(
            Hold(
                start_s=quiet.start_s,
                end_s=quiet.end_s,
                since_s=since_s,
                noise_s=quiet.noise_s,
                finding=quiet_finding(call, quiet),
            )
        )
    return found


def quiet_finding(call: ReadCall, quiet: Quiet, limit_s: float | None = None) -> Finding:
    """Return a stretch in which nobody talks as a finding, between the words around it."""
    return Finding(
        rule_id="silence",
        kind=Kind.HOLD,
        method=Method.TIMING,
        score=1.0,
        threshold=1.0,
        evidence=words_around(call, quiet),
        measure=Measure(value=quiet.length_s, unit="s", limit=limit_s),
    )


def unheard_in(call: ReadCall, holds: Sequence[Hold]) -> Verdict | None:
    """Return INSUFFICIENT_EVIDENCE where a hold may be somebody's speech that was not heard."""
    findings = [hold.finding for hold in holds]
    if call.is_one_sided:
        return insufficient(
            "Nothing was heard for a while, but one side of the call is missing: it may have spoken there.",
            *findings,
        )
    if call.missed:
        return insufficient(
            "No words were heard for a while, but much of what is said in the call was not heard: somebody"
            " may have spoken there.",
            *findings,
        )
    for hold in holds:
        if hold.noise_s * 2 > hold.end_s - hold.start_s:
            return insufficient(
                f"From {clock(hold.start_s)} to {clock(hold.end_s)} there is noise as loud as speech:"
                " somebody may have spoken there.",
                hold.finding,
            )
    return None


def announcement(call: ReadCall, hold: Hold, asked: Announced) -> Verdict:
    """Return whether a hold is announced."""
    return _heard_about(call, hold, asked.by, "announced", _place_before(hold, asked.within_s))


def worst_of(verdicts: Sequence[Verdict], what: str) -> Verdict:
    """Return the first FAIL, or the first doubt, or PASS with all findings."""
    for worst in (AnswerValue.FAIL, AnswerValue.INSUFFICIENT_EVIDENCE):
        for verdict in verdicts:
            if verdict.value is worst:
                return verdict
    findings = [finding for one in verdicts for finding in one.findings]
    words = [finding for finding in findings if finding.kind is not Kind.HOLD]
    return passed(f"The hold is {what} at {times(words)}.", *dict.fromkeys(findings))


def _no_hold(asked: Announced) -> Verdict:
    return not_applicable(f"Nobody is silent for {asked.silence_s:g} s or more between two words.")


def _unknown(asked: Explained, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:
    return [("by", text) for text in unknown_ids(asked.by, rules)] + [
        ("announced_by", text) for text in unknown_ids(asked.announced_by, rules)
    ]


def _of_announced(call: ReadCall, asked: Explained, judge: Callable[[Hold], Verdict], what: str) -> Verdict:
    """Judge the holds that somebody announced: the others are `hold_announced`'s alone."""
    holds = holds_of(call, asked.silence_s)
    if not holds:
        return _no_hold(asked)
    own = asked.model_copy(update={"by": asked.announced_by})
    announced = [hold for hold in holds if announcement(call, hold, own).value is AnswerValue.PASS]
    if not announced:
        return not_applicable("No hold is announced.", *(hold.finding for hold in holds))
    return unheard_in(call, announced) or worst_of([judge(hold) for hold in announced], what)


def _heard_about(
    call: ReadCall, hold: Hold, ids: Sequence[str], what: str, where: Callable[[ReadCall, Rule], Span]
) -> Verdict:
    place = f"The hold of {hold.end_s - hold.start_s:.0f} s from {clock(hold.start_s)}"
    heard = hear_any(call, ids, where)
    if heard.sure:
        return passed(f"{place} is {what}.", hold.finding, *heard.sure)
    doubt = doubts(call, heard)
    if doubt is not None:
        return doubt
    proofs = absences(call, ids, where)
    if any(unknown_turns(call, where(call, call.rules[one])) for one in ids):
        return insufficient(
            f"An unknown voice speaks beside the hold from {clock(hold.start_s)}.", hold.finding, *proofs
        )
    return failed(f"{place} is not {what}.", hold.finding, *proofs)


def _place_before(hold: Hold, within_s: float) -> Callable[[ReadCall, Rule], Span]:
    """Return where the last turns of a rule's speaker, and of unknown voices, before a hold are."""

    def where(call: ReadCall, rule: Rule) -> Span:
        start_s = max(hold.since_s, hold.start_s - within_s)
        before = [
            turn for turn in call.transcript.turns if turn.start_s < hold.start_s and turn.end_s >= start_s
        ]
        own_runs = list(
            dict.fromkeys(call.runs[turn.index] for turn in before if call.role(turn) is rule.role)
        )
        first = own_runs[-_TURNS_BEFORE:][0] if own_runs else 0
        turns = frozenset(turn.index for turn in before if call.runs[turn.index] >= first)
        return Span(turns=turns, start_s=start_s, end_s=hold.start_s)

    return where


def _after(call: ReadCall, hold: Hold, role: Role, within_turns: int) -> Span:
    start_s = hold.end_s - _EDGE_S
    later = [turn for turn in call.transcript.turns if turn.end_s > start_s]
    runs = list(dict.fromkeys(call.runs[turn.index] for turn in later if call.role(turn) is role))
    last = runs[:within_turns][-1] if runs else max(call.runs.values())
    turns = [turn for turn in later if call.runs[turn.index] <= last]
    end_s = max((turn.end_s for turn in turns), default=call.transcript.end_s)
    return Span(turns=frozenset(turn.index for turn in turns), start_s=start_s, end_s=end_s)
