"""A real server in this process, with an engine that needs no weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from callqa.v1 import transcription_service_pb2_grpc

from servicekit.server import start_server
from tests.unit.transcription.fake_engine import FakeSpeechEngine
from transcription.recording.decoding import AudioLimits
from transcription.servicer import TranscriptionServicer
from transcription.settings import TranscriptionSettings
from transcription.transcribe import CallTranscriber, HearingRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Serve = Callable[..., transcription_service_pb2_grpc.TranscriptionServiceStub]


@pytest.fixture
def spool_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


@pytest.fixture
def serve(spool_dir: Path) -> Iterator[Serve]:
    """Start servers with the given engine and settings; each call returns a stub to a new one."""
    running = []

    def start(
        engine: FakeSpeechEngine | None = None, **settings: object
    ) -> transcription_service_pb2_grpc.TranscriptionServiceStub:
        chosen = TranscriptionSettings.model_validate(
            {"spool_dir": spool_dir, "max_missing_s": 1.0, **settings}
        )
        servicer = TranscriptionServicer(chosen)
        limits = AudioLimits(
            max_call_duration_s=chosen.max_call_duration_s,
            min_sample_rate_hz=chosen.min_sample_rate_hz,
            max_missing_s=chosen.max_missing_s,
            spool_dir=chosen.spool_dir,
        )
        server = start_server(
            settings=chosen,
            services=lambda: [servicer.service()],
            load=lambda: servicer.start(
                CallTranscriber(engine or FakeSpeechEngine(), HearingRules(audio=limits))
            ),
        )
        server.wait_until_loaded(10)
        channel = grpc.insecure_channel(server.address)
        running.append((channel, server))
        return transcription_service_pb2_grpc.TranscriptionServiceStub(channel)

    yield start
    for channel, server in running:
        channel.close()
        server.stop(grace_s=0)
