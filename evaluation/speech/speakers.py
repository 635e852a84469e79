"""Whether a downmixed call's words go to the right speaker, and the speakers to the right roles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.transcript import SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from evaluation.speech.listening import HeardTurn
    from evaluation.speech.times import Span

_FRAMES_PER_S: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerShare:
    """Seconds of our words on one downmixed call while exactly one of the two speakers really talks.

    `right_speaker_s` are those given to the right one of two voices, whatever these are called;
    `right_role_s` those whose turn has the right role.
    """

    judged_s: float
    right_speaker_s: float
    right_role_s: float

    @property
    def has_right_roles(self) -> bool:
        """Whether our agent is the agent rather than the customer: more than half of the time."""
        return self.right_role_s * 2 > self.judged_s


def compare_speakers(
    turns: Sequence[HeardTurn], truth: Mapping[SpeakerRole, Sequence[Span]], duration_s: float
) -> SpeakerShare:
    """Compare the turns of a downmix with when agent and customer really talk.

    Each true speaker is matched with another of our voices, the way that fits best. Time in which both or
    neither of them talk is left out.
    """
    frames = int(np.ceil(duration_s * _FRAMES_PER_S)) + 1
    talks = {role: _frames(spans, frames) for role, spans in truth.items()}
    sole = {
        role: own & ~np.any([other for name, other in talks.items() if name is not role], axis=0)
        for role, own in talks.items()
    }
    by_voice: defaultdict[int, defaultdict[SpeakerRole, float]] = defaultdict(lambda: defaultdict(float))
    judged_s = right_role_s = 0.0
    for turn in turns:
        spoken = np.zeros(frames, dtype=np.int64)
        for word in turn.words:
            spoken[_bounds((word.start_s, word.end_s))] += 1
        for role, alone in sole.items():
            seconds = float((spoken * alone).sum()) / _FRAMES_PER_S
            by_voice[turn.voice][role] += seconds
            judged_s += seconds
            right_role_s += seconds if turn.role is role else 0.0
    # A call heard as one voice leaves a speaker unmatched.
    voices = [*by_voice.values(), *(defaultdict[SpeakerRole, float](float) for _ in sole)]
    return SpeakerShare(
        judged_s=judged_s,
        right_speaker_s=max(
            sum(voice[role] for voice, role in zip(matched, sole, strict=True))
            for matched in permutations(voices, len(sole))
        ),
        right_role_s=right_role_s,
    )


def _frames(spans: Iterable[Span], frames: int) -> NDArray[np.bool_]:
    covered = np.zeros(frames, dtype=np.bool_)
    for span in spans:
        covered[_bounds(span)] = True
    return covered


def _bounds(span: Span) -> slice:
    return slice(round(span[0] * _FRAMES_PER_S), round(span[1] * _FRAMES_PER_S))
