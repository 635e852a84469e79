"""By when something is promised: in the sentence itself, right behind it, or when the other asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from scoring.judgement.facts.due import dues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall
    from scoring.judgement.facts.due import Due

SENTENCE_END: Final = re.compile(r"[.?!;](?=\s|$)")
# "I'll call you back. That will be on Friday": the next sentence goes on about it.
_GOES_ON: Final = re.compile(
    r"\W*(?:(?:and|so|but|or) )?(?:it|that|this|you|they|he|she|we|i|should|usually|normally|probably"
    r"|hopefully|most likely|within|by|in|on|before|after|tomorrow|today|tonight|later|next|about|around"
    r"|maybe|say|the|takes?|it'll|that'll|this'll|that's|it's|monday|tuesday|wednesday|thursday|friday)\b",
    re.IGNORECASE,
)
_ONLY_WHEN: Final = re.compile(
    r"\W*(?:it|that|this)(?:['\u2019]ll| will| should) (?:\w+ly )?be\s*", re.IGNORECASE
)
_ASKS_WHEN: Final = re.compile(
    r"\b(?:when|how long|how soon|by when|what time|which day|what day|how quickly|how many days)\b",
    re.IGNORECASE,
)
# "When the part is in" is a limit as good as a day; "as soon as I can" is none.
_EVENT: Final = re.compile(
    r"\b(?:as soon as|once|when|the moment|the minute) (?!(?:i|we|they) (?:can|could)\b|possible\b|can\b)"
    r"\w[^.,;!?]* [^.,;!?]+",
    re.IGNORECASE,
)
# "I'll call you then" takes up a time that was agreed just before.
_THEN: Final = re.compile(r"\b(?:then|at that time|that day|by that time)\b", re.IGNORECASE)
_TURNS_BACK: Final = 3
_TURNS_AHEAD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedTime:
    """Words that say by when, and the last day of it; `is_now` when that is within the call."""

    text: str
    day: date | None
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Where in a turn something is promised: characters of the promise, its clause and what belongs to it.

    From `start_char` to `end_char` is the clause with what leads it in; up to `stop_char` nothing else is
    promised.
    """

    turn: Turn
    at_char: int
    start_char: int
    end_char: int
    stop_char: int

    @property
    def said_at_s(self) -> float:
        """When the turn begins, in seconds from the call's start."""
        return self.turn.start_s


def only_says_when(text: str) -> bool:
    """Tell whether a sentence says nothing but a time of what went before: "That'll be on Friday"."""
    found = dues(text, None)
    return bool(found) and bool(_ONLY_WHEN.fullmatch(text[: found[0].start_char]))


def time_in(call: ReadCall, clause: Clause, *, event: bool) -> PromisedTime | None:
    """Return the time that the clause itself says, or with `event` what it waits for."""
    text = clause.turn.text
    found = dues(text, _said_at(call, clause.said_at_s))
    here = [one for one in found if clause.start_char <= one.start_char < clause.end_char]
    # The time that follows the promise is more likely its own than one before it.
    here.sort(key=lambda one: (one.start_char < clause.at_char, one.is_clock, one.start_char))
    if here:
        return _as_time(clause.turn, here[0])
    awaited = _EVENT.search(text, clause.start_char, clause.end_char) if event else None
    return PromisedTime(text=awaited[0], day=None) if awaited else None


def time_beside(call: ReadCall, clause: Clause) -> PromisedTime | None:
    """Return the time that the next sentence adds, that "then" takes up, or that the other asks for."""
    text, said_at = clause.turn.text, _said_at(call, clause.said_at_s)
    ends = [match.end() for match in SENTENCE_END.finditer(text, clause.end_char + 1)]
    last_char = min([clause.stop_char, *ends[:1]])
    later = [one for one in dues(text, said_at) if clause.end_char <= one.start_char < last_char]
    if later and _GOES_ON.match(text[clause.end_char + 1 :]):
        return _as_time(clause.turn, later[0])
    turns = call.transcript.turns
    if _THEN.search(text, clause.at_char, clause.end_char):
        before = turns[max(0, clause.turn.index - _TURNS_BACK) : clause.turn.index]
        for earlier in reversed(before):
            for due in reversed(dues(earlier.text, said_at)):
                return _as_time(earlier, due)
    return _when_asked(call, clause.turn, turns[clause.turn.index + 1 :][:_TURNS_AHEAD], said_at)


def _when_asked(
    call: ReadCall, turn: Turn, after: Sequence[Turn], said_at: datetime | None
) -> PromisedTime | None:
    """Return the time that the speaker gives when the other asks for it next."""
    asked = False
    for other in after:
        if call.role(other) is not call.role(turn):
            asked = asked or bool(_ASKS_WHEN.search(other.text))
        elif asked:
            return next((_as_time(other, one) for one in dues(other.text, said_at)), None)
    return None


def _as_time(turn: Turn, due: Due) -> PromisedTime:
    return PromisedTime(text=turn.text[due.start_char : due.end_char], day=due.day, is_now=due.is_now)


def _said_at(call: ReadCall, start_s: float) -> datetime | None:
    start = call.context.start
    return None if start is None else start.astimezone(UTC) + timedelta(seconds=start_s)
