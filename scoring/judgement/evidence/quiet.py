"""Where nobody talks: from what was measured of the sound, or from the times of words where nothing was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.domain.acoustics import QuietSpan
    from scoring.domain.finding import Evidence
    from scoring.domain.transcript import Turn
    from scoring.judgement.evidence.call import ReadCall

# Sounds that only a telephone system makes while somebody waits.
_WAITING: Final = frozenset({"MUSIC", "RINGBACK"})
# Pieces of one quiet stretch touch; rounding of their times alone may part them.
_TOUCH_S: Final = 0.05
# As transcription measures it: what is shorter is a breath.
_MIN_QUIET_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Nobody talks between two words of the call; times in seconds from the call's start.

    `noise_s` of it is as loud as speech, so somebody may have spoken; `is_waiting` when music or ringing was
    taken for a hold.
    """

    start_s: float
    end_s: float
    noise_s: float = 0.0
    is_waiting: bool = False

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return round(self.end_s - self.start_s, 3)


def quiet_stretches(call: ReadCall) -> list[Quiet]:
    """Return the stretches between two words in which nobody talks, in order."""
    spoken = _word_times(call)
    if not spoken:
        return []
    acoustics = call.transcript.acoustics
    if acoustics is None:
        return _between_words(spoken)
    # What comes before the first or behind the last word is no part of the conversation.
    first_s, last_s = spoken[0][0], spoken[-1][0]
    return [
        quiet
        for quiet in map(_joined, _touching(acoustics.quiet_spans))
        if first_s < (quiet.start_s + quiet.end_s) / 2 <= last_s
    ]


def words_around(call: ReadCall, quiet: Quiet) -> tuple[Evidence, ...]:
    """Return the last word before a quiet stretch and the first one behind it."""
    middle_s = (quiet.start_s + quiet.end_s) / 2
    before: tuple[float, Turn, int] | None = None
    after: tuple[float, Turn, int] | None = None
    for turn in call.transcript.turns:
        for position, word in enumerate(turn.words):
            if word.start_s < middle_s and (before is None or word.end_s > before[0]):
                before = word.end_s, turn, position
            elif word.start_s >= middle_s and (after is None or word.start_s < after[0]):
                after = word.start_s, turn, position
    return tuple(call.words(one[1], one[2], one[2] + 1) for one in (before, after) if one is not None)


def _word_times(call: ReadCall) -> list[tuple[float, float]]:
    return sorted((word.start_s, word.end_s) for turn in call.transcript.turns for word in turn.words)


def _between_words(spoken: list[tuple[float, float]]) -> list[Quiet]:
    found: list[Quiet] = []
    reached_s = spoken[0][1]
    for start_s, end_s in spoken:
        if start_s - reached_s >= _MIN_QUIET_S:
            found.append(Quiet(start_s=reached_s, end_s=start_s))
        reached_s = max(reached_s, end_s)
    return found


def _touching(spans: tuple[QuietSpan, ...]) -> Iterator[list[QuietSpan]]:
    """Yield the pieces of each stretch: one is cut where its sound changes."""
    pieces: list[QuietSpan] = []
    for span in spans:
        if pieces and span.start_s - pieces[-1].end_s > _TOUCH_S:
            yield pieces
            pieces = []
        pieces.append(span)
    if pieces:
        yield pieces


def _joined(pieces: list[QuietSpan]) -> Quiet:
    return Quiet(
        start_s=pieces[0].start_s,
        end_s=pieces[-1].end_s,
        noise_s=round(sum(one.end_s - one.start_s for one in pieces if one.kind == "NOISE"), 3),
        is_waiting=any(one.is_hold and one.kind in _WAITING for one in pieces),
    )
