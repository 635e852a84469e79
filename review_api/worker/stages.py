"""The two stages: each returns what is stored under its key, and makes it only when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import (
    rubric_pb2,
    scorecard_pb2,
    transcript_pb2,
    transcription_service_pb2,
)

from review_api.clock import now
from review_api.domain.calls import Call, CallState
from review_api.domain.hashing import transcript_id_of
from review_api.domain.results import ScorecardSummary, StoredScorecard, StoredTranscript
from review_api.servicers.resource_names import scorecard_name, transcript_name
from review_api.worker.service_errors import ServiceError
from servicekit.errors import UnavailableError
from servicekit.wire import canonical_bytes, s_from_duration

if TYPE_CHECKING:
    from review_api.worker.item_in_hand import ItemInHand
    from review_api.worker.shard_work import ShardWork


class RecordingsAwayError(ServiceError):
    """The recordings could not be read just now; nothing is wrong with the item."""


def transcribed(call: Call, hand: ItemInHand, work: ShardWork, model_version: str) -> StoredTranscript:
    """Return the call's stored transcript by the model, heard now unless it is there."""
    transcripts = work.stores.transcripts
    stored = work.patience.store(transcripts.find, call.id, model_version)
    if stored is None:
        transcript = _transcribe(call, hand, work)
        # The service's word counts: it may have been replaced by another version since it was asked.
        transcript.name = transcript_name(call.id, transcript_id_of(transcript.model_version))
        made = StoredTranscript(
            call_id=call.id,
            model_version=transcript.model_version,
            duration_s=s_from_duration(transcript.duration),
            payload=canonical_bytes(transcript),
            create_time=now(),
        )
        stored = work.patience.store(transcripts.put, made)
    transcript_id, duration_s = stored.id, stored.duration_s
    work.patience.store(
        work.stores.change_call, call.id, lambda seen: _released(seen).transcribed(transcript_id, duration_s)
    )
    return stored


def scored(call: Call, transcript: StoredTranscript, work: ShardWork, engine_version: str) -> str:
    """Return the id of the call's scorecard under the pinned revision, made now unless it is there."""
    scorecards = work.stores.scorecards
    found = work.patience.store(
        scorecards.find_ids,
        [call.id],
        transcript_id=transcript.id,
        rubric_revision=work.revision.key,
        engine_version=engine_version,
    )
    scorecard_id = found.get(call.id, "")
    if not scorecard_id:
        scorecard_id = work.patience.store(scorecards.put, _score(call, transcript, work)).summary.id
    work.patience.store(work.stores.change_call, call.id, lambda seen: _released(seen).scored(scorecard_id))
    return scorecard_id


def _transcribe(call: Call, hand: ItemInHand, work: ShardWork) -> transcript_pb2.Transcript:
    config = transcription_service_pb2.TranscribeConfig(
        language=call.spec.language,
        legs=[
            transcription_service_pb2.TranscribeConfig.AudioLeg(
                channel_roles=[transcript_pb2.SpeakerRole.Value(role.value) for role in leg.channel_roles]
            )
            for leg in call.spec.legs
        ],
    )
    pieces = (work.stores.recordings.iter_bytes(leg.recording_sha256) for leg in call.spec.legs)
    try:
        return work.place.transcription.transcribe(
            config, pieces, on_progress=hand.hear_progress, interrupt=work.interrupt
        )
    except UnavailableError as error:
        raise RecordingsAwayError("the recordings cannot be read just now") from error


def _score(call: Call, transcript: StoredTranscript, work: ShardWork) -> StoredScorecard:
    scorecard = work.place.scoring.score(
        transcript_pb2.Transcript.FromString(transcript.payload),
        rubric_pb2.RubricRevision.FromString(work.revision.payload),
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
