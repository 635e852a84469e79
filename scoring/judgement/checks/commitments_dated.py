"""Whether everything that is promised has somebody to do it, and a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

from pydantic import BaseModel, Field

from scoring.domain.scorecard import Owner
from scoring.judgement.evidence.heard import doubts
from scoring.judgement.evidence.heard_any import absences, hear_any, unproven
from scoring.judgement.facts.commitments import commitment_rules
from scoring.judgement.verdict import Verdict, failed, not_applicable, passed
from scoring.judgement.wording import counted, listed, times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scoring.domain.rubric import Rule
    from scoring.domain.scorecard import Commitment
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts

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


class CommitmentsDated:
    """`commitments_dated: {owners: [agent, company]}` - what is promised has somebody to do it, and a time.

    A promise that is said again with its time, as in a recap, is one promise with a time.
    """

    key = "commitments_dated"
    shape: type[BaseModel] = Dated

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - owners are fixed words
        """Report packs without commitments, in which none could be found."""
        if commitment_rules(rules):
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
        ids = [rule.id for rule in commitment_rules(call.rules) if rule.owner is None or rule.owner in asked]
        heard = hear_any(call, ids)
        # What is done within the call was heard well; only doubtful words may be a commitment yet.
        doubt = None if heard.sure else doubts(call, heard)
        return (
            doubt
            or unproven(call, ids)
            or not_applicable("Nothing is promised for after the call.", *absences(call, ids))
        )


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
