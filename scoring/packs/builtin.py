"""Rubrics and packs that come with callqa, as package data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from scoring.domain.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def builtin_rubrics() -> Mapping[str, SourceFile]:
    """Return the built-in rubrics by name."""
    return _read("rubrics")


@cache
def builtin_packs() -> Mapping[str, SourceFile]:
    """Return the built-in packs by name."""
    return _read("packs")


def _read(folder: str) -> Mapping[str, SourceFile]:
    found = sorted(
        (
            entry
            for entry in (files("scoring") / "builtin" / folder).iterdir()
            if entry.name.endswith(".yaml")
        ),
        key=lambda entry: entry.name,
    )
    return MappingProxyType(
        {
            entry.name.removesuffix(".yaml"): SourceFile(
                file_name=entry.name, content=entry.read_text("utf-8")
            )
            for entry in found
        }
    )
