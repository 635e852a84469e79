"""What the decoder wrote and nobody said: which utterances are not believed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from transcription.decoding import MAX_COMPRESSION_RATIO
from transcription.transcript import RemovalReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.decoding import DecodedSegment
    from transcription.speech_detection import Probabilities

# Words that follow each other faster than anybody speaks have been squeezed in by a decoder that loops.
_MAX_WORDS_PER_S: Final = 9.0
_LEAST_WORDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """From where on an utterance is not believed.

    `min_avg_logprob` holds for any utterance and `min_avg_logprob_unvoiced` for one under which the voice
    detector is on average below `voiced`; both are mean natural logarithms of a token's probability.
    """

    min_avg_logprob: float
    min_avg_logprob_unvoiced: float
    voiced: float


def invented(segment: DecodedSegment, *, voice: float, doubts: Doubts) -> RemovalReason | None:
    """Return why the utterance is taken for an invention, None where it is believed.

    `voice` is the mean probability of speech under its words, 0 to 1.
    """
    if segment.compression_ratio > MAX_COMPRESSION_RATIO or _too_fast(segment):
        return RemovalReason.REPETITION
    if voice < doubts.voiced and segment.avg_logprob < doubts.min_avg_logprob_unvoiced:
        return RemovalReason.NOT_SPEECH
    if segment.avg_logprob < doubts.min_avg_logprob:
        return RemovalReason.LOW_PROBABILITY
    return None


def _too_fast(segment: DecodedSegment) -> bool:
    count = len(segment.words)
    if count < _LEAST_WORDS:
        return False
    spoken_s = segment.words[-1].end_s - segment.words[0].start_s
    return count > _MAX_WORDS_PER_S * spoken_s


def voice_under(spans: Sequence[tuple[int, int]], probabilities: Probabilities) -> float:
    """Return the mean probability of speech in spans, first frame and past the last; 0 without any."""
    frames = sum(end - first for first, end in spans)
    if not frames:
        return 0.0
    return float(sum(probabilities[first:end].sum() for first, end in spans) / frames)
