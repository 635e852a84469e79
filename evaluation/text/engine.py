"""The product's engine in this process, by rubrics made for a task, and what reading costs."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evaluation.errors import DataError
from evaluation.text.dialogues import transcript_of
from scoring.domain.files import SourceFile, content_sha256
from scoring.domain.scorecard import AnswerValue
from scoring.errors import RubricInvalidError
from scoring.packs.builtin import builtin_rubrics
from scoring.servicer import load_scorer
from scoring.settings import ScoringSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.text.dialogues import DialogueTurn
    from scoring.domain.context import CallContext
    from scoring.domain.scorecard import Scorecard

PACKS: Final = Path(__file__).resolve().parent.parent / "packs"
# The form made for a task holds its questions alone; what is found stands in the packs.
_FORM: Final = "evaluation.yaml"
# Words and signs, about as spaCy counts them.
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True)
class Cost:
    """What was read so far: CPU seconds of scoring, and words and signs."""

    seconds: float = 0.0
    tokens: int = 0

    @property
    def seconds_per_1000_tokens(self) -> float | None:
        """CPU seconds for 1,000 words and signs; None before anything was read."""
        return round(1000 * self.seconds / self.tokens, 4) if self.tokens else None


class Engine:
    """Scores dialogues as the server does and notes the packs used and the time taken."""

    def __init__(self) -> None:
        # One script of a call type after another is read, each with its own rubric.
        self._scorer = load_scorer(ScoringSettings(max_cached_rubrics=64))
        self.packs: dict[str, str] = {}
        self.cost = Cost()

    @property
    def version(self) -> str:
        """The engine's version, as scorecards carry it."""
        return self._scorer.engine_version

    def prepare(self, files: Sequence[SourceFile]) -> None:
        """Compile a rubric and note its packs; raises DataError for a rubric with mistakes."""
        compilation = self._scorer.check(files)
        if compilation.compiled is None:
            raise DataError(str(RubricInvalidError.from_problems(compilation.problems)))
        for file in compilation.compiled.files:
            if file.file_name != _FORM:
                self.packs.setdefault(file.file_name.removesuffix(".yaml"), content_sha256([file]))

    def score(
        self,
        turns: Sequence[DialogueTurn],
        files: Sequence[SourceFile],
        context: CallContext | None = None,
        *,
        paced_as: Sequence[DialogueTurn] | None = None,
    ) -> Scorecard:
        """Return the scorecard of a dialogue, timed as `paced_as`, by a rubric that was prepared."""
        transcript = transcript_of(turns, paced_as)
        began = time.process_time()
        card, _ = self._scorer.score(transcript, files, context)
        self.cost.seconds += time.process_time() - began
        self.cost.tokens += sum(tokens(turn.text) for turn in turns)
        return card


def tokens(text: str) -> int:
    """Return the number of words and signs of a text."""
    return len(_TOKEN.findall(text))


def builtin_rubric() -> list[SourceFile]:
    """Return the rubric that comes with callqa, as files to score by."""
    return [builtin_rubrics()["service-quality"]]


def pack_file(name: str) -> SourceFile:
    """Return one of the packs written for this evaluation."""
    path = PACKS / f"{name}.yaml"
    return SourceFile(file_name=path.name, content=path.read_text(encoding="utf-8"))


def rubric_file(packs: Iterable[str], checks: Mapping[str, object]) -> SourceFile:
    """Return a rubric that asks one check a criterion, by criterion id, of the packs named.

    Single pairs of turns are short calls, so the least number of words doesn't apply.
    """
    criteria = [
        {"id": name, "title": name, "points": 1, "check": check} for name, check in sorted(checks.items())
    ]
    form = {
        "rubric": "evaluation",
        "title": "Evaluation",
        "packs": list(packs),
        "reading": {"min_words": 1},
        "sections": [{"id": "asked", "title": "Asked", "criteria": criteria}],
    }
    # JSON is YAML.
    return SourceFile(file_name=_FORM, content=json.dumps(form))


def said_turns(card: Scorecard) -> dict[str, frozenset[int]]:
    """Return per criterion the turns whose words pass it; none where it isn't passed."""
    return {
        answer.criterion: frozenset(
            evidence.turn for finding in answer.findings for evidence in finding.evidence
        )
        if answer.value is AnswerValue.PASS
        else frozenset()
        for answer in card.answers
    }
