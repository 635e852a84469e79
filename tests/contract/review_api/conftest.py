"""A connected, indexed and empty database for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.review_api.emptying import connected, indexed_database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def indexed(mongodb_uri: str) -> Iterator[str]:
    with indexed_database(mongodb_uri) as name:
        yield name


@pytest.fixture
def storage(mongodb_uri: str, indexed: str) -> Iterator[str]:
    with connected(mongodb_uri, indexed):
        yield indexed
