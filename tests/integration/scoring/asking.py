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
        silence = head[2:-1] if len(head) > 1 else ""
        role = _ROLES[head[0]]
        parts.append((role, text, float(silence)) if silence else (role, text))
    return spoken(*parts)


def asked(check: str, transcript: Transcript, pack: str = "", context: CallContext | None = None) -> Answer:
    """The answer to one check, written as YAML, over the packs that come with callqa and `pack`."""
    [answer] = scorecard(check, transcript, pack, context).answers
    return answer


def scorecard(
    check: str, transcript: Transcript, pack: str = "", context: CallContext | None = None
) -> Scorecard:
    """The card of a rubric with this check alone."""
    own = f", {pack.split('pack: ', 1)[1].split(maxsplit=1)[0]}" if pack else ""
    form = (
        f"rubric: one-check\ntitle: One check\npacks: [empathy{own}]\n"
        "reading: {min_words: 1}\n"
        "sections: [{id: one, title: One, criteria: "
        f"[{{id: one.check, title: Well, points: 5, check: {check}}}]}}]\n"
    )
    files = [SourceFile(file_name="one-check.yaml", content=form)]
    if pack:
        files.append(SourceFile(file_name="pack.yaml", content=pack))
    card, _ = scorer().score(transcript, files, context)
    return card
