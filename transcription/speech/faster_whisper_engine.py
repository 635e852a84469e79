"""The speech engine on faster-whisper: what happens to a call from its samples to its words."""

from __future__ import annotations

import heapq
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from transcription.engine import ChannelHearing, HeardSegment
from transcription.speech.channel_speech import ChannelSpeech
from transcription.speech.decoding import WindowDecoder
from transcription.speech.heard_words import clean_words
from transcription.speech.speech_detection import SpeechDetector
from transcription.speech.window_hearing import HeardWindow, WindowHearing
from transcription.transcript import SAMPLE_RATE_HZ
from transcription.weights import WeightsError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from transcription.engine import Samples
    from transcription.settings import TranscriptionSettings
    from transcription.speech.channel_speech import Stretch
    from transcription.weights import Weights

# Raised when this service hears differently with the same settings and libraries.
_HEARING_REVISION: Final = 3
# Everything whose change can change a word.
_LIBRARIES: Final = ("faster-whisper", "ctranslate2", "onnxruntime", "tokenizers", "numpy")
# The settings that can change a word, as the model version names them.
_WORD_SETTINGS: Final = (
    "beam_size",
    "unsure_avg_logprob",
    "min_lost_speech_s",
    "batch_size",
    "window_s",
    "vad_threshold",
    "vad_threshold_again",
    "level_dbfs",
    "silence_floor_dbfs",
    "min_avg_logprob",
    "max_vocabulary_tokens",
)
_LANGUAGE_WINDOWS: Final = 4


class FasterWhisperEngine:
    """Hears with CTranslate2 on the CPU: channels are levelled, their speech packed and decoded in batches.

    Construction loads the weights (a second or two). Raises WeightsError when they can't be loaded.
    """

    def __init__(self, weights: Weights, settings: TranscriptionSettings) -> None:
        # Here, because it imports the neural libraries, which the server's own process does without.
        from transcription.speech.whisper_model import load_whisper

        self._model = load_whisper(weights, settings)
        self._detector = SpeechDetector()
        self._settings = settings
        self.languages = frozenset(self._model.supported_languages)
        self.model_version = " ".join(
            [
                *(f"{library}/{version(library)}" for library in _LIBRARIES),
                f"model={weights.label}",
                f"path={self._model.path_label}",
                *(f"{name}={getattr(settings, name)}" for name in _WORD_SETTINGS),
                f"hearing={_HEARING_REVISION}",
            ]
        )

    def detect_language(self, channels: Sequence[Samples]) -> tuple[str, float]:
        """Return what is spoken in the first windows of speech, the channels in turn; see SpeechEngine."""
        if len(self.languages) == 1:
            return next(iter(self.languages)), 1.0
        speech = self._speech_of(channels)
        windows = (stretch.window for stretch in _in_time(speech) if stretch.window is not None)
        sounds = [
            speech[window.channel].sound(window.regions) for window in islice(windows, _LANGUAGE_WINDOWS)
        ]
        return WindowDecoder(self._model, language="en").language(sounds)

    def hear(
        self, channels: Sequence[Samples], *, language: str, vocabulary: Sequence[str]
    ) -> Generator[HeardSegment, None, tuple[ChannelHearing, ...]]:
        """Yield the channels' words; see SpeechEngine."""
        speech = self._speech_of(channels)
        hearing = WindowHearing(self._model, speech, self._settings, language=language, vocabulary=vocabulary)
        progress = _Progress(channels, language)
        waiting: list[Stretch] = []
        # Windows of all channels together, so that batches are full; in time, so that words come as spoken.
        for stretch in _in_time(speech):
            waiting.append(stretch)
            if 0 < sum(each.window is not None for each in waiting) < self._settings.batch_size:
                # Whoever listens can stop here.
                yield progress.nothing_new(stretch.channel)
            else:
                yield from _heard(waiting, hearing, progress)
                waiting = []
        yield from _heard(waiting, hearing, progress)
        return tuple(
            ChannelHearing(loud_s=one.loud_s, detected_s=one.detected_s, retried_s=one.retried_s)
            for one in speech
        )

    def _speech_of(self, channels: Sequence[Samples]) -> list[ChannelSpeech]:
        return [
            ChannelSpeech(index, samples, self._detector, self._settings)
            for index, samples in enumerate(channels)
        ]


class _Progress:
    """How far each channel has been heard, and the last word of each."""

    def __init__(self, channels: Sequence[Samples], language: str) -> None:
        self._language = language
        self._lengths = [len(samples) for samples in channels]
        self._heard = [0] * len(channels)
        # The last word's start, which the next word's can't precede.
        self._reached_s = [0.0] * len(channels)

    def nothing_new(self, channel: int) -> HeardSegment:
        """Return a segment that says no more than the one before."""
        return HeardSegment(channel=channel, words=(), heard_s=sum(self._heard) / SAMPLE_RATE_HZ)

    def after(self, stretch: Stretch, heard: HeardWindow | None) -> HeardSegment:
        """Return what is new once the stretch has been heard."""
        channel = stretch.channel
        self._heard[channel] = max(self._heard[channel], stretch.end)
        words = clean_words(
            heard.words if heard else (),
            language=self._language,
            from_s=self._reached_s[channel],
            end_s=self._lengths[channel] / SAMPLE_RATE_HZ,
        )
        if words:
            self._reached_s[channel] = words[-1].start_s
        return HeardSegment(
            channel=channel,
            words=words,
            removed=heard.removed if heard else (),
            heard_s=sum(self._heard) / SAMPLE_RATE_HZ,
        )


def _heard(
    stretches: Sequence[Stretch], hearing: WindowHearing, progress: _Progress
) -> Iterator[HeardSegment]:
    windows = [stretch.window for stretch in stretches if stretch.window is not None]
    heard = iter(hearing.hear(windows))
    for stretch in stretches:
        yield progress.after(stretch, None if stretch.window is None else next(heard))


def _in_time(speech: Sequence[ChannelSpeech]) -> Iterator[Stretch]:
    return heapq.merge(
        *(one.stretches() for one in speech), key=lambda stretch: (stretch.end, stretch.channel)
    )


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
