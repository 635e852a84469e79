"""Two voices on one channel told apart, word by word.

Speech is embedded twice: in windows of a second at regular steps, which see a change of voice in the middle
of what the engine took for one sentence, and phrase by phrase between pauses and sentence ends, which never
mix two voices at a turn. The embeddings are split in two, every word is scored by both views, and a path
through the words decides, on which changing over is cheap after a sentence or in a pause and dear elsewhere.
Nothing here is random: the same sound and words give the same voices. docs/adr/0009 has the measurements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.speakers.roles import agent_score
from transcription.speakers.voice_features import MEL_COUNT, mel_frames
from transcription.speakers.voice_path import best_path, change_costs
from transcription.speakers.voice_phrases import (
    FRAMES_PER_S,
    WINDOW_FRAMES,
    cut_into_phrases,
    phrase_pieces,
    window_starts,
)
from transcription.speakers.voice_split import possible_splits, split_strength
from transcription.transcript import (
    SAMPLE_RATE_HZ,
    QualityWarning,
    RoleSource,
    Speaker,
    SpeakerRole,
    SpokenWords,
    WarningCode,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from transcription.engine import Samples
    from transcription.speakers.voice_embedding import Embeddings, VoiceEncoder
    from transcription.speakers.voice_phrases import Phrase
    from transcription.speakers.voice_split import Scores
    from transcription.transcript import Word

VOICES_REVISION: Final = 1
"""Part of the model version: whoever changes what separate_voices answers raises it."""

_BATCH: Final = 64
"""Stretches embedded together: half a second of work, so that a call nobody waits for ends soon."""

# The level the encoder was trained at, as a mean square.
_TRAINED_POWER: Final = 10 ** (-30 / 10)
_FULL_SCALE: Final = 32768.0
# A window says most about the words at its middle.
_WINDOW_REACH_S: Final = 0.25
# Windows overlap by half, so each counts for half a second of its own.
_WINDOW_WEIGHT: Final = 0.5
# What moves one voice splits its speech with a strength of up to 1.25 (docs/adr/0009).
_TWO_VOICES_STRENGTH: Final = 1.26
_PERHAPS_TWO_STRENGTH: Final = 0.4
_ALIKE_STRENGTH: Final = 1.0
# The log-odds by which one side must sound like an agent and the other like a customer.
_DIALOGUE_SCORE: Final = 2.0
_UNSURE_STRENGTH: Final = 1.5
# A split is good when phrases fall apart clearly and when it fits all windows; one of both alone may lie
# between loud and soft. A hundredth of mean cosine is worth a fifth of strength.
_WORTH_OF_FIT: Final = 20.0
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who says each word of a channel.

    `count` is 1 or 2. `voice` has the number of each word's voice: the first to speak is 0, the other 1.
    `confidence` says how sure that is for each word, 0 to 1. `strength` says how clearly the voices differ: 0
    is not at all, 1.3 hardly, 2 and more clearly.
    """

    count: int
    voice: tuple[int, ...]
    confidence: tuple[float, ...]
    strength: float


def separate_voices(
    samples: Samples,
    words: Sequence[Word],
    encoder: VoiceEncoder,
    *,
    language: str,
    check: Callable[[], None],
) -> Voices:
    """Tell the voices apart that say `words`, in the order spoken, on a channel.

    One voice alone is not split; where the sound leaves that open, what is said decides, in English only.
    More than two are not told apart: a third goes to the one it resembles. `check` is called often and raises
    when nobody waits for the answer any more. Memory grows by 4 kB for each second of speech.
    """
    phrases = cut_into_phrases(words)
    if not phrases:
        return Voices(count=1, voice=(), confidence=(), strength=0.0)
    candidates = [
        (math.log(max(strength, _TINY)) + _WORTH_OF_FIT * fit, strength, half_gap, scores)
        for fit, scores in _candidate_scores(samples, words, phrases, encoder, check)
        for strength, half_gap in [split_strength(phrases, scores)]
    ]
    _, strength, half_gap, scores = max(candidates, key=lambda candidate: candidate[0])
    voice = best_path(scores / half_gap, change_costs(words))
    if not _are_two(strength, words, voice, language):
        return Voices(count=1, voice=(0,) * len(words), confidence=(1.0,) * len(words), strength=strength)
    margins = np.where(voice == 1, scores, -scores) / half_gap
    # A usual word has a margin of 1. Measured on downmixed calls, this is rather too modest than too sure.
    confidence = 1 / (1 + np.exp(-strength * margins))
    return Voices(
        count=2,
        voice=tuple(int(number) for number in (1 - voice if voice[0] else voice)),
        confidence=tuple(float(number) for number in confidence),
        strength=strength,
    )


def spoken_by_voice(
    words: Sequence[Word], voices: Voices, *, channel: int, first_index: int
) -> tuple[SpokenWords, ...]:
    """Return the words of a channel by voice; roles are UNKNOWN and speakers count from `first_index`.

    A voice's separation confidence is the mean of its words'.
    """
    spoken = []
    for number in range(voices.count):
        own = [index for index, voice in enumerate(voices.voice) if voice == number]
        speaker = Speaker(
            index=first_index + number,
            channel=channel,
            role=SpeakerRole.UNKNOWN,
            role_confidence=0.0,
            role_source=RoleSource.SPEECH,
            separation_confidence=sum(voices.confidence[index] for index in own) / max(len(own), 1),
        )
        spoken.append(SpokenWords(speaker=speaker, words=tuple(words[index] for index in own)))
    return tuple(spoken)


