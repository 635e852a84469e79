"""Tries packs on a stored call or on a text. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2, transcript_pb2

from review_api.call_context import call_context
from servicekit.errors import FieldViolation, InvalidInputError, WrongStateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callqa.v1 import pack_pb2

    from review_api.domain.rubrics import RubricFile
    from review_api.ports import CallRepository, TranscriptRepository
    from review_api.use_cases.rubric_catalogue import RubricCatalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPacks:
    """Asks scoring what packs find."""

    catalogue: RubricCatalogue
    calls: CallRepository
    transcripts: TranscriptRepository

    def on_call(
        self, files: Sequence[RubricFile], builtin_packs: Sequence[str], call_id: str
    ) -> pack_pb2.PackTrial:
        """Try them on the transcript that is in force for the call, with what is known of the call.

        NotFoundError for an unknown call, WrongStateError for one without a transcript.
        """
        self.catalogue.check_size(files)
        call = self.calls.get(call_id)
        if not call.transcript_id:
            raise WrongStateError(
                f"calls/{call_id} is {call.state} and has no transcript yet; try again when it has",
                metadata={"state": call.state},
            )
        stored = self.transcripts.get(call_id, call.transcript_id)
        transcript = transcript_pb2.Transcript.FromString(stored.payload)
        return self.catalogue.checker.try_packs(files, builtin_packs, transcript, call_context(call.spec))

    def on_text(
        self, files: Sequence[RubricFile], builtin_packs: Sequence[str], text: str
    ) -> pack_pb2.PackTrial:
        """Try them on what one speaker says. InvalidInputError for no words."""
        if not text.strip():
            description = "give a call, or a text of at least one word"
            raise InvalidInputError(f"text: {description}", violations=[FieldViolation("text", description)])
        self.catalogue.check_size(files)
        return self.catalogue.checker.try_packs(files, builtin_packs, text, scorecard_pb2.CallContext())
