"""What somebody says they will do: who, what, and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.scorecard import Commitment
    from scoring.judgement.call import ReadCall


def commitments_of(call: ReadCall) -> tuple[Commitment, ...]:  # noqa: ARG001 - written next
    """Return the commitments of a call in order."""
    return ()
