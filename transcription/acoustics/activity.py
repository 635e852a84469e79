"""How fast the speakers answer each other, and each one's share of the call. Pure."""

from __future__ import annotations

from bisect import bisect_right
from statistics import median
from typing import TYPE_CHECKING

from transcription.acoustics.talk import REACH_S
from transcription.acoustics.values import OverlapKind, Response, SpeakerActivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.acoustics.values import QuietSpan, TalkOverlap, TalkSpan
    from transcription.transcript import SpokenWords, Turn


def responses(turns: Sequence[Turn], spans: Sequence[TalkSpan]) -> tuple[Response, ...]:
    """Return the changes of speaker in the order of turns.

    A turn within one of the other speaker's, as "mm-hmm" in a sentence, leaves the floor where it is and is
    no change. Starts and ends are those of talk spans where they differ from word times.
    """
    edges = _Edges(spans)
    found: list[Response] = []
    floor: tuple[int, float] | None = None
    reached_s: dict[int, float] = {}
    for index, turn in enumerate(turns):
        speaker = turn.speaker.index
        last_s = max(word.end_s for word in turn.words)
        within = any(end_s >= last_s for other, end_s in reached_s.items() if other != speaker)
        reached_s[speaker] = max(reached_s.get(speaker, 0.0), last_s)
        if within:
            continue
        start_s, end_s = edges.of(turn)
        if floor is not None and floor[0] != speaker:
            found.append(Response(turn=index, latency_s=round(start_s - floor[1], 3)))
        floor = (speaker, end_s)
    return tuple(found)


def speaker_activity(
    spoken: Sequence[SpokenWords],
    turns: Sequence[Turn],
    spans: Sequence[TalkSpan],
    overlaps: Sequence[TalkOverlap],
    answers: Sequence[Response],
    quiet: Sequence[QuietSpan],
) -> tuple[SpeakerActivity, ...]:
    """Return one activity for each speaker, in the order of their indexes.

    An answer behind a hold is no slow answer and left out of the latencies.
    """
    lengths_s: dict[int, list[float]] = {one.speaker.index: [] for one in spoken}
    for span in spans:
        lengths_s[span.speaker].append(span.end_s - span.start_s)
    everybody_s = sum(sum(lengths) for lengths in lengths_s.values())
    latencies_s: dict[int, list[float]] = {one.speaker.index: [] for one in spoken}
    holds = [span for span in quiet if span.hold]
    for answer in answers:
        turn = turns[answer.turn]
        if not _behind_hold(turn.words[0].start_s, answer.latency_s, holds):
            latencies_s[turn.speaker.index].append(answer.latency_s)
    activities = []
    for one in sorted(spoken, key=lambda one: one.speaker.index):
        index = one.speaker.index
        talk_s, latencies = sum(lengths_s[index]), latencies_s[index]
        activities.append(
            SpeakerActivity(
                speaker=index,
                talk_s=round(talk_s, 3),
                talk_share=min(talk_s / everybody_s, 1.0) if everybody_s else 0.0,
                words_per_minute=60 * len(one.words) / talk_s if talk_s else 0.0,
                median_latency_s=round(median(latencies), 3) if latencies else None,
                longest_latency_s=max(latencies, default=None),
                interruption_count=sum(
                    overlap.kind is OverlapKind.INTERRUPTION and overlap.second_speaker == index
                    for overlap in overlaps
                ),
                longest_talk_s=round(max(lengths_s[index], default=0.0), 3),
            )
        )
    return tuple(activities)


class _Edges:
    """Finds when a turn is to be heard first and last."""

    def __init__(self, spans: Sequence[TalkSpan]) -> None:
        self._spans: dict[int, list[TalkSpan]] = {}
        for span in spans:
            self._spans.setdefault(span.speaker, []).append(span)
        self._starts_s = {speaker: [span.start_s for span in own] for speaker, own in self._spans.items()}

    def of(self, turn: Turn) -> tuple[float, float]:
        speaker, first = turn.speaker.index, turn.words[0]
        last = max(turn.words, key=lambda word: word.end_s)
        opening = self._nearest(speaker, (first.start_s + first.end_s) / 2)
        closing = self._nearest(speaker, (last.start_s + last.end_s) / 2)
        start_s, end_s = first.start_s, last.end_s
        # A span that begins far ahead of the turn began with the turn before it.
        if opening is not None and start_s - REACH_S <= opening.start_s <= first.end_s:
            start_s = opening.start_s
        if closing is not None and last.start_s <= closing.end_s <= end_s + REACH_S:
            end_s = closing.end_s
        return start_s, end_s

    def _nearest(self, speaker: int, moment_s: float) -> TalkSpan | None:
        own = self._spans.get(speaker, [])
        place = bisect_right(self._starts_s.get(speaker, []), moment_s)
        beside = own[max(0, place - 1) : place + 1]
        return min(
            beside,
            key=lambda span: max(span.start_s - moment_s, moment_s - span.end_s, 0.0),
            default=None,
        )


def _behind_hold(start_s: float, latency_s: float, holds: Sequence[QuietSpan]) -> bool:
    return any(span.start_s < start_s and span.end_s > start_s - latency_s for span in holds)
