"""What transcription would have measured of a call, made by hand: speaker 0 is the agent, 1 the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scoring.domain.acoustics import Acoustics, OverlapKind, QuietSpan, Response, SpeakerActivity, TalkOverlap
from scoring.domain.transcript import Role, Speaker, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPEAKERS = (Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)


def measured(
    transcript: Transcript,
    *,
    quiet: Sequence[tuple[str, float, float]] = (),
    overlaps: Sequence[tuple[str, str, float, float]] = (),
    latencies: Sequence[tuple[int, float]] = (),
    talk_s: tuple[float, float] = (60.0, 60.0),
    wpm: tuple[float, float] = (160.0, 160.0),
    duration_s: float | None = None,
    role_confidence: float = 1.0,
) -> Transcript:
    """The transcript with these measurements.

    `quiet` holds (kind, start, end), `overlaps` (kind, "A" or "C" who talked first, start, end), `latencies`
    (turn, seconds); `talk_s` and `wpm` are the agent's and the customer's.
    """
    return replace(
        transcript,
        duration_s=transcript.duration_s if duration_s is None else duration_s,
        turns=tuple(replace(turn, speaker=_SPEAKERS.index(turn.role)) for turn in transcript.turns),
        speakers=tuple(Speaker(role=role, role_confidence=role_confidence) for role in _SPEAKERS[:2]),
        acoustics=Acoustics(
            quiet_spans=tuple(
                QuietSpan(
                    kind=kind,
                    start_s=start_s,
                    end_s=end_s,
                    is_hold=end_s - start_s >= (3 if kind in {"MUSIC", "RINGBACK"} else 10),
                )
                for kind, start_s, end_s in quiet
            ),
            overlaps=tuple(
                TalkOverlap(
                    kind=OverlapKind[kind],
                    first_speaker="AC".index(first),
                    second_speaker="CA".index(first),
                    start_s=start_s,
                    end_s=end_s,
                )
                for kind, first, start_s, end_s in overlaps
            ),
            responses=tuple(Response(turn=turn, latency_s=latency_s) for turn, latency_s in latencies),
            activity=tuple(
                SpeakerActivity(talk_s=seconds, words_per_minute=rate)
                for seconds, rate in zip(talk_s, wpm, strict=True)
            ),
        ),
    )
