"""The repositories that the worker writes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from servicekit.errors import StaleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from review_api.domain.calls import Call
    from review_api.ports import (
        BatchRepository,
        CallRepository,
        EngineRegister,
        QueueProfileRepository,
        RecordingStore,
        RubricRepository,
        ScorecardRepository,
        ShardRepository,
        TranscriptRepository,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """What is stored, each behind its port."""

    calls: CallRepository
    batches: BatchRepository
    shards: ShardRepository
    transcripts: TranscriptRepository
    scorecards: ScorecardRepository
    rubrics: RubricRepository
    queues: QueueProfileRepository
    engines: EngineRegister
    recordings: RecordingStore

    def change_call(self, call_id: str, verb: Callable[[Call], Call]) -> Call:
        """Apply the verb to the call as it stands, again if somebody else changed it in between."""
        while True:
            call = self.calls.get(call_id)
            changed = verb(call)
            if changed == call:
                return call
            try:
                return self.calls.replace(call, changed)
            except StaleError:
                continue
