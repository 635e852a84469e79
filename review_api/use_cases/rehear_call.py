"""Sends a call back to be heard as its queue's profile and the engines are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_api.domain.batches import BatchItem, ItemState
from review_api.domain.calls import CallState
from servicekit.errors import WrongStateError

if TYPE_CHECKING:
    from review_api.domain.calls import Call
    from review_api.ports import BatchRepository, CallRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearCall:
    """Sends the call's ended items back to the worker, which hears only what was not heard in this way."""

    calls: CallRepository
    batches: BatchRepository

    def __call__(self, call_id: str) -> Call:
        """Return the call. WrongStateError for one in no batch, StaleError when it changes meanwhile."""
        call = self.calls.get(call_id)
        items = self.batches.items_of_call(call_id)
        if not items:
            raise WrongStateError(f"calls/{call_id} is in no batch; upload it again to have it heard")
        if call.state is CallState.QUARANTINED:
            call = self.calls.replace(call, call.release())
        ended = [item for item in items if item.state in {ItemState.DONE, ItemState.QUARANTINED}]
        self.batches.send_back(ended, BatchItem.rehear)
        return call
