"""Which detected speech has no words: what the decoder skipped is to be heard again, on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speech.speech_detection import FRAME_S, FRAME_SAMPLES, Probabilities, Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from transcription.speech.heard_words import RawWord

# Frames in which somebody speaks for certain; those in doubt may be breath or noise.
_CERTAIN: Final = 0.5
# The aligner is that wrong about where a word begins and ends.
_WORD_MARGIN_S: Final = 0.24
# Pauses within one lost utterance.
_JOINED_FRAMES: Final = 16
_PAD_FRAMES: Final = 8


def lost_regions(
    regions: Sequence[Region],
    words: Iterable[RawWord],
    probabilities: Probabilities,
    *,
    min_lost_s: float,
) -> list[Region]:
    """Return the parts of `regions` in which speech of at least `min_lost_s` is certain and no word lies.

    Regions, words' times and `probabilities` are those of one channel. The parts come in order, a quarter
    of a second wider than the speech and within their region, so that words at their edges are whole.
    """
    if not regions:
        return []
    first_frame = regions[0].start // FRAME_SAMPLES
    end_frame = -(-regions[-1].end // FRAME_SAMPLES)
    lost = np.zeros(end_frame - first_frame, dtype=np.bool_)
    for start, end in regions:
        frames = slice(start // FRAME_SAMPLES - first_frame, end // FRAME_SAMPLES - first_frame)
        lost[frames] = probabilities[first_frame:end_frame][frames] >= _CERTAIN
    for word in words:
        first = int((word.start_s - _WORD_MARGIN_S) / FRAME_S) - first_frame
        end = int((word.end_s + _WORD_MARGIN_S) / FRAME_S) + 1 - first_frame
        lost[max(first, 0) : max(end, 0)] = False
    found: list[Region] = []
    for region in regions:
        low, high = region.start // FRAME_SAMPLES, -(-region.end // FRAME_SAMPLES)
        frames_lost = np.flatnonzero(lost[low - first_frame : high - first_frame]) + low
        found.extend(
            Region(
                max(region.start, (int(run[0]) - _PAD_FRAMES) * FRAME_SAMPLES),
                min(region.end, (int(run[-1]) + 1 + _PAD_FRAMES) * FRAME_SAMPLES),
            )
            for run in np.split(frames_lost, np.flatnonzero(np.diff(frames_lost) > _JOINED_FRAMES) + 1)
            if len(run) * FRAME_S >= min_lost_s
        )
    return found
