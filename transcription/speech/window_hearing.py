"""Hears windows: quickly at first, again where that leaves doubts, and keeps apart what is not believed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from transcription.speech.coverage import lost_regions
from transcription.speech.decoding import MAX_COMPRESSION_RATIO, WindowDecoder
from transcription.speech.inventions import invented, looping, voice_under
from transcription.speech.speech_detection import FRAME_S
from transcription.speech.windows import Window
from transcription.speech.word_times import stretched, trimmed
from transcription.transcript import SAMPLE_RATE_HZ, RemovalReason, RemovedWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faster_whisper import WhisperModel
    from numpy.typing import NDArray

    from transcription.settings import TranscriptionSettings
    from transcription.speech.channel_speech import ChannelSpeech
    from transcription.speech.decoding import Hypothesis, Utterance
    from transcription.speech.heard_words import RawWord


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardWindow:
    """The words of a window in time of its channel, and those that are not believed."""

    words: tuple[RawWord, ...]
    removed: tuple[RemovedWords, ...]


class WindowHearing:
    """Hears the windows of one call."""

    def __init__(
        self,
        model: WhisperModel,
        speech: Sequence[ChannelSpeech],
        settings: TranscriptionSettings,
        *,
        language: str,
        vocabulary: Sequence[str],
    ) -> None:
        self._decoder = WindowDecoder(
            model,
            language=language,
            vocabulary=vocabulary,
            max_vocabulary_tokens=settings.max_vocabulary_tokens,
        )
        self._speech = speech
        self._settings = settings

    def hear(self, windows: Sequence[Window]) -> list[HeardWindow]:
        """Return what is heard in each window."""
        heard = self._heard(windows)
        again: list[tuple[int, Window]] = []
        for index, (window, one) in enumerate(zip(windows, heard, strict=True)):
            lost = lost_regions(
                window.regions,
                one.words,
                self._speech[window.channel].probabilities,
                min_lost_s=self._settings.min_lost_speech_s,
            )
            if lost:
                again.append((index, Window(channel=window.channel, regions=tuple(lost))))
        second = self._heard([window for _, window in again])
        for (index, window), one in zip(again, second, strict=True):
            self._speech[window.channel].retried_s += window.sample_count / SAMPLE_RATE_HZ
            heard[index] = _joined(heard[index], one)
        return heard

    def _heard(self, windows: Sequence[Window]) -> list[HeardWindow]:
        if not windows:
            return []
        sounds = [self._speech[window.channel].sound(window.regions) for window in windows]
        encoded = self._decoder.encode(sounds)
        hypotheses = self._decoder.generate(encoded, beam_size=self._settings.beam_size)
        self._improve(encoded, hypotheses)
        utterances = self._decoder.align(
            encoded, hypotheses, [len(sound) / SAMPLE_RATE_HZ for sound in sounds]
        )
        return [self._judged(window, said) for window, said in zip(windows, utterances, strict=True)]

    def _improve(self, encoded: NDArray[np.float32], hypotheses: list[Hypothesis]) -> None:
        unsure = [index for index, hypothesis in enumerate(hypotheses) if self._is_unsure(hypothesis)]
        if not unsure:
            return
        again = self._decoder.generate(
            encoded[unsure], beam_size=self._settings.beam_size, with_timestamps=True
        )
        for index, hypothesis in zip(unsure, again, strict=True):
            hypotheses[index] = max(hypotheses[index], hypothesis, key=_worth)

    def _is_unsure(self, hypothesis: Hypothesis) -> bool:
        return _loops(hypothesis) or hypothesis.avg_logprob < self._settings.unsure_avg_logprob

    def _judged(self, window: Window, utterances: Sequence[Utterance]) -> HeardWindow:
        probabilities = self._speech[window.channel].probabilities
        edge = self._settings.vad_threshold / 2
        words: list[RawWord] = []
        removed: list[RemovedWords] = []
        loops = looping(utterances)
        for index, utterance in enumerate(utterances):
            placed = trimmed(
                [_placed(word, window) for word in utterance.words],
                probabilities,
                threshold=edge,
            )
            if not placed:
                continue
            spans = [(int(word.start_s / FRAME_S), int(np.ceil(word.end_s / FRAME_S))) for word in placed]
            reason = (
                RemovalReason.REPETITION
                if index in loops
                else invented(
                    utterance,
                    voice=voice_under(spans, probabilities),
                    min_avg_logprob=self._settings.min_avg_logprob,
                )
            )
            if reason is None:
                words.extend(placed)
            else:
                removed.append(
                    RemovedWords(
                        channel=window.channel,
                        start_s=placed[0].start_s,
                        end_s=max(word.end_s for word in placed),
                        reason=reason,
                        text="".join(word.text for word in placed).strip(),
                    )
                )
        return HeardWindow(
            words=tuple(stretched(words, probabilities, threshold=edge)), removed=tuple(removed)
        )


def _loops(hypothesis: Hypothesis) -> bool:
    return hypothesis.compression_ratio > MAX_COMPRESSION_RATIO


def _worth(hypothesis: Hypothesis) -> tuple[bool, float]:
    return not _loops(hypothesis), hypothesis.avg_logprob


def _joined(one: HeardWindow, other: HeardWindow) -> HeardWindow:
    # Only speech without words was heard again, so the words of both interleave and never overlap.
    return HeardWindow(
        words=tuple(sorted([*one.words, *other.words], key=lambda word: word.start_s)),
        removed=(*one.removed, *other.removed),
    )


def _placed(word: RawWord, window: Window) -> RawWord:
    region = window.region_at((word.start_s + word.end_s) / 2)
    return replace(
        word,
        start_s=window.channel_s(word.start_s, region),
        end_s=window.channel_s(word.end_s, region),
    )
