"""One check asked of a few lines, written as "A: agent's words" and "C: customer's"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.domain.files import SourceFile
from tests.unit.scoring.spoken import scorer, spoken

if TYPE_CHECKING:
    from scoring.domain.context import CallContext
    from scoring.domain.scorecard import Answer, Scorecard
    from scoring.domain.transcript import Transcript

_ROLES = {"A": "agent", "C": "customer", "?": "unknown"}


def said(*lines: str) -> Transcript:
    """A call of these lines; "A[12]: ..." speaks after twelve seconds of silence."""
    parts: list[tuple[str, str] | tuple[str, str, float]] = []
    for line in lines:
        head, text = line.split(": ", 1)
        role, silence = _ROLES[head[0]], head[2:-1]
        parts.append((role, text, float(silence)) if silence else (role, text))
    return spoken(*parts)


def asked(
    check: str, transcript: Transcript, packs: str, own: str = "", context: CallContext | None = None
) -> Answer:
    """The answer to one check, written as YAML, over built-in packs by name and a pack of the test's own."""
    [answer] = scorecard(check, transcript, packs, own, context).answers
    return answer


def scorecard(
    check: str, transcript: Transcript, packs: str, own: str = "", context: CallContext | None = None
) -> Scorecard:
    """The card of a rubric with this check alone."""
    form = (
        f"rubric: one-check\ntitle: One check\npacks: [{packs}]\nreading: {{min_words: 1}}\n"
        "sections: [{id: one, title: One, criteria: "
        f"[{{id: one.check, title: Well, points: 5, check: {check}}}]}}]\n"
    )
    files = [SourceFile(file_name="one-check.yaml", content=form)]
    if own:
        files.append(SourceFile(file_name="own.yaml", content=own))
    card, _ = scorer().score(transcript, files, context)
    return card
