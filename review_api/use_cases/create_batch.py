"""Makes a batch of calls. Everything in it is derived from the request, so a repeat makes nothing new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from review_api.clock import now
from review_api.domain.batches import Batch, BatchItem, ItemState
from review_api.domain.calls import Call
from review_api.domain.hashing import batch_id_of, request_digest
from review_api.domain.hearing import hearing_of
from review_api.domain.sharding import plan_shards
from servicekit.errors import FieldViolation, InvalidInputError, NotFoundError, WrongStateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from review_api.domain.calls import CallSpec
    from review_api.domain.quarantine import EngineVersions
    from review_api.ports import (
        BatchRepository,
        CallRepository,
        EngineRegister,
        QueueProfileRepository,
        RecordingStore,
        ScorecardRepository,
    )
    from review_api.use_cases.rubric_catalogue import RubricCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBatch:
    """Stores calls and plans the batch of them.

    A call that has its scorecard by the engines at work and its queue's profile is DONE at once. One that is
    quarantined is listed so, unless the engine that refused it has another version by now or the reason may
    have passed: then it is tried again. The same holds when the batch exists already; what is done in it
    stays done, also under a profile that has changed since.
    """

    calls: CallRepository
    batches: BatchRepository
    scorecards: ScorecardRepository
    queues: QueueProfileRepository
    engines: EngineRegister
    recordings: RecordingStore
    rubrics: RubricCatalogue
    target_shards: int
    max_batch_calls: int

    def __call__(self, *, rubric: str, specs: Sequence[CallSpec], request_id: str) -> Batch:
        """Return the batch of these calls under the rubric's revision.

        NotFoundError for an unknown rubric or recording, WrongStateError for an incomplete recording,
        InvalidInputError for no or too many calls and for a request id of another request.
        """
        self._check_number(len(specs))
        digest = request_digest(rubric, specs)
        made = self.batches.batch_of_request(request_id, digest) if request_id else ""
        if made:
            return self.batches.settle(made)
        revision = self.rubrics.resolve(rubric)
        sizes = self._recording_sizes(specs)
        # The same call given twice is one call; the first place counts.
        unique = {spec.call_id: spec for spec in specs}
        moment = now()
        self.calls.add_all(
            [
                Call(spec=spec, id=call_id, create_time=moment, update_time=moment)
                for call_id, spec in unique.items()
            ]
        )
        batch_id = batch_id_of(unique, revision.key)
        versions = self.engines.current()
        if self.batches.find(batch_id) is None:
            self._create(batch_id, revision.key, unique, sizes, versions)
        else:
            self._reopen(batch_id, versions)
        if request_id:
            self.batches.bind_request(request_id, digest, batch_id)
        return self.batches.settle(batch_id)

    def _create(
        self,
        batch_id: str,
        revision: str,
        specs: Mapping[str, CallSpec],
        sizes: Mapping[str, int],
        versions: EngineVersions,
    ) -> None:
        stored = self.calls.get_all(specs.keys())
        scorecards = self.scorecards.find_ids(
            self._transcript_ids(stored.values(), versions.model_version),
            rubric_revision=revision,
            engine_version=versions.engine_version,
        )
        items = [
            _planned(stored[call_id], scorecards.get(call_id, ""), versions, batch_id, position)
            for position, call_id in enumerate(specs)
        ]
        work_bytes = [
            0 if item.finished else sum(sizes[leg.recording_sha256] for leg in spec.legs)
            for item, spec in zip(items, specs.values(), strict=True)
        ]
        shards = plan_shards(work_bytes, self.target_shards)
        batch = Batch(
            id=batch_id,
            rubric_revision=revision,
            item_count=len(items),
            shard_count=max(shards) + 1,
            create_time=now(),
        )
        self.batches.create(
            batch, [replace(item, shard=shard) for item, shard in zip(items, shards, strict=True)]
        )

    def _transcript_ids(self, calls: Iterable[Call], model_version: str) -> Mapping[str, str]:
        """Return the transcript that each call has once it is heard, where that is known before."""
        calls = list(calls)
        profiles = self.queues.find_all({call.spec.queue for call in calls if call.spec.queue})
        found = {}
        for call in calls:
            heard_id = hearing_of(call.spec, profiles.get(call.spec.queue)).transcript_id(model_version)
            if not call.base_transcript_id:
                found[call.id] = heard_id
            elif call.base_transcript_id == heard_id:
                found[call.id] = call.transcript_id
        return found

    def _reopen(self, batch_id: str, versions: EngineVersions) -> None:
        positions = [
            item.position
            for item in self.batches.items(batch_id)
            if item.quarantine is not None and not item.quarantine.holds_under(versions)
        ]
        if positions:
            self.batches.reopen(batch_id, positions)

    def _check_number(self, number: int) -> None:
        if not 1 <= number <= self.max_batch_calls:
            description = f"a batch has 1 to {self.max_batch_calls} calls (max_batch_calls), not {number}"
            raise InvalidInputError(
                f"calls: {description}", violations=[FieldViolation("calls", description)]
            )

    def _recording_sizes(self, specs: Sequence[CallSpec]) -> Mapping[str, int]:
        wanted = {leg.recording_sha256 for spec in specs for leg in spec.legs}
        sizes = self.recordings.committed_sizes(wanted)
        for position, spec in enumerate(specs):
            for number, leg in enumerate(spec.legs):
                if leg.recording_sha256 not in sizes:
                    raise self._missing(f"calls[{position}].legs[{number}].recording", leg.recording_sha256)
        return sizes

    def _missing(self, field: str, sha256: str) -> NotFoundError | WrongStateError:
        committed_bytes = self.recordings.committed_bytes(sha256)
        if not committed_bytes:
            description = f"recordings/{sha256} does not exist; upload it first"
            return NotFoundError(f"{field}: {description}", violations=[FieldViolation(field, description)])
        description = f"recordings/{sha256} is not complete; its upload stands at byte {committed_bytes}"
        return WrongStateError(f"{field}: {description}", violations=[FieldViolation(field, description)])


def _planned(
    call: Call, scorecard_id: str, versions: EngineVersions, batch_id: str, position: int
) -> BatchItem:
    """Return the call's item with what is known of it already."""
    state, quarantine = ItemState.PENDING, None
    if scorecard_id:
        state = ItemState.DONE
    elif call.quarantine is not None and call.quarantine.bars_call(versions):
        state, quarantine = ItemState.QUARANTINED, call.quarantine
    return BatchItem(
        batch_id=batch_id,
        position=position,
        call_id=call.id,
        external_id=call.spec.external_id,
        shard=0,
        state=state,
        transcribed_fraction=1.0 if scorecard_id else 0.0,
        scorecard_id=scorecard_id,
        quarantine=quarantine,
    )
