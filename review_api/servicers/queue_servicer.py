"""QueueService: keeps how the calls of each queue are to be heard."""

# ruff: noqa: ARG002, N802 - the contract gives the methods their names and a context

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import queue_profile_pb2, queue_service_pb2, queue_service_pb2_grpc, transcript_pb2
from google.protobuf import empty_pb2

from review_api.domain.queue_profiles import QueueProfile
from review_api.servicers.call_wire import roles_from_wire
from review_api.servicers.paging import page_size_of, query_key
from review_api.servicers.resource_names import QUEUE_PROFILE
from servicekit.errors import FieldViolation, InvalidInputError, NotFoundError, StaleError
from servicekit.pages import decode_token, encode_token
from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    import grpc

    from review_api.ports import QueueProfileRepository


class QueueServicer(queue_service_pb2_grpc.QueueServiceServicer):
    """Implements callqa.v1.QueueService."""

    def __init__(self, queues: QueueProfileRepository) -> None:
        self._queues = queues

    def GetQueueProfile(
        self, request: queue_service_pb2.GetQueueProfileRequest, context: grpc.ServicerContext
    ) -> queue_profile_pb2.QueueProfile:
        """Return one profile."""
        return _to_wire(self._queues.get(QUEUE_PROFILE.parse(request.name)["queue_profile"]))

    def ListQueueProfiles(
        self, request: queue_service_pb2.ListQueueProfilesRequest, context: grpc.ServicerContext
    ) -> queue_service_pb2.ListQueueProfilesResponse:
        """Return a page of profiles by name."""
        size, key = page_size_of(request), query_key(request)
        found = self._queues.page(after=str(decode_token(request.page_token, key) or ""), size=size + 1)
        page = found[:size]
        return queue_service_pb2.ListQueueProfilesResponse(
            queue_profiles=[_to_wire(profile) for profile in page],
            next_page_token=encode_token(key, page[-1].id) if len(found) > size else "",
        )

    def UpdateQueueProfile(
        self, request: queue_service_pb2.UpdateQueueProfileRequest, context: grpc.ServicerContext
    ) -> queue_profile_pb2.QueueProfile:
        """Replace a profile, or make it."""
        changed = _from_wire(request.queue_profile)
        etag = request.queue_profile.etag
        try:
            seen = self._queues.get(changed.id)
        except NotFoundError:
            if not request.allow_missing:
                raise
            if etag:
                raise _stale(changed) from None
            return _to_wire(self._queues.create(changed))
        if seen.says_the_same(changed):
            # A request whose answer was lost may be repeated with the etag it had.
            return _to_wire(seen)
        if seen.etag != etag:
            raise _stale(changed)
        return _to_wire(self._queues.replace(seen, changed))

    def DeleteQueueProfile(
        self, request: queue_service_pb2.DeleteQueueProfileRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Remove a profile."""
        seen = self._queues.get(QUEUE_PROFILE.parse(request.name)["queue_profile"])
        if request.etag and request.etag != seen.etag:
            raise _stale(seen)
        self._queues.delete(seen)
        return empty_pb2.Empty()


def _from_wire(wire: queue_profile_pb2.QueueProfile) -> QueueProfile:
    try:
        profile = QueueProfile(
            queue=wire.queue,
            language=wire.language,
            vocabulary=tuple(wire.vocabulary),
            channel_roles=roles_from_wire(wire.channel_roles, "channel_roles"),
        )
    except InvalidInputError as error:
        raise InvalidInputError(
            error.message,
            violations=[
                FieldViolation(f"queue_profile.{violation.field}", violation.description)
                for violation in error.violations
            ],
        ) from error
    name = QUEUE_PROFILE.format(queue_profile=profile.id)
    if wire.name != name:
        description = f"the profile of this queue is {name}"
        raise InvalidInputError(
            f"queue_profile.name: {description}",
            violations=[FieldViolation("queue_profile.name", description)],
        )
    return profile


def _to_wire(profile: QueueProfile) -> queue_profile_pb2.QueueProfile:
    wire = queue_profile_pb2.QueueProfile(
        name=QUEUE_PROFILE.format(queue_profile=profile.id),
        queue=profile.queue,
        language=profile.language,
        vocabulary=profile.vocabulary,
        channel_roles=[transcript_pb2.SpeakerRole.Value(role.value) for role in profile.channel_roles],
        etag=profile.etag,
    )
    if profile.create_time is not None:
        wire.create_time.CopyFrom(timestamp_from_datetime(profile.create_time))
    if profile.update_time is not None:
        wire.update_time.CopyFrom(timestamp_from_datetime(profile.update_time))
    return wire


def _stale(profile: QueueProfile) -> StaleError:
    return StaleError(f"queueProfiles/{profile.id} is not as the etag says; read it again")
