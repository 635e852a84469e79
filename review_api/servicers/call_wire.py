"""Calls, recordings and quarantines between wire and domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import call_pb2, transcript_pb2

from review_api.clock import to_ms
from review_api.domain.calls import Call, CallSpec, Leg, SpeakerRole
from review_api.servicers.resource_names import CALL, RECORDING, scorecard_name, transcript_name
from servicekit.errors import FieldViolation, InvalidInputError
from servicekit.wire import datetime_from_timestamp, duration_from_s, timestamp_from_datetime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from review_api.domain.quarantine import Quarantine
    from review_api.use_cases.upload_recording import RecordingStatus


def specs_from_wire(calls: Sequence[call_pb2.Call]) -> Sequence[CallSpec]:
    """Return what the client says about its calls; InvalidInputError names every field of every call."""
    specs: list[CallSpec] = []
    violations: list[FieldViolation] = []
    for position, call in enumerate(calls):
        try:
            specs.append(_spec_from_wire(call))
        except InvalidInputError as error:
            violations += [
                FieldViolation(f"calls[{position}].{violation.field}", violation.description)
                for violation in error.violations
            ]
    if violations:
        first, others = violations[0], len(violations) - 1
        more = f", and {others} more" if others else ""
        raise InvalidInputError(f"{first.field}: {first.description}{more}", violations=violations)
    return specs


def _spec_from_wire(call: call_pb2.Call) -> CallSpec:
    start_time = None
    if call.HasField("start_time"):
        try:
            start_time = to_ms(datetime_from_timestamp(call.start_time))
        except InvalidInputError as error:
            raise InvalidInputError(
                error.message, violations=[FieldViolation("start_time", error.message)]
            ) from error
    return CallSpec(
        legs=tuple(
            Leg(
                recording_sha256=_recording_sha256(leg.recording, f"legs[{position}].recording"),
                channel_roles=roles_from_wire(leg.channel_roles, f"legs[{position}].channel_roles"),
                file_name=leg.file_name,
            )
            for position, leg in enumerate(call.legs)
        ),
        external_id=call.external_id,
        agent=call.agent,
        queue=call.queue,
        start_time=start_time,
        language=call.language,
        labels=tuple(sorted(call.labels.items())),
    )


def _recording_sha256(name: str, field: str) -> str:
    return RECORDING.parse(name, field=field)["recording"]


def roles_from_wire(
    roles: Iterable[transcript_pb2.SpeakerRole.ValueType], field: str
) -> tuple[SpeakerRole, ...]:
    """Return the roles; InvalidInputError names `field` for one that is none."""
    names = [transcript_pb2.SpeakerRole.Name(role) if role in _KNOWN_ROLES else "" for role in roles]
    if not all(names):
        description = "each role is AGENT, CUSTOMER or UNKNOWN"
        raise InvalidInputError(f"{field}: {description}", violations=[FieldViolation(field, description)])
    return tuple(SpeakerRole(name) for name in names)


_KNOWN_ROLES = frozenset({transcript_pb2.AGENT, transcript_pb2.CUSTOMER, transcript_pb2.UNKNOWN})


def call_to_wire(call: Call) -> call_pb2.Call:
    """Return the call as clients see it."""
    spec = call.spec
    wire = call_pb2.Call(
        name=CALL.format(call=call.id),
        external_id=spec.external_id,
        agent=spec.agent,
        queue=spec.queue,
        language=spec.language,
        labels=dict(spec.labels),
        legs=[leg_to_wire(leg) for leg in spec.legs],
        state=call_pb2.Call.State.Value(call.state.value),
        transcript=transcript_name(call.id, call.transcript_id),
        scorecard=scorecard_name(call.id, call.scorecard_id),
        create_time=timestamp_from_datetime(call.create_time),
        update_time=timestamp_from_datetime(call.update_time),
        etag=call.etag,
    )
    if spec.start_time is not None:
        wire.start_time.CopyFrom(timestamp_from_datetime(spec.start_time))
    if call.duration_s is not None:
        wire.duration.CopyFrom(duration_from_s(call.duration_s))
    if call.quarantine is not None:
        wire.quarantine.CopyFrom(quarantine_to_wire(call.quarantine))
    return wire


def leg_to_wire(leg: Leg) -> call_pb2.Leg:
    """Return the leg as clients see it."""
    return call_pb2.Leg(
        recording=RECORDING.format(recording=leg.recording_sha256),
        channel_roles=[transcript_pb2.SpeakerRole.Value(role.value) for role in leg.channel_roles],
        file_name=leg.file_name,
    )


def quarantine_to_wire(quarantine: Quarantine) -> call_pb2.Call.Quarantine:
    """Return the quarantine as clients see it."""
    return call_pb2.Call.Quarantine(
        reason=quarantine.reason,
        message=quarantine.message,
        quarantine_time=timestamp_from_datetime(quarantine.quarantine_time),
    )


def recording_to_wire(status: RecordingStatus) -> call_pb2.Recording:
    """Return the recording as clients see it."""
    complete = status.size_bytes > 0
    return call_pb2.Recording(
        name=RECORDING.format(recording=status.sha256),
        size_bytes=status.size_bytes,
        committed_bytes=status.committed_bytes,
        state=call_pb2.Recording.COMMITTED if complete else call_pb2.Recording.UPLOADING,
    )
