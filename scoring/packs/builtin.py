"""Rubrics and packs that come with callqa, as package data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

from scoring.domain.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@cache
def builtin_rubrics() -> Mapping[str, SourceFile]:
    """Return the built-in rubrics by name."""
    return _read("rubrics")


@cache
def builtin_packs() -> Mapping[str, SourceFile]:
    """Return the built-in packs by name."""
    return _read("packs")


@cache
def builtin_ids() -> Mapping[str, frozenset[str]]:
    """Return the ids of the entries of each built-in pack, by its name."""
    return MappingProxyType(
        {name: frozenset(_ids_in(yaml.safe_load(source.content))) for name, source in builtin_packs().items()}
    )


def _ids_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _ids_in(part)


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
