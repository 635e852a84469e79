"""Puts together what hears calls: weights, engine and use case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transcription.acoustics.values import AcousticsLimits
from transcription.recording.decoding import AudioLimits
from transcription.speakers.voice_embedding import VoiceEncoder
from transcription.speakers.voice_weights import load_voice_tensors
from transcription.speech.faster_whisper_engine import FasterWhisperEngine, fetch_from_hub
from transcription.transcribe import CallTranscriber, HearingRules
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
    rules = HearingRules(
        audio=AudioLimits(
            max_call_duration_s=settings.max_call_duration_s,
            min_sample_rate_hz=settings.min_sample_rate_hz,
            max_sample_rate_hz=settings.max_sample_rate_hz,
            max_channels_per_leg=settings.max_channels_per_leg,
            max_missing_s=settings.max_missing_s,
            spool_dir=settings.spool_dir,
        ),
        acoustics=AcousticsLimits(
            hold_after_s=settings.hold_after_s, music_hold_after_s=settings.music_hold_after_s
        ),
        silence_floor_dbfs=settings.silence_floor_dbfs,
        word_confidence_floor=settings.word_confidence_floor,
        numbers_as_figures=settings.numbers_as_figures,
    )
    engine = FasterWhisperEngine(weights or checked_weights(settings), settings)
    voice_encoder = VoiceEncoder(load_voice_tensors()) if settings.separate_voices else None
    return CallTranscriber(engine, rules, voice_encoder=voice_encoder)
