"""The use case: a transcript and a rubric's files in, a scorecard out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scoring.domain.context import CallContext
from scoring.domain.files import content_sha256
from scoring.domain.rubric import Reading
from scoring.domain.transcript import Role, Transcript, Turn, Word
from scoring.errors import LanguageUnsupportedError, RubricInvalidError, TranscriptTooLongError
from scoring.hashing import folder_sha256
from scoring.judgement.card import fill_in
from scoring.judgement.evidence.call import ReadCall
from scoring.judgement.trial import try_on_call, try_on_text
from scoring.packs.schema import ReadingEntry
from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scoring.compiling import Compilation, CompiledRubric, Compiler
    from scoring.domain.files import SourceFile
    from scoring.domain.scorecard import Scorecard
    from scoring.domain.trial import Trial
    from scoring.language.match import Reading as TurnReading
    from scoring.language.reader import LanguageModel, TurnReader
    from scoring.packs.problem import Problem

# About 3,000 words, read in less than a second: so long a caller who has gone is waited for.
_STRETCH_TURNS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one transcript may have at most."""

    max_turns: int
    max_words: int
    max_word_chars: int


def _always() -> None:
    """Let the work go on."""


class Scorer:
    """Compiles rubrics, remembers the last ones used, and scores transcripts by them. Safe for threads."""

    def __init__(
        self, *, model: LanguageModel, compiler: Compiler, limits: Limits, max_cached_rubrics: int
    ) -> None:
        # The code's own hash: a release number alone wouldn't tell two states of the rules' engine apart.
        code = folder_sha256(Path(__file__).parent, "*.py")
        # Besides the language models: what runs conditions, what lays texts beside words, and protobuf, which
        # writes the same values as the same bytes only within one version.
        libraries = [f"{name} {version(name)}" for name in ("cel-expr-python", "rapidfuzz", "protobuf")]
        self.engine_version = ", ".join(
            [f"callqa-scoring {version('callqa')} {code[:16]}", model.version, *libraries]
        )
        self._compiler = compiler
        self._embedding = model.embedding_name
        self._limits = limits
        self._max_cached_rubrics = max_cached_rubrics
        self._compiled: OrderedDict[tuple[str, bool], Compilation] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, files: Sequence[SourceFile], *, packs_alone: bool = False) -> Compilation:
        """Compile files, or return what was compiled from the same content before.

        With `packs_alone` a rubric among the files is passed over.
        """
        key = content_sha256(files), packs_alone
        with self._lock:
            if key in self._compiled:
                self._compiled.move_to_end(key)
                return self._compiled[key]
        compilation = self._compiler.compile(files, packs_alone=packs_alone)
        compiled = compilation.compiled
        # A revision comes with the packs that were looked up for it, and is the same rubric.
        keys = [key] if compiled is None else [key, (compiled.sha256, False)]
        with self._lock:
            for one in keys:
                self._compiled[one] = compilation
                self._compiled.move_to_end(one)
            while len({id(one) for one in self._compiled.values()}) > self._max_cached_rubrics:
                self._compiled.popitem(last=False)
        return compilation

    def score(
        self,
        transcript: Transcript,
        files: Sequence[SourceFile],
        context: CallContext | None = None,
        *,
        go_on: Callable[[], None] = _always,
    ) -> tuple[Scorecard, CompiledRubric]:
        """Fill in the rubric for a call.

        `go_on` is called between stretches of the call and raises what ends the work.
        Raises TranscriptTooLongError, LanguageUnsupportedError and RubricInvalidError.
        """
        self._check_size(transcript)
        _check_language(transcript)
        compilation = self.check(files)
        compiled = compilation.compiled
        if compiled is None:
            raise RubricInvalidError.from_problems(compilation.problems)
        call = ReadCall(
            transcript=transcript,
            readings=_read(compiled.reader, transcript, go_on),
            rules=compiled.rubric.rules,
            terms=compiled.rubric.reading,
            context=context or CallContext(),
            embedding=self._embedding,
        )
        return fill_in(compiled.rubric, call), compiled

    def try_packs(
        self,
        files: Sequence[SourceFile],
        said: Transcript | str,
        context: CallContext | None = None,
        *,
        go_on: Callable[[], None] = _always,
    ) -> tuple[Trial | None, tuple[Problem, ...]]:
        """Try the rules of packs on a call or a text; None and the mistakes when the packs have any.

        A rubric among the files is passed over. Otherwise as `score`.
        """
        transcript = said if isinstance(said, Transcript) else _one_turn(said)
        self._check_size(transcript)
        _check_language(transcript)
        compilation = self.check(files, packs_alone=True)
        packs = compilation.packs
        if packs is None:
            return None, compilation.problems
        terms = ReadingEntry()
        call = ReadCall(
            transcript=transcript,
            readings=_read(packs.reader, transcript, go_on),
            rules=packs.rules,
            terms=Reading(
                word_confidence_floor=terms.word_confidence_floor,
                role_confidence_floor=terms.role_confidence_floor,
                min_words=terms.min_words,
            ),
            context=context or CallContext(),
            embedding=self._embedding,
        )
        return (try_on_text(call) if isinstance(said, str) else try_on_call(call)), ()

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


def _read(reader: TurnReader, transcript: Transcript, go_on: Callable[[], None]) -> list[TurnReading]:
    readings: list[TurnReading] = []
    for first in range(0, len(transcript.turns), _STRETCH_TURNS):
        go_on()
        readings += reader.read([turn.text for turn in transcript.turns[first : first + _STRETCH_TURNS]])
    go_on()
    return readings


def _one_turn(text: str) -> Transcript:
    """Return a text as the one turn of a call, by nobody and without times."""
    words = tuple(Word(text=word, start_s=0.0, end_s=0.0, confidence=1.0) for word in text.split())
    if not words:
        message = "give at least one word to try the packs on"
        raise InvalidInputError(f"text: {message}", violations=[FieldViolation("text", message)])
    turn = Turn(index=0, role=Role.UNKNOWN, role_confidence=1.0, text=" ".join(text.split()), words=words)
    return Transcript(name="", sha256="", language="en", duration_s=0.0, turns=(turn,))


def _check_language(transcript: Transcript) -> None:
    spoken = transcript.language.replace("_", "-").split("-")[0].lower()
    if spoken not in {"", "en"}:
        # English rules on another language would find nothing and fail the agent for it.
        message = f"the call is in '{transcript.language}'; calls in English ('en') can be scored"
        raise LanguageUnsupportedError(message, violations=[FieldViolation("transcript.language", message)])
