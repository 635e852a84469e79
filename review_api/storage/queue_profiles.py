"""Profiles of queues in MongoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review_api.clock import now
from review_api.domain.calls import SpeakerRole
from review_api.domain.hashing import queue_profile_id_of
from review_api.domain.queue_profiles import QueueProfile
from review_api.storage.documents import QueueProfileDocument
from review_api.storage.outages import storage_errors
from review_api.storage.writing import add_missing, collection_of, compare_and_set
from servicekit.errors import NotFoundError, StaleError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class MongoQueueProfileRepository:
    """Implements QueueProfileRepository."""

    def find(self, queue: str) -> QueueProfile | None:
        """See QueueProfileRepository."""
        return self.find_all([queue]).get(queue)

    @storage_errors()
    def find_all(self, queues: Collection[str]) -> Mapping[str, QueueProfile]:
        """See QueueProfileRepository."""
        found = QueueProfileDocument.objects(id__in=[queue_profile_id_of(queue) for queue in queues])
        profiles = {document.queue: _profile_from(document) for document in found}
        # A queue may be called what another queue's id is; its own name decides.
        return {queue: profiles[queue] for queue in queues if queue in profiles}

    @storage_errors()
    def get(self, profile_id: str) -> QueueProfile:
        """See QueueProfileRepository."""
        document = QueueProfileDocument.objects.with_id(profile_id)
        if document is None:
            raise NotFoundError(f"queueProfiles/{profile_id} does not exist")
        return _profile_from(document)

    @storage_errors()
    def page(self, *, after: str, size: int) -> Sequence[QueueProfile]:
        """See QueueProfileRepository."""
        found = QueueProfileDocument.objects(id__gt=after).order_by("id").limit(size)
        return [_profile_from(document) for document in found]

    @storage_errors()
    def create(self, profile: QueueProfile) -> QueueProfile:
        """See QueueProfileRepository."""
        moment = now()
        made = replace(profile, create_time=moment, update_time=moment, version=1)
        add_missing([_document(made)])
        if self.get(profile.id) != made:
            raise _stale(profile)
        return made

    @storage_errors()
    def replace(self, seen: QueueProfile, changed: QueueProfile) -> QueueProfile:
        """See QueueProfileRepository."""
        written = replace(changed, create_time=seen.create_time, update_time=now(), version=seen.version + 1)
        if not compare_and_set(_document(written), seen.version):
            raise _stale(seen)
        return written

    @storage_errors()
    def delete(self, seen: QueueProfile) -> None:
        """See QueueProfileRepository."""
        deleted = collection_of(QueueProfileDocument).delete_one({"_id": seen.id, "version": seen.version})
        if not deleted.deleted_count:
            raise _stale(seen)


def _document(profile: QueueProfile) -> QueueProfileDocument:
    return QueueProfileDocument(
        id=profile.id,
        queue=profile.queue,
        language=profile.language,
        vocabulary=list(profile.vocabulary),
        channel_roles=[role.value for role in profile.channel_roles],
        create_time=profile.create_time,
        update_time=profile.update_time,
        version=profile.version,
    )


def _profile_from(document: Any) -> QueueProfile:  # noqa: ANN401 - mongoengine is untyped
    return QueueProfile(
        queue=document.queue,
        language=document.language,
        vocabulary=tuple(document.vocabulary),
        channel_roles=tuple(SpeakerRole(role) for role in document.channel_roles),
        create_time=document.create_time,
        update_time=document.update_time,
        version=document.version,
    )


def _stale(profile: QueueProfile) -> StaleError:
    return StaleError(f"queueProfiles/{profile.id} has changed since it was read; read it again")
