"""What scoring is told of a call beside its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import scorecard_pb2

from servicekit.wire import timestamp_from_datetime

if TYPE_CHECKING:
    from review_api.domain.calls import CallSpec


def call_context(spec: CallSpec) -> scorecard_pb2.CallContext:
    """Return the call's agent, queue, start and labels; none of them can change after the upload."""
    return scorecard_pb2.CallContext(
        agent=spec.agent,
        queue=spec.queue,
        start_time=None if spec.start_time is None else timestamp_from_datetime(spec.start_time),
        labels=dict(spec.labels),
    )
