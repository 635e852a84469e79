"""What shows that a call is laborious for the customer: words of the packs, and turns that come again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Assertion, Finding, Kind, Method
from scoring.domain.transcript import Role
from scoring.judgement.evidence.heard import hear
from scoring.judgement.evidence.heard_any import place
from scoring.judgement.evidence.window import open_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall

REPEATS: Final = {
    Role.CUSTOMER: "effort.customer_repeats",
    Role.AGENT: "effort.agent_repeats",
}
# Shared words of two turns as a part of all their words, from which one is said to repeat the other.
_ALIKE: Final = 0.6
# Shorter turns ("yes, at nine") are alike by chance.
_LEAST_WORDS: Final = 3
# What was said longer ago is brought up anew rather than repeated; it also bounds the comparisons.
_LOOK_BACK_TURNS: Final = 10
_WORD: Final = re.compile(r"[a-z0-9]+")
# Words without a subject of their own, and those of greetings and farewells, which everybody says twice.
_EMPTY: Final = frozenset(
    {"a", "about", "all", "also", "am", "an", "and", "any", "anything", "are", "as", "at", "be", "been"}
    | {"but", "by", "bye", "can", "could", "d", "did", "do", "does", "else", "for", "from", "good", "goodbye"}
    | {"had", "has", "have", "hello", "help", "hi", "how", "i", "if", "in", "is", "it", "just", "ll", "m"}
    | {"may", "me", "my", "no", "not", "of", "oh", "ok", "okay", "on", "one", "or", "please", "re", "right"}
    | {"s", "so", "some", "sorry", "sure", "t", "thank", "thanks", "that", "the", "their", "them", "then"}
    | {"there", "they", "this", "to", "today", "um", "uh", "ve", "very", "was", "we", "welcome", "well"}
    | {"were", "what", "when", "where", "which", "who", "will", "with", "would", "yeah", "yes", "you", "your"}
)


def efforts_of(call: ReadCall) -> tuple[Finding, ...]:
    """Return the signs of effort in the order of the call: those of the packs, and what is said again.

    The estimates rest on them; the check `customer_effort` counts what its rubric names.
    Empty where no pack has signs of effort: a rubric that doesn't ask for them isn't told of them.
    """
    rules = [rule for _, rule in sorted(call.rules.items()) if rule.kind is Kind.EFFORT]
    if not rules:
        return ()
    heard = [finding for rule in rules for finding in hear(call, rule, open_window(call, rule.window)).sure]
    again = [finding for role in REPEATS for finding in _repeats(call, role)]
    return tuple(sorted([*heard, *again], key=place))


def _repeats(call: ReadCall, role: Role) -> Iterator[Finding]:
    """Yield one finding per turn that says much the same as one of the speaker's last turns."""
    before: list[tuple[Turn, frozenset[str]]] = []
    for turn in call.turns_of(role):
        words = frozenset(_WORD.findall(turn.text.lower())) - _EMPTY
        if len(words) < _LEAST_WORDS:
            continue
        alike = [(round(len(words & others) / len(words | others), 4), earlier) for earlier, others in before]
        score, earlier = max(alike, key=lambda pair: (pair[0], pair[1].index), default=(0.0, turn))
        before = [*before, (turn, words)][-_LOOK_BACK_TURNS:]
        if score < _ALIKE:
            continue
        finding = Finding(
            rule_id=REPEATS[role],
            kind=Kind.EFFORT,
            assertion=Assertion.AFFIRMED,
            method=Method.ALIGNMENT,
            score=score,
            threshold=_ALIKE,
            evidence=tuple(call.evidence(one, 0, len(one.text)) for one in (turn, earlier)),
        )
        if call.is_sure(finding):
            yield finding
