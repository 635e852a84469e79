"""How words stand in their sentence: affirmed, negated, under a condition, asked, or someone else's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Assertion
from scoring.language.context_words import (
    ANSWERED,
    ASKERS,
    BREAKS,
    CONDITIONS,
    HEARSAY,
    HESITATIONS,
    LEADING,
    MODALS,
    NEGATIONS,
    NO_REPORTERS,
    OPENERS,
    PASSIVE,
    PLURAL,
    PRONOUNS,
    REPORTS,
    REQUESTS,
    SINGULAR,
    SKIPPED,
    THIRD,
    UNREAL,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Doc, Span, Token

# How many tokens before the words a cue may stand; unpunctuated speech has no other end of a sentence.
_NEGATION_REACH: Final = 5
_CONDITION_REACH: Final = 8
_REPORT_REACH: Final = 7
_UNREAL_REACH: Final = 4
_QUESTION_REACH: Final = 5
# "Not only do we" and "no doubt" deny nothing; "no" before one of these answers what was said before.
_ASSERTING: Final = frozenset(
    {
        ("not", "only"),
        ("not", "just"),
        ("no", "doubt"),
        ("no", "matter"),
        ("no", "worries"),
        ("no", "problem"),
    }
)
_PERSONS: Final = PRONOUNS | {"that", "this", "there"}
_CONDITIONS_AFTER: Final = frozenset({"if", "unless", "in case"})
_AUXILIARIES: Final = MODALS | PLURAL | SINGULAR | {"am"}
_SUBJECTS: Final = THIRD | {"i", "you", "we", "they"}
_CONSENTS: Final = (["okay", "?"], ["ok", "?"], ["alright", "?"])
_AFTER_ANSWER: Final = _SUBJECTS | {"problem", "worries", "doubt", "thank", "thanks"}


def cues(tokens: Iterable[Token]) -> frozenset[Assertion]:
    """Return which of NEGATED and HYPOTHETICAL the tokens themselves express."""
    norms = {token.norm_.lower() for token in tokens}
    found = set()
    if norms & NEGATIONS:
        found.add(Assertion.NEGATED)
    if norms & CONDITIONS:
        found.add(Assertion.HYPOTHETICAL)
    return frozenset(found)


def last_questions(norms: Sequence[str]) -> list[int]:
    """Return per word where the last question up to it began, by the order of its first two words, or -1."""
    found, last = [], -1
    for position in range(len(norms)):
        if _asks(norms[max(0, position - 1) : position + 1]):
            last = position - 1
        found.append(last)
    return found


def assertion(doc: Doc, start: int, end: int) -> Assertion:
    """Return how tokens `start` to `end` (exclusive) stand in their sentence, by what stands before them.

    A negation outweighs a condition, a condition a report, a report a question.
    """
    before = _clause_before(doc, start)
    norms = [token.norm_.lower() for token in before]
    if _is_negated(before, norms):
        return Assertion.NEGATED
    if _is_hypothetical(norms) or _is_conditioned(doc, end):
        return Assertion.HYPOTHETICAL
    if _is_reported(norms):
        return Assertion.REPORTED
    if _is_question(doc, before, start, end):
        return Assertion.QUESTION
    return Assertion.AFFIRMED


def _is_negated(before: list[Token], norms: list[str]) -> bool:
    return any(
        norms[at] in NEGATIONS
        and not _is_answer(before[at])
        and tuple(norms[at : at + 2]) not in _ASSERTING
        and not _has_new_clause(norms[at + 1 :], 0)
        for at in range(max(0, len(norms) - _NEGATION_REACH), len(norms))
    )


def _is_hypothetical(norms: list[str]) -> bool:
    if any(
        norms[at] in UNREAL and norms[at + 1] in {"have", "of"}
        for at in range(max(0, len(norms) - _UNREAL_REACH), len(norms) - 1)
    ):
        return True
    # The condition has a clause of its own first: "if you pay we".
    return any(
        norms[at] in CONDITIONS and not _has_new_clause(norms[at + 1 :], 2)
        for at in range(max(0, len(norms) - _CONDITION_REACH), len(norms))
    )


def _has_new_clause(norms: list[str], own: int) -> bool:
    """Tell whether somebody new begins to act after `own` words: speech has no commas to show it."""
    return any(
        norms[at] in _PERSONS and (at == 0 or norms[at - 1] not in LEADING | _AUXILIARIES)
        for at in range(own, len(norms))
    )


def _clause_before(doc: Doc, start: int) -> list[Token]:
    clause: list[Token] = []
    for position in range(start - 1, -1, -1):
        token = doc[position]
        norm = token.norm_.lower()
        if norm in BREAKS or (norm == "," and not _is_hesitation(token)):
            break
        clause.append(token)
    return clause[::-1]


def _is_hesitation(comma: Token) -> bool:
    """Tell the comma of "I can't, um, promise" from one that ends a clause."""
    around = comma.doc[max(0, comma.i - 1) : comma.i + 2]
    return any(token.norm_.lower() in HESITATIONS for token in around)


def _is_answer(token: Token) -> bool:
    """Tell the "no" of "no, I guarantee it" and of "no problem" from a negation."""
    if token.norm_.lower() != "no" or token.i + 1 >= len(token.doc):
        return False
    following = token.nbor(1)
    return following.is_punct or following.norm_.lower() in _AFTER_ANSWER | ANSWERED


def _is_reported(norms: list[str]) -> bool:
    first = max(0, len(norms) - _REPORT_REACH)
    if not HEARSAY.isdisjoint(norms[first:]) or "according" in norms[first:]:
        return True
    for at in range(first, len(norms)):
        if norms[at] not in REPORTS:
            continue
        by = at - 1
        while by >= 0 and norms[by] in SKIPPED:
            by -= 1
        if by < 0:
            continue
        if norms[by] in PASSIVE and norms[at] in {"told", "promised", "advised"}:
            return True
        if norms[by] not in NO_REPORTERS and not (by > 0 and norms[by - 1] in REQUESTS):
            return True
    return False


def _is_question(doc: Doc, before: list[Token], start: int, end: int) -> bool:
    for position in range(end - 1, len(doc)):
        mark = doc[position].text
        following = doc[position + 1 : position + 5]
        if mark == "," and (_asks(_opening(following)) or _seeks_consent(following)):
            # "It is booked, can I do anything else?" asks something, but not whether it is booked.
            break
        if mark[-1] in ".!?;":
            if mark[-1] == "?":
                return True
            break
    # Without punctuation the order of the first words tells: "can you", "what is".
    if _asks(_opening([*before, *doc[start:end]])) or _asks(_opening(doc[start : start + 2])):
        return True
    # In the middle of talk it is the words just before: "and will you really", but not "this is the third".
    near = ["", *(token.norm_.lower() for token in [*before[-_QUESTION_REACH:], *doc[start : start + 1]])]
    return any(
        near[at + 1] in PRONOUNS
        and near[at] not in ASKERS
        and near[at - 1] not in _SUBJECTS | {"only"}
        and _asks(near[at : at + 2])
        for at in range(1, len(near) - 1)
    )


def _seeks_consent(tokens: Span) -> bool:
    """Tell the "okay?" behind a statement; a customer's "right?" does ask."""
    return [token.norm_.lower() for token in tokens[:2]] in _CONSENTS


def _opening(tokens: Iterable[Token]) -> list[str]:
    """Return the first two words, without "okay so" and the like."""
    norms = [token.norm_.lower() for token in tokens]
    while norms and norms[0] in OPENERS:
        norms = norms[1:]
    return norms[:2]


def _asks(norms: Sequence[str]) -> bool:
    if len(norms) < 2:
        return False
    first, second = norms
    return (
        (first in MODALS and second in _SUBJECTS)
        or (first in PLURAL and second in _SUBJECTS - THIRD | {"there", "your", "the", "my"})
        or (first in SINGULAR and second in THIRD)
        or (first == "am" and second == "i")
        or (first in ASKERS and second in _AUXILIARIES)
    )


def _is_conditioned(doc: Doc, end: int) -> bool:
    following = " ".join(token.norm_.lower() for token in doc[end : end + 2])
    return any(following == cue or following.startswith(f"{cue} ") for cue in _CONDITIONS_AFTER)
