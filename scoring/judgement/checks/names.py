"""How often the agent uses the customer's name.

Only a name that is introduced in the call counts. Recognisers misspell names, rare ones most, so a use is
found by likeness; where the name itself was heard badly, nothing is decided.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated, Final, cast

from pydantic import BaseModel, Field

from scoring.domain.finding import Kind
from scoring.domain.transcript import Role
from scoring.judgement.checks.figures import figure, rated_length_s
from scoring.judgement.facts.introductions import bare, introduction, name_finding
from scoring.judgement.facts.name_words import ALSO_WORDS, NO_NAMES
from scoring.judgement.verdict import Verdict, failed, insufficient, not_applicable, passed
from scoring.judgement.wording import clock, counted, times
from scoring.packs.schema import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.domain.finding import Finding
    from scoring.domain.rubric import Rule
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.call_facts import Facts
    from scoring.judgement.facts.introductions import Introduction

_ALIKE: Final = 0.75
# Three letters and fewer are alike by chance.
_MIN_ALIKE_CHARS: Final = 4
# A name that is said at the very end can't be used any more.
_MIN_TURNS_LEFT: Final = 2


class Named(Entry):
    """How often the agent should use the customer's name at least, and in ten minutes at most."""

    min: Annotated[int, Field(ge=0)] = 1
    max_per_10_min: Annotated[float, Field(gt=0)] = 8.0


class NameUsed:
    """`named: {min: 1, max_per_10_min: 8}` - the agent uses the customer's name and doesn't wear it out.

    A call of less than five minutes counts as five.
    """

    key = "named"
    shape: type[BaseModel] = Named

    def problems(self, check: BaseModel, rules: Mapping[str, Rule]) -> list[tuple[str, str]]:  # noqa: ARG002 - it names no rules
        """Report nothing: the shape says all."""
        return []

    def judge(self, check: BaseModel, call: ReadCall, facts: Facts) -> Verdict:  # noqa: ARG002 - every detector sees it
        """NOT_APPLICABLE when no name is introduced, or too late to be used."""
        asked = cast("Named", check)
        if not call.turns_of(Role.AGENT):
            return insufficient("No words of the agent were heard.")
        introduced = introduction(call)
        if introduced is None:
            return not_applicable("The customer's name isn't introduced in the call.")
        given = introduced.finding
        used = uses(call, introduced)
        limit = round(asked.max_per_10_min * rated_length_s(call) / 600, 1)
        whole = figure(self.key, Kind.NAME, float(len(used)), "count", limit)
        when = f", at {times(used)}" if used else ""
        known = f"The customer's name is known from {clock(given.evidence[0].start_s)}"
        sentence = f"{known}, and the agent uses it {counted(len(used), 'time')}{when}"
        if len(used) > limit:
            return failed(f"{sentence}; at most {limit:.0f} are natural.", whole, given, *used)
        if len(used) >= asked.min:
            return passed(f"{sentence}.", whole, given, *used)
        return _unused(call, given, known) or failed(f"{sentence}.", whole, given)


def _unused(call: ReadCall, given: Finding, known: str) -> Verdict | None:
    """Return why an unused name says nothing about the agent, None when it does."""
    if not call.is_sure(given) or call.is_missed(Role.AGENT):
        return insufficient(f"{known}, but it or the agent wasn't heard well.", given)
    run = call.runs[given.evidence[0].turn]
    if sum(number > run for number in call.agent_runs) < _MIN_TURNS_LEFT:
        return not_applicable(f"{known}, too late to be used.", given)
    return None


def uses(call: ReadCall, introduced: Introduction) -> list[Finding]:
    """Return where the agent says the name after it was introduced; first and last name together are one."""
    first = introduced.finding.evidence[0]
    found: list[Finding] = []
    for turn in call.turns_of(Role.AGENT):
        if turn.index < first.turn:
            continue
        position = first.end_word if turn.index == first.turn else 0
        while position < len(turn.words):
            end = position
            while end < len(turn.words) and _is_part(turn.words[end].text, introduced.parts):
                end += 1
            if end > position:
                found.append(name_finding(call, turn, (position, end), "name_used"))
            position = max(end, position + 1)
    return found


def _is_part(text: str, parts: tuple[str, ...]) -> bool:
    """Tell whether a word is a part of the name; what belongs to somebody ("Anna's") is not said to them."""
    word = bare(text)
    if word.lower().endswith(("'s", "\u2019s")):
        return False
    return any(_is_same(word, part) or _is_alike(word, part) for part in parts)


def _is_same(word: str, part: str) -> bool:
    if word.lower() != part.lower():
        return False
    return part.lower() not in ALSO_WORDS or (word[0].isupper() and part[0].isupper())


def _is_alike(word: str, part: str) -> bool:
    """Tell whether two words in capitals are spellings of one name, as Sara and Sarah."""
    if not (word[:1].isupper() and word[:1] == part[:1] and len(part) >= _MIN_ALIKE_CHARS):
        return False
    if word.lower() in NO_NAMES:
        return False
    return SequenceMatcher(None, word.lower(), part.lower(), autojunk=False).ratio() >= _ALIKE
