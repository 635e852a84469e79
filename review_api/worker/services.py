"""The two services, as the worker calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import grpc
from callqa.v1 import (
    scoring_service_pb2,
    scoring_service_pb2_grpc,
    transcription_service_pb2,
    transcription_service_pb2_grpc,
)

from review_api.domain.rubrics import DEFAULT_RUBRIC
from review_api.worker.service_errors import LostError, ServiceError, service_error
from servicekit.wire import s_from_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from callqa.v1 import rubric_pb2, scorecard_pb2, transcript_pb2

    from review_api.worker.interrupt import Interrupt


class Transcription(Protocol):
    """Hears calls. Every method raises a ServiceError."""

    def model_version(self) -> str:
        """Return the version of the model that hears now."""

    def transcribe(
        self,
        config: transcription_service_pb2.TranscribeConfig,
        legs: Iterable[Iterator[bytes]],
        *,
        on_progress: Callable[[float], None],
        interrupt: Interrupt,
    ) -> transcript_pb2.Transcript:
        """Send the legs' bytes and return the transcript; `on_progress` gets the fraction heard, 0 to 1."""


class Scoring(Protocol):
    """Judges transcripts. Every method raises a ServiceError."""

    def engine_version(self) -> str:
        """Return the version of the engine that judges now."""

    def score(
        self,
        transcript: transcript_pb2.Transcript,
        revision: rubric_pb2.RubricRevision,
        context: scorecard_pb2.CallContext,
    ) -> scorecard_pb2.Scorecard:
        """Return the revision filled in for the transcript of a call of which `context` is known."""


class GrpcTranscription:
    """Implements Transcription over a channel; `termination` ends a call that waits for the service."""

    def __init__(
        self,
        channel: grpc.Channel,
        termination: Interrupt,
        *,
        transcribe_timeout_s: float,
        ask_timeout_s: float,
    ) -> None:
        self._termination = termination
        self._service = transcription_service_pb2_grpc.TranscriptionServiceStub(channel)
        self._transcribe_timeout_s = transcribe_timeout_s
        self._ask_timeout_s = ask_timeout_s

    def model_version(self) -> str:
        """See Transcription."""
        request = transcription_service_pb2.GetTranscriptionModelRequest()
        call = self._service.GetTranscriptionModel.future(request, timeout=self._ask_timeout_s)
        model: transcription_service_pb2.TranscriptionModel = _answer(
            call, "transcription", self._termination
        )
        return model.model_version

    def transcribe(
        self,
        config: transcription_service_pb2.TranscribeConfig,
        legs: Iterable[Iterator[bytes]],
        *,
        on_progress: Callable[[float], None],
        interrupt: Interrupt,
    ) -> transcript_pb2.Transcript:
        """See Transcription."""
        requests = _Requests(config, legs)
        call = self._service.TranscribeCall(iter(requests), timeout=self._transcribe_timeout_s)
        try:
            with interrupt.cancelling(call.cancel):
                for answer in call:
                    if answer.HasField("transcript"):
                        return answer.transcript
                    if answer.HasField("progress"):
                        on_progress(_fraction(answer.progress))
        except grpc.RpcError as error:
            interrupt.check()
            # gRPC swallows what the request iterator raises; its own error would only say that it did.
            if requests.failure is not None:
                raise requests.failure from error
            raise service_error(error, "transcription") from error
        finally:
            call.cancel()
        raise ServiceError("transcription: the answer ended without a transcript")


class _Requests:
    """The config, then the audio, read piece by piece; keeps what reading raised."""

    def __init__(
        self, config: transcription_service_pb2.TranscribeConfig, legs: Iterable[Iterator[bytes]]
    ) -> None:
        self._config = config
        self._legs = legs
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[transcription_service_pb2.TranscribeCallRequest]:
        yield transcription_service_pb2.TranscribeCallRequest(config=self._config)
        try:
            for leg, pieces in enumerate(self._legs):
                for piece in pieces:
                    chunk = transcription_service_pb2.AudioChunk(leg=leg, content=piece)
                    yield transcription_service_pb2.TranscribeCallRequest(audio=chunk)
        except Exception as error:
            self.failure = error
            raise


class GrpcScoring:
    """Implements Scoring over a channel; `termination` ends a call that waits for the service."""

    def __init__(
        self, channel: grpc.Channel, termination: Interrupt, *, score_timeout_s: float, ask_timeout_s: float
    ) -> None:
        self._termination = termination
        self._ask_timeout_s = ask_timeout_s
        self._service = scoring_service_pb2_grpc.ScoringServiceStub(channel)
        self._score_timeout_s = score_timeout_s

    def engine_version(self) -> str:
        """See Scoring."""
        request = scoring_service_pb2.CheckRubricRequest(builtin=DEFAULT_RUBRIC)
        call = self._service.CheckRubric.future(request, timeout=self._ask_timeout_s)
        checked: scoring_service_pb2.CheckRubricResponse = _answer(call, "scoring", self._termination)
        return checked.engine_version

    def score(
        self,
        transcript: transcript_pb2.Transcript,
        revision: rubric_pb2.RubricRevision,
        context: scorecard_pb2.CallContext,
    ) -> scorecard_pb2.Scorecard:
        """See Scoring."""
        request = scoring_service_pb2.ScoreTranscriptRequest(
            transcript=transcript, rubric_revision=revision, context=context
        )
        call = self._service.ScoreTranscript.future(request, timeout=self._score_timeout_s)
        scorecard: scorecard_pb2.Scorecard = _answer(call, "scoring", self._termination)
        return scorecard


def _answer(call: Any, service: str, termination: Interrupt) -> Any:  # noqa: ANN401 - any message
    try:
        with termination.cancelling(call.cancel):
            return call.result()
    except (grpc.RpcError, grpc.FutureCancelledError) as error:
        termination.check()
        if isinstance(error, grpc.FutureCancelledError):
            raise LostError(f"{service}: the call was cancelled") from error
        raise service_error(error, service) from error


def _fraction(progress: transcription_service_pb2.TranscribeProgress) -> float:
    total_s = s_from_duration(progress.total_duration)
    return s_from_duration(progress.heard_duration) / total_s if total_s > 0 else 0.0
