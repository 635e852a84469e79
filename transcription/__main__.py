"""Starts the transcription server: settings, weights, hearing processes, serve."""

from __future__ import annotations

import functools
import sys

from servicekit import telemetry
from servicekit.server import run_server
from servicekit.settings import load_settings, main_guard
from transcription.loading import checked_weights, load_transcriber
from transcription.processes.metrics import HearingMetrics
from transcription.processes.pool import HearingPool
from transcription.servicer import TranscriptionServicer
from transcription.settings import TranscriptionSettings


@main_guard
def main() -> int:
    """Serve until SIGTERM; exit code 78 when the settings or the weights are wrong."""
    settings = load_settings(
        TranscriptionSettings, env_prefix="CALLQA_TRANSCRIPTION_", file_env="CALLQA_TRANSCRIPTION_CONFIG"
    )
    registry = telemetry.process_registry()
    servicer = TranscriptionServicer(settings)
    with HearingPool(settings, HearingMetrics(registry)) as pool:

        def load() -> None:
            # Weights are fetched and checked here once, not in every process.
            pool.start(functools.partial(load_transcriber, settings, checked_weights(settings)))
            servicer.start(pool)

        return run_server(
            settings=settings,
            services=lambda: [servicer.service()],
            load=load,
            name="transcription",
            registry=registry,
        )


if __name__ == "__main__":
    sys.exit(main())
