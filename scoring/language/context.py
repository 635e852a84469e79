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
)
_CONDITIONS_AFTER: Final = frozenset({"if", "unless", "in case"})
_BREAKS: Final = frozenset(
    {"but", "however", "although", "though", "because", "so", "then", ";", ":", ".", "?", "!"}
)
_HESITATIONS: Final = frozenset({"um", "uh", "er", "erm", "uhm", "hmm", "well", "like"})
# What may stand before the first word of a question: "okay so can you".
_OPENERS: Final = frozenset(
    {"and", "okay", "ok", "right", "well", "yes", "no", "sorry", "now", "just", "great", "um", "uh", ","}
)
_REPORTERS: Final = frozenset(
    {"you", "he", "she", "they", "somebody", "someone", "colleague", "agent", "lady", "guy", "who"}
)
_REQUESTS: Final = frozenset({"can", "could", "will", "would", "may"})
_REPORTS: Final = frozenset(
    {"say", "says", "said", "saying", "tell", "tells", "told", "telling", "promise", "promises", "promised"}
    | {"mention", "mentions", "mentioned", "claim", "claims", "claimed", "state", "states", "stated"}
    | {"advise", "advises", "advised"}
)
_AUXILIARIES: Final = frozenset(
    {
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "is",
        "are",
        "was",
        "were",
        "have",
        "has",
        "may",
        "shall",
        "should",
        "am",
    }
)
_SUBJECTS: Final = frozenset(
    {"i", "you", "we", "he", "she", "they", "it", "that", "this", "there", "your", "my", "the"}
)
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
    if any(token.norm_.lower() in _NEGATIONS for token in before[-_NEGATION_REACH:] if not _is_answer(token)):
        return Assertion.NEGATED
    if any(token.norm_.lower() in _CONDITIONS for token in before[-_CONDITION_REACH:]) or _is_conditioned(
        doc, end
    ):
        return Assertion.HYPOTHETICAL
    if _is_reported(before[-_REPORT_REACH:]):
        return Assertion.REPORTED
    if _is_question(doc, before, start, end):
        return Assertion.QUESTION
    return Assertion.AFFIRMED


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
    if token.i == 0 or token.nbor(-1).is_punct:
        return True
    following = token.nbor(1)
    return following.is_punct or following.norm_.lower() in _AFTER_ANSWER


def _is_reported(before: list[Token]) -> bool:
    norms = [token.norm_.lower() for token in before]
    return any(
        later.norm_.lower() in _REPORTS
        and any(
            norms[at] in _REPORTERS and not _is_request(norms, at)
            for at in range(max(0, position - 3), position)
        )
        for position, later in enumerate(before)
    )


def _is_request(norms: list[str], at: int) -> bool:
    """Tell the "you" of "can you tell me" from that of "you told me"."""
    return norms[at] == "you" and at > 0 and norms[at - 1] in _REQUESTS


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
    return _asks(_opening([*before, *doc[start:end]])) or _asks(_opening(doc[start : start + 2]))


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
    return (first in _AUXILIARIES and second in _SUBJECTS) or (first in _ASKERS and second in _AUXILIARIES)


def _is_conditioned(doc: Doc, end: int) -> bool:
    following = " ".join(token.norm_.lower() for token in doc[end : end + 2])
    return any(following == cue or following.startswith(f"{cue} ") for cue in _CONDITIONS_AFTER)
