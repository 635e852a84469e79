"""From the sound of a window to words with times: encode, generate, align, each for a whole batch."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.speech.heard_words import RawWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctranslate2 import StorageView
    from ctranslate2.models import WhisperAlignmentResult
    from faster_whisper import WhisperModel

Sound = NDArray[np.float32]
"""What is listened to at once, shape (samples,), 16 kHz, full scale ±1, at most 30 s."""

_FRAMES_PER_S: Final = 100
_WINDOW_FRAMES: Final = 3000
_TOKENS_PER_S: Final = 50
MAX_COMPRESSION_RATIO: Final = 2.4
"""Text that zlib makes shorter than this repeats itself: Whisper's own threshold for a decoder that loops."""

_MEDIAN_FILTER_WIDTH: Final = 7
_SENTENCE_ENDS: Final = (".", "?", "!", "…", "。", "？", "！")  # noqa: RUF001 - marks of Chinese and Japanese
_TINY: Final = 1e-10
# As in faster-whisper: marks that belong to the word behind them, and to the one before them.
_PREPENDED: Final = "\"'“¿([{-"
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - marks of Chinese and Japanese


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the decoder wrote for one window: text tokens, and how much it believes in them.

    `avg_logprob` is the mean natural logarithm of a token's probability. `no_speech` is the probability that
    nobody speaks, which the decoder gives before its first word.
    """

    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech: float
    compression_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A sentence that the decoder wrote: its words in time of the window, at least one.

    `avg_logprob` is the mean natural logarithm of its tokens' probabilities, `no_speech` that of its window.
    """

    words: tuple[RawWord, ...]
    avg_logprob: float
    compression_ratio: float
    no_speech: float


