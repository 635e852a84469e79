"""How words stand in their sentence: affirmed, negated, under a condition, asked, or someone else's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Assertion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Doc, Span, Token

# How many tokens before the words a cue may stand; unpunctuated speech has no other end of a sentence.
_NEGATION_REACH: Final = 5
_CONDITION_REACH: Final = 8
_REPORT_REACH: Final = 7
_UNREAL_REACH: Final = 4
_QUESTION_REACH: Final = 5
_NEGATIONS: Final = frozenset(
    {
        "not",
        "never",
        "no",
        "cannot",
        "without",
        "nobody",
        "none",
        "nothing",
        "unable",
        "hardly",
        "neither",
        "nor",
    }
)
_CONDITIONS: Final = frozenset(
    {"if", "unless", "whether", "suppose", "supposing", "assuming", "provided", "once", "until"}
    | {"wish", "imagine", "pretend"}
)
_UNREAL: Final = frozenset({"would", "could", "should", "might"})
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
_ANSWERED: Final = frozenset(
    {
        "sorry",
        "okay",
        "yes",
        "but",
        "please",
        "actually",
        "really",
        "well",
        "so",
        "let",
        "thank",
        "thanks",
        "sir",
    }
    | {"madam", "no", "not", "of", "just"}
)
# What leads into somebody's clause without ending the one before: "I don't think we", "no way we".
_LEADING: Final = frozenset(
    {"think", "believe", "say", "saying", "said", "suppose", "expect", "know", "mean", "feel", "sure", "way"}
    | {
        "chance",
        "circumstances",
        "that",
        "claim",
        "claiming",
        "case",
        "certain",
        "promise",
        "and",
        "or",
    }
    | {
        "where",
        "when",
        "which",
        "what",
        "how",
        "why",
        "wish",
        "imagine",
        "tell",
        "told",
        "you",
        "if",
        "whether",
    }
)
_PRONOUNS: Final = frozenset({"i", "you", "we", "he", "she", "they", "it"})
_PERSONS: Final = _PRONOUNS | {"that", "this", "there"}
_CONDITIONS_AFTER: Final = frozenset({"if", "unless", "in case"})
_BREAKS: Final = frozenset(
    {"but", "however", "although", "though", "because", "so", "then", ";", ":", ".", "?", "!"}
)
_HESITATIONS: Final = frozenset({"um", "uh", "er", "erm", "uhm", "hmm", "well", "like"})
# What may stand before the first word of a question: "okay so can you".
_OPENERS: Final = frozenset(
    {"and", "okay", "ok", "right", "well", "yes", "no", "sorry", "now", "just", "great", "um", "uh", ","}
)
# Finite forms; "to say" and "tell me" report nothing.
_REPORTS: Final = frozenset(
    {
        "say",
        "says",
        "said",
        "tell",
        "tells",
        "told",
        "promised",
        "promises",
        "mention",
        "mentions",
        "mentioned",
    }
    | {"claim", "claims", "claimed", "stated", "states", "advised", "advises", "reckons", "insisted"}
)
_SKIPPED: Final = frozenset(
    {"just", "already", "also", "have", "had", "has", "actually", "even", "always", "did"}
)
_PASSIVE: Final = frozenset({"was", "were", "been", "being", "got", "am", "are"})
# Whoever speaks here reports nobody, and these are no subjects at all.
_NO_REPORTERS: Final = frozenset(
    {
        "i",
        "we",
        "to",
        "me",
        "us",
        "please",
        "not",
        "and",
        "or",
        "will",
        "can",
        "could",
        "would",
        "should",
        "must",
    }
    | {
        "may",
        "might",
        "let",
        "do",
        "does",
        "so",
        "okay",
        "but",
        ",",
        ".",
        "'",
        "is",
        "be",
        "as",
        "um",
        "uh",
        "then",
    }
)
_REQUESTS: Final = frozenset({"can", "could", "will", "would", "may", "did", "do", "if", "should"})
# What is not said without a source: "apparently we guarantee it".
_HEARSAY: Final = frozenset({"apparently", "supposedly", "allegedly"})
_MODALS: Final = frozenset({"can", "could", "will", "would", "may", "shall", "should", "did"})
_PLURAL: Final = frozenset({"do", "have", "are", "were"})
_SINGULAR: Final = frozenset({"does", "has", "is", "was"})
_AUXILIARIES: Final = _MODALS | _PLURAL | _SINGULAR | {"am"}
_THIRD: Final = frozenset(
    {
        "he",
        "she",
        "it",
        "that",
        "this",
        "there",
        "your",
        "my",
        "the",
        "somebody",
        "someone",
        "anybody",
        "anyone",
    }
)
_SUBJECTS: Final = _THIRD | {"i", "you", "we", "they"}
_CONSENTS: Final = (["okay", "?"], ["ok", "?"], ["alright", "?"])
_AFTER_ANSWER: Final = _SUBJECTS | {"problem", "worries", "doubt", "thank", "thanks"}
_ASKERS: Final = frozenset({"what", "why", "how", "who", "where", "when", "which"})


def cues(tokens: Iterable[Token]) -> frozenset[Assertion]:
    """Return which of NEGATED and HYPOTHETICAL the tokens themselves express."""
    norms = {token.norm_.lower() for token in tokens}
    found = set()
    if norms & _NEGATIONS:
        found.add(Assertion.NEGATED)
    if norms & _CONDITIONS:
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
        norms[at] in _NEGATIONS
        and not _is_answer(before[at])
        and tuple(norms[at : at + 2]) not in _ASSERTING
        and not _has_new_clause(norms[at + 1 :], 0)
        for at in range(max(0, len(norms) - _NEGATION_REACH), len(norms))
    )


def _is_hypothetical(norms: list[str]) -> bool:
    if any(
        norms[at] in _UNREAL and norms[at + 1] in {"have", "of"}
        for at in range(max(0, len(norms) - _UNREAL_REACH), len(norms) - 1)
    ):
        return True
    # The condition has a clause of its own first: "if you pay we".
    return any(
        norms[at] in _CONDITIONS and not _has_new_clause(norms[at + 1 :], 2)
        for at in range(max(0, len(norms) - _CONDITION_REACH), len(norms))
    )


def _has_new_clause(norms: list[str], own: int) -> bool:
    """Tell whether somebody new begins to act after `own` words: speech has no commas to show it."""
    return any(
        norms[at] in _PERSONS and (at == 0 or norms[at - 1] not in _LEADING | _AUXILIARIES)
        for at in range(own, len(norms))
    )


def _clause_before(doc: Doc, start: int) -> list[Token]:
    clause: list[Token] = []
    for position in range(start - 1, -1, -1):
        token = doc[position]
        norm = token.norm_.lower()
        if norm in _BREAKS or (norm == "," and not _is_hesitation(token)):
            break
        clause.append(token)
    return clause[::-1]


def _is_hesitation(comma: Token) -> bool:
    """Tell the comma of "I can't, um, promise" from one that ends a clause."""
    around = comma.doc[max(0, comma.i - 1) : comma.i + 2]
    return any(token.norm_.lower() in _HESITATIONS for token in around)


def _is_answer(token: Token) -> bool:
    """Tell the "no" of "no, I guarantee it" and of "no problem" from a negation."""
    if token.norm_.lower() != "no" or token.i + 1 >= len(token.doc):
        return False
    following = token.nbor(1)
    return following.is_punct or following.norm_.lower() in _AFTER_ANSWER | _ANSWERED


def _is_reported(norms: list[str]) -> bool:
    first = max(0, len(norms) - _REPORT_REACH)
    if not _HEARSAY.isdisjoint(norms[first:]) or "according" in norms[first:]:
        return True
    for at in range(first, len(norms)):
        if norms[at] not in _REPORTS:
            continue
        by = at - 1
        while by >= 0 and norms[by] in _SKIPPED:
            by -= 1
        if by < 0:
            continue
        if norms[by] in _PASSIVE and norms[at] in {"told", "promised", "advised"}:
            return True
        if norms[by] not in _NO_REPORTERS and not (by > 0 and norms[by - 1] in _REQUESTS):
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
        near[at + 1] in _PRONOUNS
        and near[at] not in _ASKERS
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
    while norms and norms[0] in _OPENERS:
        norms = norms[1:]
    return norms[:2]


def _asks(norms: Sequence[str]) -> bool:
    if len(norms) < 2:
        return False
    first, second = norms
    return (
        (first in _MODALS and second in _SUBJECTS)
        or (first in _PLURAL and second in _SUBJECTS - _THIRD | {"there", "your", "the", "my"})
        or (first in _SINGULAR and second in _THIRD)
        or (first == "am" and second == "i")
        or (first in _ASKERS and second in _AUXILIARIES)
    )


def _is_conditioned(doc: Doc, end: int) -> bool:
    following = " ".join(token.norm_.lower() for token in doc[end : end + 2])
    return any(following == cue or following.startswith(f"{cue} ") for cue in _CONDITIONS_AFTER)
