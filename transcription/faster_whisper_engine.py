"""The speech engine on faster-whisper. The only module that imports it."""

from __future__ import annotations

from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.engine import ChannelHearing, HeardSegment
from transcription.heard_words import RawWord, clean_words
from transcription.loudness import frame_levels, is_silent, levelling_gain, slice_bounds
from transcription.transcript import SAMPLE_RATE_HZ
from transcription.weights import WeightsError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from transcription.engine import Samples
    from transcription.settings import TranscriptionSettings
    from transcription.transcript import Word
    from transcription.weights import Weights

# Raised when this module hears differently with the same settings and libraries.
_HEARING_REVISION: Final = 1
# Voice detection and spectra of a whole slice are in memory at once; ten minutes need about 150 MB.
_SLICE_S: Final = 600.0
_CUT_SEARCH_S: Final = 60.0
_MIN_SILENCE_MS: Final = 160
# Text that shrinks this much under zlib repeats itself; Whisper's own threshold for a decoder that loops.
_MAX_COMPRESSION_RATIO: Final = 2.4
# Everything whose change can change a word.
_LIBRARIES: Final = ("faster-whisper", "ctranslate2", "onnxruntime", "tokenizers", "numpy")


class FasterWhisperEngine:
    """Hears with CTranslate2 on the CPU: a channel is levelled, its speech found, and decoded in batches.

    Construction loads the weights (a second or two). Raises WeightsError when they can't be loaded.
    """

    def __init__(self, weights: Weights, settings: TranscriptionSettings) -> None:
        # Here, because it imports the neural libraries, which the server's own process does without.
        from transcription.whisper_model import load_whisper

        self._model = load_whisper(weights, settings)
        self._settings = settings
        self.languages = frozenset(self._model.supported_languages)
        self.model_version = " ".join(
            [
                *(f"{library}/{version(library)}" for library in _LIBRARIES),
                f"model={weights.label}",
                f"path={self._model.path_label}",
                f"beam={settings.beam_size}",
                f"batch={settings.batch_size}",
                f"vad={settings.vad_threshold:g}",
                f"level={settings.level_dbfs:g}dBFS",
                f"floor={settings.silence_floor_dbfs:g}dBFS",
                f"logprob={settings.min_avg_logprob:g}",
                f"hearing={_HEARING_REVISION}",
            ]
        )

    def detect_language(self, channels: Sequence[Samples]) -> tuple[str, float]:
        """Return what is spoken in the first minutes; see SpeechEngine."""
        audio = np.concatenate([np.asarray(samples[: 60 * SAMPLE_RATE_HZ]) for samples in channels])
        language, probability, _ = self._model.detect_language(audio.astype(np.float32) / 32768)
        return language, float(probability)

    def hear(
        self, channels: Sequence[Samples], *, language: str, vocabulary: Sequence[str]
    ) -> Generator[HeardSegment, None, tuple[ChannelHearing, ...]]:
        """Yield the channels' words; see SpeechEngine."""
        del vocabulary
        before_s = 0.0
        for index, samples in enumerate(channels):
            for words, heard_s in self._hear_channel(samples, language):
                yield HeardSegment(channel=index, words=words, heard_s=before_s + heard_s)
            before_s += len(samples) / SAMPLE_RATE_HZ
        return tuple(ChannelHearing(loud_s=0, detected_s=0, retried_s=0) for _ in channels)

    def _hear_channel(self, samples: Samples, language: str) -> Iterator[tuple[tuple[Word, ...], float]]:
        duration_s = len(samples) / SAMPLE_RATE_HZ
        levels = frame_levels(samples)
        if is_silent(levels, self._settings.silence_floor_dbfs):
            yield (), duration_s
            return
        gain = levelling_gain(levels, self._settings.level_dbfs) / 32768
        # The last word's start, which the next word's can't precede, and how far has been listened.
        reached_s = heard_s = 0.0
        for first, end in slice_bounds(levels, len(samples), _SLICE_S, _CUT_SEARCH_S):
            if not is_silent(frame_levels(samples[first:end]), self._settings.silence_floor_dbfs):
                audio = np.clip(np.asarray(samples[first:end], dtype=np.float32) * np.float32(gain), -1, 1)
                for raw in self._hear_slice(audio, language, offset_s=first / SAMPLE_RATE_HZ):
                    words = clean_words(raw, language=language, from_s=reached_s, end_s=duration_s)
                    if words:
                        reached_s = words[-1].start_s
                        # The one before may have ended later than this one.
                        heard_s = max(heard_s, words[-1].end_s)
                        yield words, heard_s
            heard_s = max(heard_s, end / SAMPLE_RATE_HZ)
            yield (), heard_s

    def _hear_slice(
        self, audio: NDArray[np.float32], language: str, *, offset_s: float
    ) -> Iterator[list[RawWord]]:
        from faster_whisper import BatchedInferencePipeline

        # One for each slice: it remembers the last word's end, which another thread would read.
        pipeline = BatchedInferencePipeline(self._model)
        segments, _ = pipeline.transcribe(
            audio,
            language=language,
            beam_size=self._settings.beam_size,
            batch_size=self._settings.batch_size,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters={
                "threshold": self._settings.vad_threshold,
                "min_silence_duration_ms": _MIN_SILENCE_MS,
            },
        )
        with closing(segments):
            for segment in segments:
                invented = (
                    segment.avg_logprob < self._settings.min_avg_logprob
                    or segment.compression_ratio > _MAX_COMPRESSION_RATIO
                )
                yield [
                    RawWord(
                        text=word.word,
                        start_s=offset_s + float(word.start),
                        end_s=offset_s + float(word.end),
                        confidence=float(word.probability),
                    )
                    for word in (() if invented else segment.words or ())
                ]


def fetch_from_hub(name: str, cache_dir: Path) -> Path:
    """Download a model by its hub name and return its folder; what is there already is not fetched again.

    Raises WeightsError. The only thing in this service that reaches beyond the machine, and only when the
    setting `model` says so.
    """
    from faster_whisper.utils import download_model

    try:
        return Path(download_model(name, cache_dir=str(cache_dir)))
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"model {name!r} is neither a packaged one nor could it be fetched from the model hub"
            f" ({type(error).__name__}); check the name and the network, or set model to a folder"
        ) from error
