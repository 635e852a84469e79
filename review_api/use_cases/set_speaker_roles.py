"""Sets who is who in a call that was heard: a transcript of the same words, to be judged by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2

from review_api.clock import now
from review_api.domain.batches import BatchItem, ItemState
from review_api.domain.hashing import corrected_transcript_id_of
from review_api.domain.results import StoredTranscript
from review_api.ports import ScorecardQuery
from review_api.servicers.resource_names import transcript_name
from review_api.speaker_roles import is_corrected, roles_of, with_roles
from servicekit.errors import FieldViolation, InvalidInputError, StaleError, WrongStateError
from servicekit.wire import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.calls import Call, SpeakerRole
    from review_api.ports import (
        BatchRepository,
        CallRepository,
        ScorecardRepository,
        TranscriptRepository,
    )

_MAX_SCORECARDS: Final = 1000


def corrected_transcript(base: StoredTranscript, roles: Sequence[SpeakerRole]) -> StoredTranscript:
    """Return the transcript of the base's words with these roles, as it is stored. Raises as `with_roles`."""
    message = with_roles(transcript_pb2.Transcript.FromString(base.payload), roles)
    identifier = corrected_transcript_id_of(base.id, roles)
    message.name = transcript_name(base.call_id, identifier)
    return StoredTranscript(
        call_id=base.call_id,
        id=identifier,
        model_version=base.model_version,
        duration_s=base.duration_s,
        payload=canonical_bytes(message),
        create_time=now(),
        base_id=base.id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSpeakerRoles:
    """Puts a transcript with other roles in force and sends the call's items back to be judged by it.

    Each step can be repeated: a call that broke off in between is completed by the same call once more.
    """

    calls: CallRepository
    transcripts: TranscriptRepository
    scorecards: ScorecardRepository
    batches: BatchRepository

    def __call__(self, call_id: str, roles: Sequence[SpeakerRole], *, etag: str) -> Call:
        """Return the call with the roles in force.

        InvalidInputError for roles that don't fit and for no etag, WrongStateError for a call without a
        transcript or with one whose speakers aren't told apart, StaleError for another etag.
        """
        if not etag:
            description = "give the call's etag as read"
            raise InvalidInputError(f"etag: {description}", violations=[FieldViolation("etag", description)])
        call = self.calls.get(call_id)
        if not call.transcript_id:
            raise WrongStateError(
                f"calls/{call_id} is {call.state} and has no transcript yet; try again when it has",
                metadata={"state": call.state},
            )
        in_force = self.transcripts.get(call_id, call.transcript_id)
        message = transcript_pb2.Transcript.FromString(in_force.payload)
        # First of all, so that a request whose answer was lost may be repeated with the etag it had.
        if not (is_corrected(message) and roles_of(message) == tuple(roles)):
            if etag != call.etag:
                raise StaleError(f"calls/{call_id} has changed since it was read; read it again")
            call = self.calls.replace(call, self._changed(call, in_force, roles))
        self._send_back(call)
        return call

    def _changed(self, call: Call, in_force: StoredTranscript, roles: Sequence[SpeakerRole]) -> Call:
        if in_force.base_id:
            base = self.transcripts.get(call.id, in_force.base_id)
            if roles_of(transcript_pb2.Transcript.FromString(base.payload)) == tuple(roles):
                return call.roles_set(base.id, base_transcript_id="")
        else:
            base = in_force
        corrected = self.transcripts.put(corrected_transcript(base, roles))
        return call.roles_set(corrected.id, base_transcript_id=base.id)

    def _send_back(self, call: Call) -> None:
        every = ScorecardQuery(call_id=call.id, superseded_too=True)
        cards = self.scorecards.page(every, after=None, size=_MAX_SCORECARDS)
        of_this = {card.id for card in cards if card.transcript_id == call.transcript_id}
        # What a worker has in hand it judges once more by itself when it sees that the roles were set.
        outdated = [
            item
            for item in self.batches.items_of_call(call.id)
            if item.state is ItemState.DONE and item.scorecard_id not in of_this
        ]
        self.batches.send_back(outdated, BatchItem.rejudge)
