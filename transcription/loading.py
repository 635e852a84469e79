"""Puts together what hears calls: weights, engine and use case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transcription.audio import AudioLimits
from transcription.faster_whisper_engine import FasterWhisperEngine, fetch_from_hub
from transcription.transcribe import CallTranscriber
from transcription.weights import find_weights

if TYPE_CHECKING:
    from transcription.settings import TranscriptionSettings
    from transcription.weights import Weights


def checked_weights(settings: TranscriptionSettings) -> Weights:
    """Return the weights that the settings name, fetched, joined and checked. Raises WeightsError."""
    return find_weights(settings.model, cache_dir=settings.model_cache_dir, fetch=fetch_from_hub)


def load_transcriber(settings: TranscriptionSettings, weights: Weights | None = None) -> CallTranscriber:
    """Return what hears calls as the settings say; takes a few seconds. Raises SettingsError.

    `weights` are those of the settings when a server has checked them for all its processes already.
    """
    limits = AudioLimits(
        max_call_duration_s=settings.max_call_duration_s,
        min_sample_rate_hz=settings.min_sample_rate_hz,
        max_missing_s=settings.max_missing_s,
        spool_dir=settings.spool_dir,
    )
    engine = FasterWhisperEngine(weights or checked_weights(settings), settings)
    return CallTranscriber(engine, limits, word_confidence_floor=settings.word_confidence_floor)
