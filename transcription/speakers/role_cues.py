"""Loads what agents and customers say: role_cues.yaml, which explains itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCue:
    """One kind of saying; a `weight` above 0 speaks for the agent, below 0 for the customer."""

    name: str
    weight: float
    pattern: re.Pattern[str]


def read_cues(source: str) -> tuple[RoleCue, ...]:
    """Return the cues of a YAML text of role_cues.yaml's form."""
    content = yaml.safe_load(source)
    terms: dict[str, str] = {}
    for name, pattern in content["terms"].items():
        terms[name] = _filled(pattern, terms)
    return tuple(_cue(entry, terms) for entry in content["cues"])


def _cue(entry: Mapping[str, Any], terms: Mapping[str, str]) -> RoleCue:
    sayings = "|".join(_filled(saying, terms) for saying in entry["says"])
    return RoleCue(
        name=entry["name"],
        weight=float(entry["weight"]),
        pattern=re.compile(rf"(?<![\w'])(?:{sayings})(?![\w'])"),
    )


def _filled(pattern: str, terms: Mapping[str, str]) -> str:
    # Not str.format: regular expressions have braces of their own.
    for name, term in terms.items():
        pattern = pattern.replace("{" + name + "}", term)
    return pattern


CUES: Final = read_cues(files(__package__).joinpath("role_cues.yaml").read_text(encoding="utf-8"))
"""All cues; a saying may count for several."""
