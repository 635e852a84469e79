"""Fixtures of servicekit's tests."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import grpc
import pytest

from tests.unit.servicekit.toy import StartToy, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servicekit.server import RunningServer


@pytest.fixture
def toy() -> Iterator[StartToy]:
    """Start toy servers; each comes with an untuned channel, so that nothing is retried."""
    started: list[tuple[RunningServer, grpc.Channel]] = []

    def start(*args: object, **kwargs: object) -> tuple[RunningServer, grpc.Channel]:
        server = serve(*args, **kwargs)  # type: ignore[arg-type]
        channel = grpc.insecure_channel(server.address)
        started.append((server, channel))
        return server, channel

    yield start
    for server, channel in started:
        channel.close()
        server.stop(grace_s=0)


@pytest.fixture
def info_logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog
