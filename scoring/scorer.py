"""The use case: a transcript and a rubric's files in, a scorecard out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.domain.context import CallContext
from scoring.domain.files import content_sha256
from scoring.errors import LanguageUnsupportedError, RubricInvalidError, TranscriptTooLongError
from scoring.hashing import folder_sha256
from scoring.judgement.call import ReadCall
from scoring.judgement.card import fill_in
from servicekit.errors import FieldViolation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.compiling import Compilation, CompiledRubric, Compiler
    from scoring.domain.files import SourceFile
    from scoring.domain.scorecard import Scorecard
    from scoring.domain.transcript import Transcript
    from scoring.language.reader import LanguageModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one transcript may have at most."""

    max_turns: int
    max_words: int
    max_word_chars: int


class Scorer:
    """Compiles rubrics, remembers the last ones used, and scores transcripts by them. Safe for threads."""

    def __init__(
        self, *, model: LanguageModel, compiler: Compiler, limits: Limits, max_cached_rubrics: int
    ) -> None:
        # The code's own hash: a release number alone wouldn't tell two states of the rules' engine apart.
        code = folder_sha256(Path(__file__).parent, "*.py")
        # protobuf writes the bytes of a scorecard, the same for the same values only within one version.
        self.engine_version = (
            f"callqa-scoring {version('callqa')} {code[:16]}, {model.version}, protobuf {version('protobuf')}"
        )
        self._compiler = compiler
        self._embedding = model.embedding_name
        self._limits = limits
        self._max_cached_rubrics = max_cached_rubrics
        self._compiled: OrderedDict[str, Compilation] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, files: Sequence[SourceFile]) -> Compilation:
        """Compile files, or return what was compiled from the same content before."""
        key = content_sha256(files)
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        compilation = self._compiler.compile(files)
        with self._lock:
            self._compiled[key] = compilation
            self._compiled.move_to_end(key)
            while len(self._compiled) > self._max_cached_rubrics:
                self._compiled.popitem(last=False)
        return compilation

    def score(
        self, transcript: Transcript, files: Sequence[SourceFile], context: CallContext | None = None
    ) -> tuple[Scorecard, CompiledRubric]:
        """Fill in the rubric for a call.

        Raises TranscriptTooLongError, LanguageUnsupportedError and RubricInvalidError.
        """
        self._check_size(transcript)
        _check_language(transcript)
        compilation = self.check(files)
        compiled = compilation.compiled
        if compiled is None:
            raise RubricInvalidError.from_problems(compilation.problems)
        readings = compiled.reader.read([turn.text for turn in transcript.turns])
        call = ReadCall(
            transcript=transcript,
            readings=readings,
            rules=compiled.rubric.rules,
            terms=compiled.rubric.reading,
            context=context or CallContext(),
            embedding=self._embedding,
        )
        return fill_in(compiled.rubric, call), compiled

    def _check_size(self, transcript: Transcript) -> None:
        limits = self._limits
        longest = max((len(word.text) for turn in transcript.turns for word in turn.words), default=0)
        for what, number, most in (
            ("turns", len(transcript.turns), limits.max_turns),
            ("words", transcript.word_count, limits.max_words),
            ("characters in one word", longest, limits.max_word_chars),
        ):
            if number > most:
                message = f"the transcript has {number} {what}; at most {most} are scored"
                raise TranscriptTooLongError(message, violations=[FieldViolation("transcript", message)])


def _check_language(transcript: Transcript) -> None:
    spoken = transcript.language.replace("_", "-").split("-")[0].lower()
    if spoken not in {"", "en"}:
        # English rules on another language would find nothing and fail the agent for it.
        message = f"the call is in '{transcript.language}'; calls in English ('en') can be scored"
        raise LanguageUnsupportedError(message, violations=[FieldViolation("transcript.language", message)])
