"""Transcripts in MongoDB."""

from __future__ import annotations

from typing import Any

from review_api.domain.results import StoredTranscript
from review_api.storage.documents import TranscriptDocument
from review_api.storage.outages import storage_errors
from review_api.storage.payloads import read_payload, stored_inline
from review_api.storage.writing import add_missing
from servicekit.errors import NotFoundError


class MongoTranscriptRepository:
    """Implements TranscriptRepository."""

    @storage_errors()
    def put(self, transcript: StoredTranscript) -> StoredTranscript:
        """See TranscriptRepository."""
        key = f"{transcript.call_id}/{transcript.id}"
        if TranscriptDocument.objects(id=key).only("id").first() is None:
            add_missing(
                [
                    TranscriptDocument(
                        id=key,
                        call_id=transcript.call_id,
                        model_version=transcript.model_version,
                        base_id=transcript.base_id,
                        duration_s=transcript.duration_s,
                        payload=stored_inline(transcript.payload),
                        payload_sha256=transcript.payload_sha256,
                        create_time=transcript.create_time,
                    )
                ]
            )
        return self.get(transcript.call_id, transcript.id)

    @storage_errors()
    def find(self, call_id: str, transcript_id: str) -> StoredTranscript | None:
        """See TranscriptRepository."""
        document = TranscriptDocument.objects.with_id(f"{call_id}/{transcript_id}")
        return None if document is None else _transcript_from(document)

    def get(self, call_id: str, transcript_id: str) -> StoredTranscript:
        """See TranscriptRepository."""
        found = self.find(call_id, transcript_id)
        if found is None:
            raise NotFoundError(
                f"calls/{call_id}/transcripts/{transcript_id} does not exist; a call has one"
                " once it is transcribed"
            )
        return found


def _transcript_from(document: Any) -> StoredTranscript:  # noqa: ANN401 - mongoengine is untyped
    return StoredTranscript(
        call_id=document.call_id,
        id=document.id.rsplit("/", 1)[-1],
        model_version=document.model_version,
        base_id=document.base_id,
        duration_s=document.duration_s,
        payload=read_payload(f"transcript {document.id}", document.payload, document.payload_sha256),
        create_time=document.create_time,
    )
