"""Transcription and scoring as real gRPC servers whose judgement is made up: the audio's bytes decide."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING

from callqa.v1 import (
    pack_pb2,
    rubric_pb2,
    scorecard_pb2,
    scoring_service_pb2,
    scoring_service_pb2_grpc,
    transcript_pb2,
    transcription_service_pb2,
    transcription_service_pb2_grpc,
)

from servicekit.errors import InvalidInputError
from servicekit.server import Service, start_server
from servicekit.settings import ServerSettings
from servicekit.wire import canonical_bytes, duration_from_s, sha256_hex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import grpc


class AudioChannelsError(InvalidInputError):
    reason = "AUDIO_CHANNELS"


class FakeTranscription(transcription_service_pb2_grpc.TranscriptionServiceServicer):
    """Hears one turn of each channel's speaker in every call; both together are the audio's hash.

    `channels` is how many it finds in a recording; `configs` is what it was told. `failures` holds, by audio,
    what the next calls raise; `broken` is what every request raises.
    """

    def __init__(self) -> None:
        self.model_version = "fake-model-1"
        self.failures: defaultdict[bytes, list[Exception]] = defaultdict(list)
        self.broken: Exception | None = None
        self.heard: Counter[bytes] = Counter()
        self.legs: list[list[bytes]] = []
        self.configs: list[transcription_service_pb2.TranscribeConfig] = []
        self.channels = 2
        self.entered = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._lock = threading.Lock()

    def GetTranscriptionModel(  # noqa: N802
        self, request: object, context: grpc.ServicerContext
    ) -> transcription_service_pb2.TranscriptionModel:
        if self.broken:
            raise self.broken
        return transcription_service_pb2.TranscriptionModel(model_version=self.model_version)

    def TranscribeCall(  # noqa: N802
        self,
        request_iterator: Iterator[transcription_service_pb2.TranscribeCallRequest],
        context: grpc.ServicerContext,
    ) -> Iterator[transcription_service_pb2.TranscribeCallResponse]:
        config = next(request_iterator).config
        legs = [b""] * len(config.legs)
        for request in request_iterator:
            legs[request.audio.leg] += request.audio.content
        audio = b"".join(legs)
        with self._lock:
            self.heard[audio] += 1
            self.legs.append(legs)
            self.configs.append(config)
            failure = self.failures[audio].pop(0) if self.failures[audio] else None
        for heard_s in (1.0, 2.0):
            yield transcription_service_pb2.TranscribeCallResponse(
                progress=transcription_service_pb2.TranscribeProgress(
                    heard_duration=duration_from_s(heard_s), total_duration=duration_from_s(2.0)
                )
            )
        self.entered.set()
        while not self.go_on.wait(0.05):
            if not context.is_active():
                return
        if failure := failure or self.broken:
            raise failure
        stated = [role for leg in config.legs for role in leg.channel_roles]
        if stated and len(stated) != self.channels:
            raise AudioChannelsError(f"{self.channels} channels, {len(stated)} roles")
        roles = stated or [transcript_pb2.AGENT, transcript_pb2.CUSTOMER][: self.channels]
        yield transcription_service_pb2.TranscribeCallResponse(
            transcript=self._transcript(audio, roles, config)
        )

    def _transcript(
        self,
        audio: bytes,
        roles: Sequence[transcript_pb2.SpeakerRole.ValueType],
        config: transcription_service_pb2.TranscribeConfig,
    ) -> transcript_pb2.Transcript:
        text = hashlib.sha256(audio).hexdigest()
        transcript = transcript_pb2.Transcript(
            language=config.language,
            vocabulary=config.vocabulary,
            duration=duration_from_s(2.0),
            model_version=self.model_version,
        )
        for index, role in enumerate(roles):
            word = transcript_pb2.Word(
                text=text[index * 32 :][:32],
                start_offset=duration_from_s(float(index)),
                end_offset=duration_from_s(index + 1.0),
                confidence=0.9,
            )
            transcript.turns.add(
                index=index, speaker=index, role=role, role_confidence=1.0, text=word.text, words=[word]
            )
            transcript.speakers.add(
                index=index,
                channel=index,
                role=role,
                role_confidence=1.0,
                role_source=transcript_pb2.CONVENTION,
                separation_confidence=1.0,
            )
            transcript.channels.add(channel=index, role=role, state=transcript_pb2.ChannelReport.HEARD)
        transcript.quality.warnings.add(code=transcript_pb2.QualityWarning.SWAPPED_CHANNELS, message="?")
        transcript.quality.warnings.add(code=transcript_pb2.QualityWarning.CLIPPED, message="!")
        return transcript


class FakeScoring(scoring_service_pb2_grpc.ScoringServiceServicer):
    """Passes every call of which the agent speaks first; `builtins` are the rubrics by name.

    `failures` are what the next calls raise; `broken` is what every request raises. `meanwhile` happens while
    the next transcripts are judged.
    """

    def __init__(self) -> None:
        self.meanwhile: list[Callable[[], object]] = []
        self.engine_version = "fake-engine-1"
        self.failures: list[Exception] = []
        self.broken: Exception | None = None
        self.builtins = {"service-quality": "first edition", "other-form": "only edition"}
        self.scored: Counter[str] = Counter()

    def CheckRubric(  # noqa: N802
        self, request: scoring_service_pb2.CheckRubricRequest, context: grpc.ServicerContext
    ) -> scoring_service_pb2.CheckRubricResponse:
        if self.broken:
            raise self.broken
        answer = scoring_service_pb2.CheckRubricResponse(
            builtin_rubrics=sorted(self.builtins), engine_version=self.engine_version
        )
        if request.WhichOneof("source") == "builtin":
            if request.builtin in self.builtins:
                answer.rubric_revision.CopyFrom(revision_of(request.builtin, self.builtins[request.builtin]))
            else:
                answer.problems.add(field="builtin", message="there is no such built-in rubric")
            return answer
        for file in request.source_files.files:
            if file.content == "mistake":
                answer.problems.add(file_name=file.file_name, line=3, field="sections[0]", message="is wrong")
        forms = [file for file in request.source_files.files if file.content.startswith("rubric ")]
        if forms and not answer.problems:
            answer.rubric_revision.CopyFrom(revision_of(forms[0].content.split()[1], forms[0].content))
        return answer

    def TryPacks(  # noqa: N802
        self, request: scoring_service_pb2.TryPacksRequest, context: grpc.ServicerContext
    ) -> pack_pb2.PackTrial:
        """Fire a rule per file and built-in pack, and explain with what was given."""
        if self.broken:
            raise self.broken
        said = request.text or " ".join(turn.text for turn in request.transcript.turns)
        trial = pack_pb2.PackTrial()
        for name in [*(file.file_name for file in request.files), *request.builtin_packs]:
            explanation = f"{said} of {request.context.agent or 'nobody'}"
            trial.rules.add(rule_id=name, fired=True, explanation=explanation)
        return trial

    def ScoreTranscript(  # noqa: N802
        self, request: scoring_service_pb2.ScoreTranscriptRequest, context: grpc.ServicerContext
    ) -> scorecard_pb2.Scorecard:
        self.scored[request.transcript.name] += 1
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if failure := self.failures.pop(0) if self.failures else self.broken:
            raise failure
        unnamed = transcript_pb2.Transcript.FromString(request.transcript.SerializeToString())
        unnamed.ClearField("name")
        return scorecard_pb2.Scorecard(
            transcript=request.transcript.name,
            transcript_sha256=sha256_hex(canonical_bytes(unnamed)),
            rubric_revision=request.rubric_revision.name,
            engine_version=self.engine_version,
            score=75.0 if request.transcript.turns[0].role == transcript_pb2.AGENT else 25.0,
            flags=["needs-review"],
            outcome=scorecard_pb2.Outcome(result=scorecard_pb2.Outcome.RESOLVED),
            context=request.context,
        )


def revision_of(rubric: str, content: str) -> rubric_pb2.RubricRevision:
    """Return a revision with this content."""
    digest = sha256_hex(content.encode())
    return rubric_pb2.RubricRevision(
        name=f"rubrics/{rubric}/revisions/{digest[:16]}",
        title=rubric,
        content_sha256=digest,
        files=[rubric_pb2.RubricFile(file_name=f"{rubric}.yaml", content=content)],
    )


class FakeServices:
    """Both fakes, each behind a server of its own on a free port."""

    def __init__(self) -> None:
        self.transcription = FakeTranscription()
        self.scoring = FakeScoring()
        self._ending = ExitStack()
        self.transcription_address = self._serve(
            Service(
                "callqa.v1.TranscriptionService",
                lambda server: transcription_service_pb2_grpc.add_TranscriptionServiceServicer_to_server(
                    self.transcription, server
                ),
            )
        )
        self.scoring_address = self._serve(
            Service(
                "callqa.v1.ScoringService",
                lambda server: scoring_service_pb2_grpc.add_ScoringServiceServicer_to_server(
                    self.scoring, server
                ),
            )
        )

    def close(self) -> None:
        """Stop both."""
        self.transcription.go_on.set()
        self._ending.close()

    def _serve(self, service: Service) -> str:
        running = start_server(settings=ServerSettings(grace_s=0.0), services=lambda: [service])
        self._ending.callback(running.stop)
        return running.address