def separation_warning(voices: Voices, *, channel: int) -> QualityWarning | None:
    """Return a warning where two voices could hardly be told apart, or perhaps not at all, else None."""
    if voices.strength >= _UNSURE_STRENGTH or (voices.count == 1 and voices.strength < _ALIKE_STRENGTH):
        return None
    measured = f"(strength {voices.strength:.1f}, sure from {_UNSURE_STRENGTH:g} on)"
    if voices.count == 1:
        message = (
            f"all words of channel {channel} were taken for one voice's, and there may be a second much like"
            f" it {measured}; record each side on a channel of its own"
        )
    else:
        message = (
            f"the two voices on channel {channel} are much alike {measured}, so some words may stand with the"
            " wrong speaker; record each side on a channel of its own"
        )
    return QualityWarning(code=WarningCode.SPEAKERS_UNSURE, channel=channel, message=message)


def _are_two(strength: float, words: Sequence[Word], voice: NDArray[np.int64], language: str) -> bool:
    if strength < _PERHAPS_TWO_STRENGTH or voice.min() == voice.max():
        return False
    if strength >= _TWO_VOICES_STRENGTH:
        return True
    # One person alone, cut in two, doesn't sound like an agent in one half and a customer in the other.
    texts = [" ".join(word.text for word, one in zip(words, voice, strict=True) if one == n) for n in (0, 1)]
    low, high = sorted(agent_score(text) for text in texts)
    return language == "en" and low <= -_DIALOGUE_SCORE and high >= _DIALOGUE_SCORE


def _candidate_scores(
    samples: Samples,
    words: Sequence[Word],
    phrases: Sequence[Phrase],
    encoder: VoiceEncoder,
    check: Callable[[], None],
) -> list[tuple[float, Scores]]:
    """Return the fit of possible splits, each with a score per word that is below 0 for one voice only."""
    windows = window_starts(words)
    pieces = list(phrase_pieces(phrases))
    stretches = [(start, WINDOW_FRAMES) for start in windows] + [(first, count) for _, first, count in pieces]
    weights = [_WINDOW_WEIGHT] * len(windows) + [min(count / WINDOW_FRAMES, 1.0) for *_, count in pieces]
    gain = _TRAINED_POWER / max(_speech_power(samples, words), _TINY)
    embeddings = _embed(samples, stretches, encoder, gain, check)
    owners = [index for index, *_ in pieces]
    candidates = []
    for split in possible_splits(embeddings, np.array(weights)):
        by_window, by_piece = np.split(embeddings @ split.direction, [len(windows)])
        scores = _scores_by_window(words, windows, by_window) + _scores_by_phrase(phrases, owners, by_piece)
        candidates.append((split.fit, scores))
    return candidates


def _speech_power(samples: Samples, words: Sequence[Word]) -> float:
    """Return the mean square of the samples under words, full scale 1."""
    total, count = 0.0, 0
    for word in words:
        sound = samples[int(word.start_s * SAMPLE_RATE_HZ) : int(word.end_s * SAMPLE_RATE_HZ)]
        total += float(np.square(np.asarray(sound, dtype=np.float64) / _FULL_SCALE).sum())
        count += len(sound)
    return total / max(count, 1)


def _embed(
    samples: Samples,
    stretches: Sequence[tuple[int, int]],
    encoder: VoiceEncoder,
    power_gain: float,
    check: Callable[[], None],
) -> Embeddings:
    """Embed stretches of sound; one shorter than a window is repeated until the window is full."""
    embedded = []
    for batch in range(0, len(stretches), _BATCH):
        check()
        mels = [
            np.resize(mel_frames(samples, first, count), (WINDOW_FRAMES, MEL_COUNT))
            for first, count in stretches[batch : batch + _BATCH]
        ]
        embedded.append(encoder.embed(np.stack(mels) * np.float32(power_gain)))
    return np.concatenate(embedded)


def _scores_by_window(words: Sequence[Word], windows: Sequence[int], scores: Scores) -> Scores:
    middles_s = (np.array(windows) + WINDOW_FRAMES / 2) / FRAMES_PER_S
    by_word = np.empty(len(words))
    for index, word in enumerate(words):
        word_s = (word.start_s + word.end_s) / 2
        low, high = np.searchsorted(middles_s, [word_s - 4 * _WINDOW_REACH_S, word_s + 4 * _WINDOW_REACH_S])
        weights = np.exp(-0.5 * np.square((middles_s[low:high] - word_s) / _WINDOW_REACH_S))
        by_word[index] = (weights * scores[low:high]).sum() / weights.sum()
    return by_word


def _scores_by_phrase(phrases: Sequence[Phrase], phrase_of_piece: Sequence[int], scores: Scores) -> Scores:
    owner = np.array(phrase_of_piece)
    means = np.bincount(owner, weights=scores) / np.bincount(owner)
    return np.asarray(np.repeat(means, [phrase.last - phrase.first for phrase in phrases]))
