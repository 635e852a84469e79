"""ScoringService on the wire: messages to values, the use case, values to messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callqa.v1 import pack_pb2, scorecard_pb2, scoring_service_pb2, scoring_service_pb2_grpc

from scoring.compiling import Compiler
from scoring.errors import RubricInvalidError, TranscriptInvalidError
from scoring.language.reader import LanguageModel
from scoring.language.weights import find_weights
from scoring.packs.builtin import builtin_packs, builtin_rubrics
from scoring.packs.checking import nearest
from scoring.packs.problem import Problem
from scoring.scorer import Limits, Scorer
from scoring.wire.rubrics import files_from_wire, problem_to_wire, revision_to_wire
from scoring.wire.scorecards import scorecard_to_wire
from scoring.wire.transcript import context_from_wire, transcript_from_wire
from scoring.wire.trials import trial_to_wire
from servicekit.errors import CancelledError, FieldViolation, UnavailableError
from servicekit.interceptors import check_deadline
from servicekit.server import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    import grpc

    from scoring.settings import ScoringSettings

SERVICE_NAME = scoring_service_pb2.DESCRIPTOR.services_by_name["ScoringService"].full_name


def load_scorer(settings: ScoringSettings) -> Scorer:
    """Load the models and compile the built-in rubrics; takes a few seconds."""
    weights = find_weights(settings.embedding, settings.model_cache_dir)
    model = LanguageModel(weights, settings.spacy_model)
    scorer = Scorer(
        model=model,
        compiler=Compiler(model=model, max_rubric_bytes=settings.max_rubric_bytes),
        limits=Limits(
            max_turns=settings.max_turns,
            max_words=settings.max_words,
            max_word_chars=settings.max_word_chars,
        ),
        max_cached_rubrics=settings.max_cached_rubrics,
    )
    for source in builtin_rubrics().values():
        scorer.check([source])
    return scorer


def _while_wanted(context: grpc.ServicerContext) -> Callable[[], None]:
    """Return what raises DeadlineError or CancelledError once nobody waits for the answer any more."""

    def go_on() -> None:
        check_deadline()
        if not context.is_active():
            raise CancelledError("the caller gave the call up")

    return go_on


class ScoringServicer(scoring_service_pb2_grpc.ScoringServiceServicer):
    """Scores transcripts and checks rubrics; `start` gives it what it scores with."""

    def __init__(self) -> None:
        self._scorer: Scorer | None = None

    def start(self, scorer: Scorer) -> None:
        """Take the loaded scorer; the server lets no call in before."""
        self._scorer = scorer

    def service(self) -> Service:
        """Return this servicer as what a server registers."""
        return Service(
            name=SERVICE_NAME,
            register=lambda server: scoring_service_pb2_grpc.add_ScoringServiceServicer_to_server(
                self, server
            ),
        )

    def ScoreTranscript(  # noqa: N802 - the contract's name
        self, request: scoring_service_pb2.ScoreTranscriptRequest, context: grpc.ServicerContext
    ) -> scorecard_pb2.Scorecard:
        """Fill in the revision for the transcript."""
        if not request.HasField("transcript"):
            message = "a transcript is needed"
            raise TranscriptInvalidError(message, violations=[FieldViolation("transcript", message)])
        revision = request.rubric_revision
        if not revision.files:
            message = "the revision's files are needed, as CheckRubric or GetRubricRevision return them"
            raise RubricInvalidError(message, violations=[FieldViolation("rubric_revision.files", message)])
        scorer = self._ready()
        transcript = transcript_from_wire(request.transcript)
        card, compiled = scorer.score(
            transcript,
            files_from_wire(revision.files),
            context_from_wire(request.context),
            go_on=_while_wanted(context),
        )
        if revision.name != compiled.revision:
            message = f"the files are the revision {compiled.revision}; name it so"
            raise RubricInvalidError(message, violations=[FieldViolation("rubric_revision.name", message)])
        return scorecard_to_wire(
            card,
            transcript=transcript,
            rubric_revision=compiled.revision,
            engine_version=scorer.engine_version,
        )

    def CheckRubric(  # noqa: N802 - the contract's name
        self, request: scoring_service_pb2.CheckRubricRequest, context: grpc.ServicerContext
    ) -> scoring_service_pb2.CheckRubricResponse:
        """Compile files or a built-in rubric and list every mistake."""
        del context
        scorer = self._ready()
        known = builtin_rubrics()
        response = scoring_service_pb2.CheckRubricResponse(
            builtin_rubrics=sorted(known), engine_version=scorer.engine_version
        )
        if request.WhichOneof("source") == "builtin":
            if request.builtin not in known:
                message = (
                    f"there is no built-in rubric '{request.builtin}'{nearest(request.builtin, known)} "
                    f"(known: {', '.join(sorted(known))})"
                )
                problem = Problem(file_name="", line=0, field="builtin", message=message)
                response.problems.append(problem_to_wire(problem))
                return response
            files = [known[request.builtin]]
        else:
            files = files_from_wire(request.source_files.files)
        compilation = scorer.check(files)
        response.problems.extend(problem_to_wire(problem) for problem in compilation.problems)
        if compilation.compiled is not None:
            response.rubric_revision.CopyFrom(revision_to_wire(compilation.compiled))
        return response

    def TryPacks(  # noqa: N802 - the contract's name
        self, request: scoring_service_pb2.TryPacksRequest, context: grpc.ServicerContext
    ) -> pack_pb2.PackTrial:
        """Show what the rules of packs find, and why the others don't."""
        scorer = self._ready()
        said = request.text
        transcript = transcript_from_wire(request.transcript) if request.HasField("transcript") else None
        known = builtin_packs()
        files = files_from_wire(request.files)
        for position, name in enumerate(request.builtin_packs):
            if name not in known:
                message = (
                    f"there is no built-in pack '{name}'{nearest(name, known)} "
                    f"(known: {', '.join(sorted(known))})"
                )
                problem = Problem(file_name="", line=0, field=f"builtin_packs[{position}]", message=message)
                return pack_pb2.PackTrial(problems=[problem_to_wire(problem)])
            files.append(known[name])
        trial, problems = scorer.try_packs(
            files,
            said if transcript is None else transcript,
            context_from_wire(request.context),
            go_on=_while_wanted(context),
        )
        if trial is None:
            return pack_pb2.PackTrial(problems=[problem_to_wire(problem) for problem in problems])
        return trial_to_wire(trial)

    def _ready(self) -> Scorer:
        if self._scorer is None:
            raise UnavailableError("the language models are still loading; try again in a moment")
        return self._scorer
