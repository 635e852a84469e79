"""Times and counts as people read them in an explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scoring.domain.finding import Finding


def clock(seconds: float) -> str:
    """Return seconds from the call's start as minutes:seconds, cut to the second."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def times(findings: Iterable[Finding]) -> str:
    """Return when the findings' words begin: "0:03", "0:03 and 1:15", "0:03, 0:20 and 1:15"."""
    places = list(
        dict.fromkeys(clock(finding.evidence[0].start_s) for finding in findings if finding.evidence)
    )
    return listed(places)


def listed(parts: list[str]) -> str:
    """Return parts as a list in a sentence."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def counted(number: int, noun: str) -> str:
    """Return "1 turn", "2 turns"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
