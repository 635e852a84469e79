"""A client's side of TranscribeCall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import transcription_service_pb2 as pb
from google.rpc import error_details_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import grpc
    from callqa.v1 import transcript_pb2

CHUNK_BYTES = 64 * 1024


def requests(
    *recordings: bytes,
    roles: Sequence[Sequence[transcript_pb2.SpeakerRole.ValueType]] = (),
    language: str = "",
    vocabulary: Sequence[str] = (),
) -> Iterator[pb.TranscribeCallRequest]:
    legs = [
        pb.TranscribeConfig.AudioLeg(channel_roles=roles[index] if roles else [])
        for index in range(len(recordings))
    ]
    yield pb.TranscribeCallRequest(
        config=pb.TranscribeConfig(language=language, legs=legs, vocabulary=vocabulary)
    )
    for index, recording in enumerate(recordings):
        for first in range(0, len(recording), CHUNK_BYTES):
            chunk = pb.AudioChunk(leg=index, content=recording[first : first + CHUNK_BYTES])
            yield pb.TranscribeCallRequest(audio=chunk)


def reason(error: grpc.Call) -> str:
    """The machine-readable reason in a refusal's details."""
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return str(info.reason)


def field_of(error: grpc.Call) -> str:
    """The first field that a refusal names."""
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in rpc_status.from_call(error).details)
    return str(bad.field_violations[0].field)
