from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scoring.errors import WeightsError
from scoring.language.embedding import pinned_sha256, static_embedding

if TYPE_CHECKING:
    from pathlib import Path


def test_the_installed_weights_are_the_pinned_ones() -> None:
    assert len(static_embedding().sha256) == 64


def test_other_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"weights of somebody else")
    with pytest.raises(WeightsError, match="not the pinned"):
        pinned_sha256(other)
    with pytest.raises(WeightsError, match="can't be read"):
        pinned_sha256(tmp_path / "missing.safetensors")
