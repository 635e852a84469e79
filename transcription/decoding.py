"""From the sound of a window to words with times: encode, generate, align, each for a whole batch."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.heard_words import RawWord

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
_TIMESTAMP_S: Final = 0.02
MAX_COMPRESSION_RATIO: Final = 2.4
"""Text that zlib makes shorter than this repeats itself: Whisper's own threshold for a decoder that loops."""

_MEDIAN_FILTER_WIDTH: Final = 7
# As in faster-whisper: marks that belong to the word behind them, and to the one before them.
_PREPENDED: Final = "\"'“¿([{-"
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - marks of Chinese and Japanese


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the decoder wrote for one window: token ids with timestamps, and how much it believes in them.

    `avg_logprob` is the mean natural logarithm of a token's probability. `no_speech` is the probability that
    nobody speaks, which the decoder gives before its first word.
    """

    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech: float
    compression_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedSegment:
    """What the decoder takes for one utterance: words in time of the window.

    `start_s` and `end_s` are the decoder's own, coarser than the words'.
    """

    words: tuple[RawWord, ...]
    start_s: float
    end_s: float
    avg_logprob: float
    compression_ratio: float
    no_speech: float


class WindowDecoder:
    """Hears windows in one language with one prompt; not to be used from two threads at once."""

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
        self._prompt = model.get_prompt(self._tokenizer, previous_tokens=words[:max_vocabulary_tokens])
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

    def generate(self, encoded: NDArray[np.float32], *, beam_size: int) -> list[Hypothesis]:
        """Return the most probable text of each encoded window."""
        results = self._model.model.generate(
            _storage(encoded),
            [list(self._prompt) for _ in encoded],
            beam_size=beam_size,
            max_length=self._model.max_length,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        hypotheses = []
        for result in results:
            tokens = tuple(result.sequences_ids[0])
            hypotheses.append(
                Hypothesis(
                    tokens=tokens,
                    # The score is a mean over the tokens without the last one, which ends the text.
                    avg_logprob=result.scores[0] * len(tokens) / (len(tokens) + 1),
                    no_speech=float(result.no_speech_prob),
                    compression_ratio=compression_ratio(self._tokenizer.decode(list(tokens))),
                )
            )
        return hypotheses

    def align(
        self, encoded: NDArray[np.float32], hypotheses: Sequence[Hypothesis], durations_s: Sequence[float]
    ) -> list[list[DecodedSegment]]:
        """Return the segments of each hypothesis with their words' times and probabilities."""
        texts = [self._segments(hypothesis) for hypothesis in hypotheses]
        token_lists = [[token for _, _, tokens in text for token in tokens] for text in texts]
        spoken = [index for index, tokens in enumerate(token_lists) if tokens]
        aligned: list[list[DecodedSegment]] = [[] for _ in hypotheses]
        if not spoken:
            return aligned
        alignments = self._model.model.align(
            _storage(encoded[spoken]),
            self._tokenizer.sot_sequence,
            [token_lists[index] for index in spoken],
            [min(ceil(durations_s[index]) * _FRAMES_PER_S, _WINDOW_FRAMES) for index in spoken],
            median_filter_width=_MEDIAN_FILTER_WIDTH,
        )
        for index, alignment in zip(spoken, alignments, strict=True):
            aligned[index] = self._aligned(texts[index], token_lists[index], alignment, hypotheses[index])
        return aligned

    def _segments(self, hypothesis: Hypothesis) -> list[tuple[float, float, list[int]]]:
        """Split the tokens at timestamps: start, end, text tokens of each."""
        begin = self._tokenizer.timestamp_begin
        segments: list[tuple[float, float, list[int]]] = []
        start_s, text = 0.0, []
        for token in hypothesis.tokens:
            if token < self._tokenizer.eot:
                text.append(token)
            elif token >= begin:
                time_s = (token - begin) * _TIMESTAMP_S
                if text:
                    segments.append((start_s, time_s, text))
                    text = []
                start_s = time_s
        if text:
            segments.append((start_s, _WINDOW_FRAMES / _FRAMES_PER_S, text))
        return segments

    def _aligned(
        self,
        texts: list[tuple[float, float, list[int]]],
        tokens: list[int],
        alignment: WhisperAlignmentResult,
        hypothesis: Hypothesis,
    ) -> list[DecodedSegment]:
        from faster_whisper.transcribe import merge_punctuations

        words, word_tokens = self._tokenizer.split_to_word_tokens([*tokens, self._tokenizer.eot])
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
        segments, timing, reached = [], 0, 0
        for start_s, end_s, text in texts:
            end = reached + len(text)
            first, parts = reached, []
            while timing < len(timings) and reached < end:
                entry = timings[timing]
                if entry["word"]:
                    parts.append(
                        RawWord(
                            text=entry["word"],
                            start_s=entry["start"],
                            end_s=entry["end"],
                            confidence=entry["probability"],
                        )
                    )
                reached += len(entry["tokens"])
                timing += 1
            own = probabilities[first:reached]
            segments.append(
                DecodedSegment(
                    words=tuple(parts),
                    start_s=start_s,
                    end_s=end_s,
                    avg_logprob=float(np.log(np.maximum(own, 1e-10)).mean()) if len(own) else 0.0,
                    compression_ratio=compression_ratio(self._tokenizer.decode(text)),
                    no_speech=hypothesis.no_speech,
                )
            )
        return segments


def compression_ratio(text: str) -> float:
    """Return how much shorter zlib makes the text: above 2.4 it repeats itself (Whisper's own measure)."""
    encoded = text.encode()
    return len(encoded) / len(zlib.compress(encoded))


def _storage(encoded: NDArray[np.float32]) -> StorageView:
    import ctranslate2

    return ctranslate2.StorageView.from_array(np.ascontiguousarray(encoded))