class WindowDecoder:
    """Hears windows in one language with one vocabulary; not to be used from two threads at once."""

    def __init__(
        self,
        model: WhisperModel,
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        max_vocabulary_tokens: int = 0,
    ) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        words = self._tokenizer.encode(" " + ", ".join(vocabulary)) if vocabulary else []
        self._vocabulary = words[:max_vocabulary_tokens]
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])

    def language(self, sounds: Sequence[Sound]) -> tuple[str, float]:
        """Return the language that is most probable over all sounds, and its mean probability."""
        if not sounds:
            return "en", 0.0
        total: dict[str, float] = {}
        for found in self._model.model.detect_language(_storage(self.encode(sounds))):
            for token, probability in found:
                name = token.strip("<|>")
                total[name] = total.get(name, 0.0) + probability
        likeliest = max(total, key=lambda name: (total[name], name))
        return likeliest, total[likeliest] / len(sounds)

    def encode(self, sounds: Sequence[Sound]) -> NDArray[np.float32]:
        """Return what the encoder makes of each sound, shape (sounds, 1500, width)."""
        features = np.zeros((len(sounds), self._model.feature_extractor.mel_filters.shape[0], _WINDOW_FRAMES))
        features = features.astype(np.float32)
        for row, sound in zip(features, sounds, strict=True):
            spectrum = self._model.feature_extractor(sound)[:, :_WINDOW_FRAMES]
            row[:, : spectrum.shape[1]] = spectrum
        return np.asarray(self._model.encode(features))

    def generate(
        self, encoded: NDArray[np.float32], *, beam_size: int, with_timestamps: bool = False
    ) -> list[Hypothesis]:
        """Return the most probable text of each encoded window.

        `with_timestamps` has the decoder note times between utterances, which it does instead of going round
        in circles, and which makes it miss more words.
        """
        prompt = self._model.get_prompt(
            self._tokenizer, previous_tokens=self._vocabulary, without_timestamps=not with_timestamps
        )
        results = self._model.model.generate(
            _storage(encoded),
            [list(prompt) for _ in encoded],
            beam_size=beam_size,
            max_length=self._model.max_length,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        hypotheses = []
        for result in results:
            tokens = result.sequences_ids[0]
            text = tuple(token for token in tokens if token < self._tokenizer.eot)
            hypotheses.append(
                Hypothesis(
                    tokens=text,
                    # The score is a mean over the tokens without the last one, which ends the text.
                    avg_logprob=result.scores[0] * len(tokens) / (len(tokens) + 1),
                    no_speech=float(result.no_speech_prob),
                    compression_ratio=compression_ratio(self._tokenizer.decode(list(text))),
                )
            )
        return hypotheses

    def align(
        self, encoded: NDArray[np.float32], hypotheses: Sequence[Hypothesis], durations_s: Sequence[float]
    ) -> list[list[Utterance]]:
        """Return the utterances of each hypothesis with their words' times and probabilities."""
        aligned: list[list[Utterance]] = [[] for _ in hypotheses]
        spoken = [index for index, hypothesis in enumerate(hypotheses) if hypothesis.tokens]
        if not spoken:
            return aligned
        alignments = self._model.model.align(
            _storage(encoded[spoken]),
            self._tokenizer.sot_sequence,
            [list(hypotheses[index].tokens) for index in spoken],
            [min(ceil(durations_s[index]) * _FRAMES_PER_S, _WINDOW_FRAMES) for index in spoken],
            median_filter_width=_MEDIAN_FILTER_WIDTH,
        )
        for index, alignment in zip(spoken, alignments, strict=True):
            aligned[index] = self._aligned(alignment, hypotheses[index])
        return aligned

    def _aligned(self, alignment: WhisperAlignmentResult, hypothesis: Hypothesis) -> list[Utterance]:
        from faster_whisper.transcribe import merge_punctuations

        words, word_tokens = self._tokenizer.split_to_word_tokens([*hypothesis.tokens, self._tokenizer.eot])
        bounds = np.concatenate([[0], np.cumsum([len(part) for part in word_tokens[:-1]])])
        token_index = np.array([pair[0] for pair in alignment.alignments])
        time_index = np.array([pair[1] for pair in alignment.alignments])
        jumps = np.concatenate([[True], np.diff(token_index).astype(bool)])
        times_s = time_index[jumps] / _TOKENS_PER_S
        probabilities = np.asarray(alignment.text_token_probs, dtype=np.float64)
        timings: list[dict[str, Any]] = [
            {
                "word": word,
                "tokens": list(part),
                "start": float(times_s[first]),
                "end": float(times_s[last]),
                "probability": float(probabilities[first:last].mean()),
            }
            for word, part, first, last in zip(words, word_tokens, bounds[:-1], bounds[1:], strict=False)
        ]
        merge_punctuations(timings, _PREPENDED, _APPENDED)
        utterances: list[Utterance] = []
        parts: list[RawWord] = []
        first = reached = 0
        for index, timing in enumerate(timings):
            reached += len(timing["tokens"])
            if timing["word"]:
                parts.append(
                    RawWord(
                        text=timing["word"],
                        start_s=timing["start"],
                        end_s=timing["end"],
                        confidence=timing["probability"],
                    )
                )
            is_last = index == len(timings) - 1
            if parts and (is_last or timing["word"].endswith(_SENTENCE_ENDS)):
                utterances.append(
                    Utterance(
                        words=tuple(parts),
                        avg_logprob=float(np.log(np.maximum(probabilities[first:reached], _TINY)).mean()),
                        compression_ratio=compression_ratio("".join(part.text for part in parts)),
                        no_speech=hypothesis.no_speech,
                    )
                )
                parts, first = [], reached
        return utterances


def compression_ratio(text: str) -> float:
    """Return how much shorter zlib makes the text: above 2.4 it repeats itself (Whisper's own measure)."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))


def _storage(encoded: NDArray[np.float32]) -> StorageView:
    import ctranslate2

    return ctranslate2.StorageView.from_array(np.ascontiguousarray(encoded))
