"""What somebody says they will do beyond the call: who, what, and by when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Kind
from scoring.domain.scorecard import Commitment, Owner
from scoring.judgement.due import dues
from scoring.judgement.repeated import apart
from scoring.judgement.several import absences, hear_any, unproven
from scoring.judgement.statements import doubts
from scoring.judgement.verdict import Verdict, failed, not_applicable, passed
from scoring.judgement.wording import counted, listed, times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.domain.transcript import Turn
    from scoring.judgement.call import ReadCall
    from scoring.judgement.due import Due
    from scoring.judgement.facts import Facts

_SENTENCE_END: Final = re.compile(r"[.?!;](?=\s|$)")
_MOST_WORDS: Final = 25
# "I'll call you back. That will be on Friday": the next sentence goes on about it.
_GOES_ON: Final = re.compile(
    r"\W*(?:(?:and|so|but|or) )?(?:it|that|this|you|they|he|she|we|i|should|usually|normally|probably"
    r"|hopefully|most likely|within|by|in|on|before|after|tomorrow|today|tonight|later|next|about|around"
    r"|maybe|say|the|takes?|it'll|that'll|this'll|that's|it's|monday|tuesday|wednesday|thursday|friday)\b",
    re.IGNORECASE,
)
_ASKS_WHEN: Final = re.compile(
    r"\b(?:when|how long|how soon|by when|what time|which day|what day|how quickly|how many days)\b",
    re.IGNORECASE,
)
# "I'll call you then" takes up a time that was agreed just before.
_THEN: Final = re.compile(r"\b(?:then|at that time|that day|by that time)\b", re.IGNORECASE)
_TURNS_BACK: Final = 3
# "If it comes back, I'll ring you" promises nothing yet; "I'll ring to see if it works" does.
_CONDITION: Final = re.compile(
    r"(?<!see )(?<!know )(?<!check )(?<!ask )(?<!confirm )\b(?:if|unless|in case|should you)\b", re.IGNORECASE
)
_WORD: Final = re.compile(r"[a-z]{3,}")
# Words that two commitments share though they are about different things.
_COMMON: Final = frozenset(
    {"will", "you", "your", "the", "and", "that", "this", "for", "with", "get", "have", "back", "are", "our"}
    | {"going", "then", "can", "just", "also", "her", "his", "him"}
)


_OwnerName = Literal["agent", "company", "customer"]


def _not_the_customer() -> list[_OwnerName]:
    return ["agent", "company"]


class Dated(Entry):
    """Whose commitments need somebody who keeps them and a time."""

    owners: Annotated[list[_OwnerName], Field(min_length=1)] = Field(default_factory=_not_the_customer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Time:
    """Words that say by when, and the last day of it."""

    text: str
    day: date | None
    is_now: bool


def commitments_of(call: ReadCall) -> tuple[Commitment, ...]:
    """Return the commitments of a call in order; those kept within the call ("I'll do that now") are none."""
    rules = _rules(call.rules)
    findings = _longest(hear_any(call, [rule.id for rule in rules]).sure) if rules else []
    made: list[Commitment] = []
    for position, finding in enumerate(findings):
        previous = findings[position - 1] if position else None
        following = findings[position + 1] if position + 1 < len(findings) else None
        if _is_conditional(call, finding):
            continue
        what, end_char = _clause(call, finding, following)
        when = _time(call, finding, end_char, (previous, following))
        if when is not None and when.is_now:
            continue
        made.append(
            Commitment(
                finding=finding,
                owner=call.rules[finding.rule_id].owner,
                what=what,
                due_text=when.text if when else "",
                due_date=when.day if when else None,
            )
        )
    return tuple(made)


class CommitmentsDated:
    """`commitments_dated: {owners: [agent, company]}` - what is promised has somebody to do it, and a time.

    A promise that is said again with its time, as in a recap, is one promise with a time.
    """

    key = "commitments_dated"
    shape: type[BaseModel] = Dated

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - owners are fixed words
        """Report packs without commitments, in which none could be found."""
        if _rules(rules):
            return []
        return [("", "no pack of this rubric has commitments, so none can be found")]

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:
        """NOT_APPLICABLE without a commitment; FAIL with those that lack a time or somebody to keep them."""
        asked = {Owner[one.upper()] for one in cast("Dated", check).owners}
        made = [one for one in facts.commitments if one.owner is None or one.owner in asked]
        if not made:
            return self._none(call, asked)
        undated = [one for one in made if not one.due_text and not _is_dated_again(one, made)]
        unowned = [one for one in made if one.owner is None and not _is_owned_again(one, made)]
        said = counted(len(made), "commitment")
        findings = [one.finding for one in made]
        if not undated and not unowned:
            return passed(
                f"{said} beyond the call, at {times(findings)}, with a time and somebody to keep it.",
                *findings,
            )
        lacking = []
        if undated:
            lacking.append(
                f"no time is said for what is promised at {times([one.finding for one in undated])}"
            )
        if unowned:
            lacking.append(f"nobody is named who does it at {times([one.finding for one in unowned])}")
        return failed(f"Of {said}, {listed(lacking)}.", *findings)

    def _none(self, call: ReadCall, asked: set[Owner]) -> Verdict:
        ids = [rule.id for rule in _rules(call.rules) if rule.owner is None or rule.owner in asked]
        heard = hear_any(call, ids)
        # What is done within the call was heard well; only doubtful words may be a commitment yet.
        doubt = None if heard.sure else doubts(call, heard)
        return (
            doubt
            or unproven(call, ids)
            or not_applicable("Nothing is promised for after the call.", *absences(call, ids))
        )


def _rules(rules: Mapping[str, Rule]) -> list[Rule]:
    return [rule for _, rule in sorted(rules.items()) if rule.kind is Kind.COMMITMENT]


def _longest(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in order, of those that overlap the one that begins first, and is longest."""

    def length(finding: Finding) -> tuple[int, int, int]:
        words = finding.evidence[0]
        return words.turn, words.start_char, -words.end_char

    return apart(sorted(findings, key=length))


