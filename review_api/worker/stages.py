"""The two stages: each returns what is stored under its key, and makes it only when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import (
    rubric_pb2,
    scorecard_pb2,
    transcript_pb2,
    transcription_service_pb2,
)

from review_api.call_context import call_context
from review_api.clock import now
from review_api.domain.calls import Call, CallState
from review_api.domain.hearing import hearing_of
from review_api.domain.results import ScorecardSummary, StoredScorecard, StoredTranscript
from review_api.servicers.resource_names import scorecard_name, transcript_name
from review_api.speaker_roles import kept_roles
from review_api.use_cases.set_speaker_roles import corrected_transcript
from review_api.worker.service_errors import RefusedError, ServiceError
from servicekit.errors import UnavailableError, WrongStateError
from servicekit.wire import canonical_bytes, s_from_duration

if TYPE_CHECKING:
    from review_api.domain.hearing import Hearing
    from review_api.worker.item_in_hand import ItemInHand
    from review_api.worker.shard_work import ShardWork

_ROLES_DONT_FIT: Final = "AUDIO_CHANNELS"


class RecordingsAwayError(ServiceError):
    """The recordings could not be read just now; nothing is wrong with the item."""


class RolesSetError(Exception):
    """Somebody has set the call's roles while it was at work; the item is to be begun again."""


def transcribed(
    call: Call, hand: ItemInHand, work: ShardWork, model_version: str
) -> tuple[Call, StoredTranscript]:
    """Return the call as changed and its transcript by the model, heard now unless it is there.

    Roles that somebody has set are kept. An item that is judged only has the transcript in force. Raises
    RolesSetError.
    """
    if hand.item.judge_only:
        return call, work.patience.store(work.stores.transcripts.get, call.id, call.transcript_id)
    stored = _with_kept_roles(call, _heard(call, hand, work, model_version), work)

    def noted(seen: Call) -> Call:
        if seen.correction != call.correction:
            raise RolesSetError
        return _released(seen).transcribed(stored.id, stored.duration_s, base_transcript_id=stored.base_id)

    return work.patience.store(work.stores.change_call, call.id, noted), stored


def scored(
    call: Call, transcript: StoredTranscript, hand: ItemInHand, work: ShardWork, engine_version: str
) -> str:
    """Return the id of the call's scorecard under the pinned revision, made now unless it is there."""
    scorecards = work.stores.scorecards
    found = work.patience.store(
        scorecards.find_ids,
        {call.id: transcript.id},
        rubric_revision=work.revision.key,
        engine_version=engine_version,
    )
    scorecard_id = found.get(call.id, "")
    if not scorecard_id:
        scorecard_id = work.patience.store(scorecards.put, _score(call, transcript, work)).summary.id
    work.patience.store(scorecards.put_in_force, call.id, scorecard_id, rubric_revision=work.revision.key)
    if not hand.item.judge_only or _shows_this_form(call, work):
        work.patience.store(
            work.stores.change_call, call.id, lambda seen: _released(seen).scored(scorecard_id)
        )
    return scorecard_id


def _shows_this_form(call: Call, work: ShardWork) -> bool:
    """Tell whether the scorecard in sight is by the pinned revision: one of another form stays in sight."""
    if not call.scorecard_id:
        return True
    shown = work.patience.store(work.stores.scorecards.get, call.id, call.scorecard_id)
    return shown.summary.rubric_revision == work.revision.key


def _heard(call: Call, hand: ItemInHand, work: ShardWork, model_version: str) -> StoredTranscript:
    stores = work.stores
    profile = work.patience.store(stores.queues.find, call.spec.queue) if call.spec.queue else None
    hearing = hearing_of(call.spec, profile)
    stored = work.patience.store(stores.transcripts.find, call.id, hearing.transcript_id(model_version))
    if stored is not None:
        return stored
    transcript = _transcribe(call, hearing, hand, work)
    # The service's word counts: it may have been replaced by another version since it was asked.
    identifier = hearing.transcript_id(transcript.model_version)
    transcript.name = transcript_name(call.id, identifier)
    made = StoredTranscript(
        call_id=call.id,
        id=identifier,
        model_version=transcript.model_version,
        duration_s=s_from_duration(transcript.duration),
        payload=canonical_bytes(transcript),
        create_time=now(),
    )
    return work.patience.store(stores.transcripts.put, made)


def _with_kept_roles(call: Call, heard: StoredTranscript, work: ShardWork) -> StoredTranscript:
    """Return the transcript with the roles that somebody has set, made now unless it is there.

    One in which speakers can't be told apart stays as it was heard: nobody's role could be set in it.
    """
    if not call.base_transcript_id:
        return heard
    transcripts = work.stores.transcripts
    in_force = work.patience.store(transcripts.get, call.id, call.transcript_id)
    if in_force.base_id == heard.id:
        return in_force
    try:
        roles = kept_roles(
            transcript_pb2.Transcript.FromString(in_force.payload),
            transcript_pb2.Transcript.FromString(heard.payload),
        )
    except WrongStateError:
        return heard
    return work.patience.store(transcripts.put, corrected_transcript(heard, roles))


def _transcribe(call: Call, hearing: Hearing, hand: ItemInHand, work: ShardWork) -> transcript_pb2.Transcript:
    config = transcription_service_pb2.TranscribeConfig(
        language=hearing.language,
        vocabulary=hearing.vocabulary,
        legs=[
            transcription_service_pb2.TranscribeConfig.AudioLeg(
                channel_roles=[transcript_pb2.SpeakerRole.Value(role.value) for role in roles]
            )
            for roles in hearing.leg_roles
        ],
    )
    pieces = (work.stores.recordings.iter_bytes(leg.recording_sha256) for leg in call.spec.legs)
    try:
        return work.place.transcription.transcribe(
            config, pieces, on_progress=hand.hear_progress, interrupt=work.interrupt
        )
    except UnavailableError as error:
        raise RecordingsAwayError("the recordings cannot be read just now") from error
    except RefusedError as error:
        if error.reason != _ROLES_DONT_FIT or not hearing.roles_by_queue:
            raise
        # A queue's roles are for recordings with as many channels; any other is heard as if it had none.
        return _transcribe(call, hearing.without_queue_roles(), hand, work)


def _score(call: Call, transcript: StoredTranscript, work: ShardWork) -> StoredScorecard:
    scorecard = work.place.scoring.score(
        transcript_pb2.Transcript.FromString(transcript.payload),
        rubric_pb2.RubricRevision.FromString(work.revision.payload),
        call_context(call.spec),
    )
    summary = ScorecardSummary(
        call_id=call.id,
        transcript_id=transcript.id,
        rubric_revision=work.revision.key,
        engine_version=scorecard.engine_version,
        external_id=call.spec.external_id,
        agent=call.spec.agent,
        queue=call.spec.queue,
        score=scorecard.score if scorecard.HasField("score") else None,
        outcome=scorecard_pb2.Outcome.Result.Name(scorecard.outcome.result)
        if scorecard.outcome.result
        else "",
        flags=tuple(scorecard.flags),
        create_time=now(),
    )
    scorecard.name = scorecard_name(call.id, summary.id)
    return StoredScorecard(summary=summary, payload=canonical_bytes(scorecard))


def _released(call: Call) -> Call:
    # A result overrules a quarantine: what was in the way is gone.
    return call.release() if call.state is CallState.QUARANTINED else call
