"""A server on an empty database for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.review_api.emptying import connected, indexed_database
from tests.integration.review_api.fakes import FakeServices
from tests.integration.review_api.stack import Stack, start_stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def indexed(mongodb_uri: str) -> Iterator[str]:
    with indexed_database(mongodb_uri) as name:
        yield name


@pytest.fixture
def fakes() -> Iterator[FakeServices]:
    services = FakeServices()
    yield services
    services.close()


@pytest.fixture
def stack(mongodb_uri: str, indexed: str, fakes: FakeServices) -> Iterator[Stack]:
    with connected(mongodb_uri, indexed), start_stack(mongodb_uri, indexed, fakes) as running:
        yield running
