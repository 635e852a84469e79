"""Where the customer's name is first said in a call, by the customer or by the agent who asks about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scoring.domain.finding import Assertion, Finding, Kind, Method
from scoring.domain.transcript import Role
from scoring.judgement.facts.name_words import NO_NAMES, OPENERS, PARTICLES, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall

_Range = tuple[int, int]

_GIVES: Final = re.compile(
    r"\b(?:(?:my|the|first|last|full) name(?: is|'s)|name(?:'s| is)|i(?:'m| am) called)\b", re.IGNORECASE
)
_IS: Final = re.compile(
    r"\b(?:this is|it's|it is|i'm|i am|you're speaking (?:to|with)|you're through to)\b", re.IGNORECASE
)
_ASKS: Final = re.compile(
    r"\b(?:your (?:\w+ ){0,3}names?|who (?:am i|i'm|i am) (?:speaking|talking)|who's calling|who is calling"
    r"|(?:have|take|get) (?:a|the) name|name,? please)\b",
    re.IGNORECASE,
)
_CHECKS: Final = re.compile(
    r"\b(?:am i (?:speaking|talking) (?:to|with)|(?:i'm|i am) (?:speaking|talking) (?:to|with)"
    r"|is (?:this|that)|do i have)\b",
    re.IGNORECASE,
)
_GREETS: Final = re.compile(
    r"\b(?:thank you|thanks|hello|hi|good (?:morning|afternoon|evening)|dear)\b,?", re.IGNORECASE
)
# Two letters at least: one alone is spelling.
_NAME: Final = re.compile(r"(?!.$)[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_MOST_PARTS: Final = 3
# Names are what recognisers get wrong most, so they must be heard better than other evidence, 0 to 1.
_SURE_NAME: Final = 0.5
_GOES_ON: Final = frozenset({"here", "speaking", "calling", "from"})
_NO: Final = frozenset({"no", "nope"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """Where the customer's name is first said: the name's parts, and the words."""

    parts: tuple[str, ...]
    finding: Finding


def introduction(call: ReadCall) -> Introduction | None:
    """Return the first place where the customer's name is said by either side, None when it is nowhere."""
    own = _agents_own_names(call)
    was_asked = False
    for turn in call.transcript.turns:
        role = call.role(turn)
        found: _Range | None = None
        if role is Role.CUSTOMER:
            found = _given(turn, was_asked=was_asked)
        elif role is Role.AGENT:
            found = _checked(call, turn) or _addressed(turn)
        parts = _parts(turn, found) if found is not None and _is_clear(turn, found) else ()
        if found is not None and parts and not {part.lower() for part in parts} & own:
            return Introduction(parts=parts, finding=name_finding(call, turn, found, "name_given"))
        was_asked = role is Role.AGENT and bool(_ASKS.search(turn.text))
    return None


def _is_clear(turn: Turn, found: _Range) -> bool:
    return min(word.confidence for word in turn.words[slice(*found)]) >= _SURE_NAME


def name_finding(call: ReadCall, turn: Turn, words: _Range, rule_id: str) -> Finding:
    """Return the words of a turn, by their positions, as a finding of a name."""
    return Finding(
        rule_id=rule_id,
        kind=Kind.NAME,
        assertion=Assertion.AFFIRMED,
        method=Method.RULE,
        score=1.0,
        threshold=1.0,
        evidence=(call.words(turn, *words),),
    )


def bare(text: str) -> str:
    """Return a word without the punctuation around it."""
    return text.strip('.,?!;:"()-\u2026')


def _parts(turn: Turn, found: _Range) -> tuple[str, ...]:
    texts = (bare(word.text) for word in turn.words[slice(*found)])
    return tuple(text for text in texts if text.lower() not in TITLES)


def _agents_own_names(call: ReadCall) -> frozenset[str]:
    """Return the words of the name that the agent goes by."""
    names: set[str] = set()
    for turn in call.turns_of(Role.AGENT):
        for match in [*_matches(_GIVES, turn), *_matches(_IS, turn)]:
            found = _name_behind(turn, match, capital=match.re is _IS)
            if found is not None:
                names |= {part.lower() for part in _parts(turn, found)}
    return frozenset(names)


def _given(turn: Turn, *, was_asked: bool) -> _Range | None:
    """Return the words in which the customer says their name."""
    for match in _matches(_GIVES, turn):
        found = _name_behind(turn, match)
        if found is not None:
            return found
    for match in _matches(_IS, turn):
        found = _name_behind(turn, match, capital=True)
        if found is not None and (match[0].lower() == "this is" or was_asked or _goes_on(turn, found[1])):
            return found
    if not was_asked:
        return None
    texts = [bare(word.text).lower() for word in turn.words]
    first = next((number for number, text in enumerate(texts) if text not in OPENERS), len(texts))
    return _name_from(turn, first, capital=any(word.text[:1].isupper() for word in turn.words))


def _checked(call: ReadCall, turn: Turn) -> _Range | None:
    """Return the name that the agent asks about ("Am I speaking with ...?") unless the customer says no."""
    for match in _matches(_CHECKS, turn):
        found = _name_behind(turn, match, capital=True)
        if found is None or not (_ends_clause(turn, found[1]) or match[0].lower().startswith("am i")):
            continue
        later = call.transcript.turns[turn.index + 1 :]
        reply = next((one for one in later if call.role(one) is Role.CUSTOMER), None)
        if reply is None or bare(reply.words[0].text).lower() not in _NO:
            return found
    return None


def _addressed(turn: Turn) -> _Range | None:
    """Return a name with its title that the agent greets or thanks."""
    for match in _matches(_GREETS, turn):
        first = _word_at(turn, match.end())
        if first < len(turn.words) and bare(turn.words[first].text).lower() in TITLES:
            return _name_from(turn, first, capital=True)
    return None


def _name_behind(turn: Turn, match: re.Match[str], *, capital: bool = False) -> _Range | None:
    return _name_from(turn, _word_at(turn, match.end()), capital=capital)


def _name_from(turn: Turn, first: int, *, capital: bool) -> _Range | None:
    """Return the positions of the words of a name that begins at a word, None when it is no name."""
    end, parts = first, 0
    for position in range(first, len(turn.words)):
        text = turn.words[position].text
        lower = bare(text).lower()
        if lower in TITLES or lower in PARTICLES:
            # A title ends with a full stop and is no end of a sentence.
            continue
        if parts == _MOST_PARTS or not _may_be_name(bare(text), capital=capital):
            break
        parts += 1
        end = position + 1
        if text[-1:] in ".,?!;":
            break
    return (first, end) if parts else None


def _may_be_name(text: str, *, capital: bool) -> bool:
    if not _NAME.fullmatch(text) or text.lower() in NO_NAMES:
        return False
    return not capital or (text[0].isupper() and not text.isupper())


def _matches(pattern: re.Pattern[str], turn: Turn) -> Iterator[re.Match[str]]:
    return pattern.finditer(turn.text.replace("\u2019", "'"))


def _word_at(turn: Turn, char: int) -> int:
    """Return the position of the first word that begins at or behind a character."""
    start = 0
    for position, word in enumerate(turn.words):
        if start >= char:
            return position
        start += len(word.text) + 1
    return len(turn.words)


def _ends_clause(turn: Turn, end: int) -> bool:
    return end >= len(turn.words) or turn.words[end - 1].text[-1:] in ".?!,"


def _goes_on(turn: Turn, end: int) -> bool:
    return end < len(turn.words) and bare(turn.words[end].text).lower() in _GOES_ON
