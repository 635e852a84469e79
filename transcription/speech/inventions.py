"""What the decoder wrote and nobody said: which utterances are not believed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcription.speech.decoding import MAX_COMPRESSION_RATIO
from transcription.transcript import RemovalReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transcription.speech.decoding import Utterance
    from transcription.speech.speech_detection import Probabilities

# Words that follow each other faster than anybody speaks have been squeezed in by a decoder that loops.
_MAX_WORDS_PER_S: Final = 9.0
_LEAST_WORDS: Final = 8
# "Yeah. Yeah. Yeah." is said; a decoder that loops writes it until the window is full.
_LOOP_UTTERANCES: Final = 4
# Whisper's own thresholds for silence. Over tones, music and noise the decoder gives 0.7 and more, over
# speech hardly ever above 0.2.
_NO_SPEECH: Final = 0.6
_DOUBTFUL_LOGPROB: Final = -1.0
_VOICED: Final = 0.5


def invented(utterance: Utterance, *, voice: float, min_avg_logprob: float) -> RemovalReason | None:
    """Return why the utterance is taken for an invention, None where it is believed.

    `voice` is the mean probability of speech under its words, 0 to 1, by the voice detector. Not to be
    believed is what repeats itself or is faster than speech; what the decoder takes for silence and neither
    its own probability nor the detector stands up for; and what it finds less probable than
    `min_avg_logprob` (mean natural logarithm of a token's probability) where the detector finds no voice.
    """
    if utterance.compression_ratio > MAX_COMPRESSION_RATIO or _too_fast(utterance):
        return RemovalReason.REPETITION
    if utterance.no_speech > _NO_SPEECH and (voice < _VOICED or utterance.avg_logprob < _DOUBTFUL_LOGPROB):
        return RemovalReason.NOT_SPEECH
    if utterance.avg_logprob < min_avg_logprob and voice < _VOICED:
        return RemovalReason.LOW_PROBABILITY
    return None


def looping(utterances: Sequence[Utterance]) -> set[int]:
    """Return the indices of utterances in a row that say the same, where that is more than people repeat."""
    said = [_letters(utterance) for utterance in utterances]
    found: set[int] = set()
    first = 0
    for index in range(1, len(said) + 1):
        if index < len(said) and said[index] == said[first]:
            continue
        if index - first >= _LOOP_UTTERANCES:
            found.update(range(first, index))
        first = index
    return found


def _letters(utterance: Utterance) -> str:
    text = "".join(word.text for word in utterance.words)
    return "".join(character for character in text.casefold() if character.isalnum())


def _too_fast(utterance: Utterance) -> bool:
    count = len(utterance.words)
    if count < _LEAST_WORDS:
        return False
    spoken_s = utterance.words[-1].end_s - utterance.words[0].start_s
    return count > _MAX_WORDS_PER_S * spoken_s


def voice_under(spans: Sequence[tuple[int, int]], probabilities: Probabilities) -> float:
    """Return the mean probability of speech in spans, first frame and past the last; 0 without any."""
    frames = sum(end - first for first, end in spans)
    if not frames:
        return 0.0
    return float(sum(probabilities[first:end].sum() for first, end in spans) / frames)
