"""TranscriptionService on the wire: reads the stream, lets the use case work, answers as it goes."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from callqa.v1 import transcription_service_pb2, transcription_service_pb2_grpc

from servicekit.errors import CancelledError, FieldViolation, InvalidInputError
from servicekit.interceptors.deadline import check_deadline
from servicekit.server import Service
from transcription.errors import BusyError
from transcription.recording.spool import CallSpool
from transcription.transcribe import CallLeg
from transcription.wire import heard_to_wire, stated_roles, stated_vocabulary, transcript_to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

    from transcription.processes.port import CallHearing
    from transcription.settings import TranscriptionSettings

SERVICE_NAME = transcription_service_pb2.DESCRIPTOR.services_by_name["TranscriptionService"].full_name


class TranscriptionServicer(transcription_service_pb2_grpc.TranscriptionServiceServicer):
    """Hears as many calls at once as the settings say; `start` gives it what it hears with."""

    def __init__(self, settings: TranscriptionSettings) -> None:
        self._settings = settings
        self._slots = threading.BoundedSemaphore(settings.hearing_processes)
        self._hearing: CallHearing | None = None

    def start(self, hearing: CallHearing) -> None:
        """Take what hears; the server lets no call in before."""
        self._hearing = hearing

    def service(self) -> Service:
        """Return this servicer as what a server registers."""
        return Service(
            name=SERVICE_NAME,
            register=lambda server: transcription_service_pb2_grpc.add_TranscriptionServiceServicer_to_server(
                self, server
            ),
        )

    def TranscribeCall(  # noqa: N802 - the contract's name
        self,
        request_iterator: Iterator[transcription_service_pb2.TranscribeCallRequest],
        context: grpc.ServicerContext,
    ) -> Iterator[transcription_service_pb2.TranscribeCallResponse]:
        """Answer with progress and segments, then with the transcript; see the contract for errors."""

        def check() -> None:
            check_deadline()
            if not context.is_active():
                raise CancelledError("the client gave the call up")

        with self._slot():
            config = _config(request_iterator)
            roles, vocabulary = stated_roles(config), stated_vocabulary(config)
            with CallSpool(
                len(roles), max_call_bytes=self._settings.max_call_bytes, spool_dir=self._settings.spool_dir
            ) as spool:
                for request in request_iterator:
                    _take(request, spool)
                legs = [
                    CallLeg(file=file, roles=of_leg) for file, of_leg in zip(spool.files, roles, strict=True)
                ]
                pieces = self._loaded().transcribe(
                    legs, language=config.language, vocabulary=vocabulary, check=check
                )
                with closing(pieces):
                    while True:
                        try:
                            heard = next(pieces)
                        except StopIteration as end:
                            transcript = end.value
                            break
                        yield heard_to_wire(heard)
        yield transcription_service_pb2.TranscribeCallResponse(transcript=transcript_to_wire(transcript))

    def GetTranscriptionModel(  # noqa: N802 - the contract's name
        self,
        request: transcription_service_pb2.GetTranscriptionModelRequest,
        context: grpc.ServicerContext,
    ) -> transcription_service_pb2.TranscriptionModel:
        """Answer with the model version that transcripts will have."""
        del request, context
        return transcription_service_pb2.TranscriptionModel(model_version=self._loaded().model_version)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(blocking=False):
            raise BusyError(
                f"this server hears {self._settings.hearing_processes} calls at once and all are busy; try"
                " again in a moment, or raise hearing_processes"
            )
        try:
            yield
        finally:
            self._slots.release()

    def _loaded(self) -> CallHearing:
        if self._hearing is None:
            raise RuntimeError("a call came in before start()")
        return self._hearing


def _config(
    requests: Iterator[transcription_service_pb2.TranscribeCallRequest],
) -> transcription_service_pb2.TranscribeConfig:
    first = next(requests, None)
    if first is None or first.WhichOneof("payload") != "config":
        raise _refuse("config", "the first message holds the config")
    return first.config


def _take(request: transcription_service_pb2.TranscribeCallRequest, spool: CallSpool) -> None:
    if request.WhichOneof("payload") != "audio":
        raise _refuse("audio", "every message after the first holds audio")
    spool.take(request.audio.leg, request.audio.content)


def _refuse(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, violations=[FieldViolation(field, sentence)])