def _clause(call: ReadCall, finding: Finding, following: Finding | None) -> tuple[str, int]:
    """Return what is promised, from its words to the end of the sentence, and where that ends."""
    words = finding.evidence[0]
    text = call.transcript.turns[words.turn].text
    end = _SENTENCE_END.search(text, words.end_char)
    end_char = end.start() if end else len(text)
    if following is not None and following.evidence[0].turn == words.turn:
        end_char = min(end_char, following.evidence[0].start_char)
    what = " ".join(text[words.start_char : end_char].split()[:_MOST_WORDS])
    return re.sub(r"[\s,]+(?:and|but|so|or|then)?$", "", what), end_char


def _is_conditional(call: ReadCall, finding: Finding) -> bool:
    words = finding.evidence[0]
    text = call.transcript.turns[words.turn].text
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start_char = max((end for end in ends if end <= words.start_char), default=0)
    end_char = next((end for end in ends if end > words.end_char), len(text))
    return bool(_CONDITION.search(text[start_char:end_char]))


def _time(
    call: ReadCall, finding: Finding, end_char: int, beside: tuple[Finding | None, Finding | None]
) -> _Time | None:
    """Return by when: in the sentence, in the next if it goes on about it, or in the reply to "when?"."""
    words = finding.evidence[0]
    turn = call.transcript.turns[words.turn]
    said_at = _said_at(call, words.start_s)
    ends = [match.end() for match in _SENTENCE_END.finditer(turn.text)]
    start_char = max((end for end in ends if end <= words.start_char), default=0)
    stop = len(turn.text)
    previous, following = beside
    if previous is not None and previous.evidence[0].turn == words.turn:
        # "I'll call you on Thursday and somebody will email you": Thursday is the first one's.
        start_char = words.start_char if previous.evidence[0].start_char >= start_char else start_char
    if following is not None and following.evidence[0].turn == words.turn:
        stop = following.evidence[0].start_char
    found = dues(turn.text, said_at)
    here = [one for one in found if start_char <= one.start_char and one.start_char < end_char]
    # The time that follows the promise is more likely its own than one before it.
    here.sort(key=lambda one: (one.start_char < words.start_char, one.is_clock, one.start_char))
    if here:
        return _as_time(turn, here[0])
    rest = turn.text[end_char + 1 : stop]
    following_end = next((end for end in ends if end > end_char + 1), len(turn.text))
    later = [one for one in found if end_char <= one.start_char < min(stop, following_end)]
    if later and _GOES_ON.match(rest):
        return _as_time(turn, later[0])
    if _THEN.search(turn.text, words.start_char, end_char):
        for earlier in reversed(call.transcript.turns[max(0, turn.index - _TURNS_BACK) : turn.index]):
            for due in reversed(dues(earlier.text, said_at)):
                return _as_time(earlier, due)
    return _when_asked(call, turn, said_at)


def _when_asked(call: ReadCall, turn: Turn, said_at: datetime | None) -> _Time | None:
    """Return the time that the speaker gives when the other asks for it next."""
    after = call.transcript.turns[turn.index + 1 : turn.index + 4]
    asked = False
    for other in after:
        if call.role(other) is not call.role(turn):
            asked = asked or bool(_ASKS_WHEN.search(other.text))
        elif asked:
            return next((_as_time(other, one) for one in dues(other.text, said_at)), None)
    return None


def _as_time(turn: Turn, due: Due) -> _Time:
    return _Time(text=turn.text[due.start_char : due.end_char], day=due.day, is_now=due.is_now)


def _said_at(call: ReadCall, start_s: float) -> datetime | None:
    start = call.context.start
    return None if start is None else start.astimezone(UTC) + timedelta(seconds=start_s)


def _content(commitment: Commitment) -> frozenset[str]:
    return frozenset(_WORD.findall(commitment.what.lower())) - _COMMON


def _same(one: Commitment, made: Sequence[Commitment]) -> Iterator[Commitment]:
    """Yield the commitments that share a word of substance with this one."""
    words = _content(one)
    return (other for other in made if other is not one and words & _content(other))


def _is_dated_again(one: Commitment, made: Sequence[Commitment]) -> bool:
    return any(other.due_text and other.owner in {one.owner, None} for other in _same(one, made))


def _is_owned_again(one: Commitment, made: Sequence[Commitment]) -> bool:
    return any(other.owner is not None for other in _same(one, made))
