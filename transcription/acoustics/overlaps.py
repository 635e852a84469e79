"""Where two speakers talk at once, and what comes of it. Pure.

The kinds follow conversation analysis: a competitive overlap that wins the floor (INTERRUPTION) or loses it
(ATTEMPT; Beattie's butting-in interruption), continuers and agreement (BACKCHANNEL), and terminal overlap
(TURN_CHANGE; Schegloff 2000). Word times are off by up to 0.3 s, so nothing rests on less.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

from transcription.acoustics.talk import EDGE_S
from transcription.acoustics.values import OverlapKind, TalkOverlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transcription.acoustics.backchannels import Backchannels
    from transcription.acoustics.values import TalkSpan
    from transcription.transcript import SpokenWords, Word

_ERROR_S: Final = 0.3
# Listeners foresee the end of a sentence and begin during its last words.
_SENTENCE_END_AHEAD_S: Final = 1.0
# Who takes the floor from the first within this time after both fell silent has it.
_NEXT_S: Final = 1.0
# Without punctuation an overlap this short is taken for the end of a sentence.
_SHORT_OVERLAP_S: Final = 0.6
_SENTENCE_ENDS: Final = (".", "?", "!", "\u3002", "\uff1f", "\uff01", "\u0964", "\u061f")
# How a transcript writes a sentence that was broken off.
_BROKEN_OFF: Final = ("...", "\u2026", "-", "\u2013", "\u2014")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """One speaker's words with what is looked up in them."""

    words: tuple[Word, ...]
    starts_s: list[float]
    reached_s: list[float]
    sentence_ends_s: list[float]

    def said_in(self, span: TalkSpan) -> Sequence[Word]:
        """Return the words that reach into the span, which is narrower than a word that swallowed a pause."""
        first = bisect_left(self.reached_s, span.start_s + EDGE_S)
        end = bisect_right(self.starts_s, span.end_s - EDGE_S)
        return [word for word in self.words[first:end] if word.end_s >= span.start_s + EDGE_S]

    def ends_sentence_between(self, start_s: float, end_s: float) -> bool:
        return bisect_left(self.sentence_ends_s, start_s) < bisect_right(self.sentence_ends_s, end_s)


def talk_overlaps(
    spans: Sequence[TalkSpan],
    spoken: Sequence[SpokenWords],
    *,
    backchannels: Backchannels,
    min_overlap_s: float,
) -> tuple[TalkOverlap, ...]:
    """Return the overlaps of `min_overlap_s` and more in the order of their start.

    `spans` are those of talk_spans, in order. Where both begin within 0.3 s, the first speaker is the one who
    goes on, because nobody can say who was first.
    """
    voices = {one.speaker.index: _voice(one.words) for one in spoken}
    punctuated = any(word.text.endswith(_SENTENCE_ENDS) for one in spoken for word in one.words)
    found: list[TalkOverlap] = []
    talking: list[TalkSpan] = []
    for place, second in enumerate(spans):
        talking = [span for span in talking if span.end_s > second.start_s]
        for first in talking:
            end_s = min(first.end_s, second.end_s)
            if first.speaker != second.speaker and round(end_s - second.start_s, 3) >= min_overlap_s:
                following = _next_speaker(spans, place + 1, first, second)
                earlier, later, kind = _judged(
                    first, second, following, voices, backchannels, punctuated=punctuated
                )
                found.append(
                    TalkOverlap(
                        kind=kind,
                        first_speaker=earlier.speaker,
                        second_speaker=later.speaker,
                        start_s=second.start_s,
                        end_s=end_s,
                    )
                )
        talking.append(second)
    return tuple(found)


def _voice(words: tuple[Word, ...]) -> _Voice:
    return _Voice(
        words=words,
        starts_s=[word.start_s for word in words],
        reached_s=list(accumulate((word.end_s for word in words), max)),
        sentence_ends_s=[
            word.end_s
            for word in words
            if word.text.endswith(_SENTENCE_ENDS) and not word.text.endswith(_BROKEN_OFF)
        ],
    )


def _next_speaker(spans: Sequence[TalkSpan], place: int, first: TalkSpan, second: TalkSpan) -> int | None:
    """Return who of the two talks next, soon after both spans; None when neither does."""
    end_s = max(first.end_s, second.end_s)
    for span in islice(spans, place, None):
        if span.start_s > end_s + _NEXT_S:
            return None
        if span.speaker in {first.speaker, second.speaker} and span.end_s > end_s:
            return span.speaker
    return None


def _judged(
    first: TalkSpan,
    second: TalkSpan,
    following: int | None,
    voices: Mapping[int, _Voice],
    backchannels: Backchannels,
    *,
    punctuated: bool,
) -> tuple[TalkSpan, TalkSpan, OverlapKind]:
    """Return who of the two was first, who was second, and what came of it."""
    goes_on_s = second.end_s - first.end_s
    takes_floor = goes_on_s > _ERROR_S or (goes_on_s >= -_ERROR_S and following == second.speaker)
    if takes_floor and second.start_s - first.start_s < _ERROR_S:
        first, second, takes_floor = second, first, False
    agrees = backchannels.is_one(voices[second.speaker].said_in(second), second.end_s - second.start_s)
    if agrees and (not takes_floor or following == first.speaker):
        return first, second, OverlapKind.BACKCHANNEL
    if not takes_floor:
        return first, second, OverlapKind.ATTEMPT
    yielded = backchannels.is_one(voices[first.speaker].said_in(first), first.end_s - first.start_s)
    if punctuated:
        ending = voices[first.speaker].ends_sentence_between(
            second.start_s - _ERROR_S, second.start_s + _SENTENCE_END_AHEAD_S
        )
    else:
        ending = first.end_s - second.start_s <= _SHORT_OVERLAP_S
    if yielded or ending:
        return first, second, OverlapKind.TURN_CHANGE
    return first, second, OverlapKind.INTERRUPTION
