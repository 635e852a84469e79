"""Starts the transcription server: settings, weights, engine, serve."""

from __future__ import annotations

import sys

from servicekit.server import run_server
from servicekit.settings import load_settings, main_guard
from transcription.audio import AudioLimits
from transcription.faster_whisper_engine import FasterWhisperEngine, fetch_from_hub
from transcription.servicer import TranscriptionServicer
from transcription.settings import TranscriptionSettings
from transcription.transcribe import CallTranscriber
from transcription.weights import find_weights


def load_transcriber(settings: TranscriptionSettings) -> CallTranscriber:
    """Return what hears calls as the settings say; takes a few seconds. Raises SettingsError."""
    weights = find_weights(settings.model, cache_dir=settings.model_cache_dir, fetch=fetch_from_hub)
    limits = AudioLimits(
        max_call_duration_s=settings.max_call_duration_s,
        min_sample_rate_hz=settings.min_sample_rate_hz,
        max_missing_s=settings.max_missing_s,
        spool_dir=settings.spool_dir,
    )
    return CallTranscriber(
        FasterWhisperEngine(weights, settings), limits, word_confidence_floor=settings.word_confidence_floor
    )


@main_guard
def main() -> int:
    """Serve until SIGTERM; exit code 78 when the settings or the weights are wrong."""
    settings = load_settings(
        TranscriptionSettings, env_prefix="CALLQA_TRANSCRIPTION_", file_env="CALLQA_TRANSCRIPTION_CONFIG"
    )
    servicer = TranscriptionServicer(settings)
    return run_server(
        settings=settings,
        services=lambda: [servicer.service()],
        load=lambda: servicer.start(load_transcriber(settings)),
        name="transcription",
    )


if __name__ == "__main__":
    sys.exit(main())
