"""A server with a database of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from review_api.storage.connection import disconnect_storage
from tests.integration.review_api.fakes import FakeServices
from tests.integration.review_api.stack import Stack, start_stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fakes() -> Iterator[FakeServices]:
    services = FakeServices()
    yield services
    services.close()


@pytest.fixture
def stack(mongodb_uri: str, mongodb_database: str, fakes: FakeServices) -> Iterator[Stack]:
    running = start_stack(mongodb_uri, mongodb_database, fakes)
    yield running
    running.channel.close()
    running.server.stop()
    disconnect_storage()
