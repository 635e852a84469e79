"""How well the words' times fit the reference segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.speech.calls import Segment
    from transcription.transcript import Word

Span = tuple[float, float]
"""Start and end in seconds."""

# Who segments by ear hears no pause in a gap as short as this one.
JOINED_GAP_S: Final = 0.3


def joined_spans(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Return what the spans cover, in order and without overlap; gaps up to `gap_s` are filled."""
    joined: list[Span] = []
    for start_s, end_s in sorted(spans):
        if joined and start_s - joined[-1][1] <= gap_s:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined


def talk_spans(words: Sequence[Word]) -> list[Span]:
    """Return when somebody talks, by the words: gaps up to 0.3 s belong to the talk."""
    return joined_spans(((word.start_s, word.end_s) for word in words), JOINED_GAP_S)


def segment_spans(segments: Sequence[Segment]) -> list[Span]:
    """Return when somebody talks, by the reference, with gaps filled in the same way."""
    return joined_spans(((segment.start_s, segment.end_s) for segment in segments), JOINED_GAP_S)


def length_s(spans: Iterable[Span]) -> float:
    """Return the seconds in spans that don't overlap."""
    return sum(end_s - start_s for start_s, end_s in spans)


def start_errors_s(segments: Sequence[Segment], words: Sequence[Word]) -> list[float]:
    """Return by how much the first word of each reference segment starts too early or too late, in seconds.

    A word belongs to the segment of its channel that it shares most time with; the first that belongs to a
    segment is compared with the segment's start. Segments without a word of ours count in lost words, and
    not here.
    """
    first_start_s: dict[int, float] = {}
    for word in words:
        shared = [
            (min(word.end_s, segment.end_s) - max(word.start_s, segment.start_s)) for segment in segments
        ]
        if not shared or max(shared) <= 0:
            continue
        index = shared.index(max(shared))
        first_start_s[index] = min(first_start_s.get(index, word.start_s), word.start_s)
    return [abs(start_s - segments[index].start_s) for index, start_s in sorted(first_start_s.items())]
