"""The customer's emotion, turn by turn, read from what is said and never from the voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.domain.scorecard import CustomerEmotion
    from scoring.judgement.call import ReadCall


def emotions_of(call: ReadCall) -> tuple[CustomerEmotion, ...]:  # noqa: ARG001 - written next
    """Return one entry per turn of the customer."""
    return ()
