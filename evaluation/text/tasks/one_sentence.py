"""The same steps, each defined by the one sentence of its script and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from evaluation.errors import DataError
from evaluation.text.bench import FileMissingError, Measured
from evaluation.text.engine import rubric_file, said_turns
from evaluation.text.tasks.steps import (
    FILE,
    GENERIC_STEPS,
    every_step_figures,
    joined_steps,
    step_figures,
)
from scoring.domain.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evaluation.text.bench import Bench

_SCRIPTS: Final = "aux/star_scripts.json"
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_SENTENCE_WORDS: Final = 2


def run(bench: Bench) -> Measured:
    """Return the figures of the four generic steps, and of all steps of the scripts."""
    dialogues = bench.dialogues(FILE)
    scripts = _scripts(bench.folder)
    files: dict[str, list[SourceFile]] = {}
    for task, script in sorted(scripts.items()):
        files[task] = _files(task, _sentences(script))
        bench.engine.prepare(files[task])
    dialogues = [one for one in dialogues if one.labels.get("task") in files]
    found = [said_turns(bench.engine.score(one.turns, files[one.labels["task"]])) for one in dialogues]
    generic = [joined_steps(said, GENERIC_STEPS) for said in found]
    figures, mistakes = step_figures(dialogues, GENERIC_STEPS, generic)
    return Measured(figures={**figures, **every_step_figures(dialogues, found)}, mistakes=tuple(mistakes))


def _scripts(folder: Path) -> dict[str, Any]:
    path = folder / _SCRIPTS
    if not path.is_file():
        raise FileMissingError(f"{folder} has no {_SCRIPTS}")
    try:
        scripts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} isn't JSON: {error}") from error
    return scripts


def _sentences(script: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence of each step of a script that agents say."""
    sentences = {}
    for step, reply in script["replies"].items():
        sentence = " ".join(_PLACEHOLDER.sub(" ", reply).split())
        # Notes to the agent, as "Failed" or "Query check", are nothing to say.
        if len(sentence.split()) > _SENTENCE_WORDS or sentence.endswith((".", "!", "?")):
            sentences[step] = sentence
    return sentences


def _files(task: str, sentences: Mapping[str, str]) -> list[SourceFile]:
    name = f"one-sentence-{task.replace('_', '-')}"
    pack = {
        "pack": name,
        "statements": [{"id": step, "say": sentence} for step, sentence in sorted(sentences.items())],
    }
    return [
        rubric_file([name], {step: {"said": step} for step in sentences}),
        SourceFile(file_name=f"{name}.yaml", content=json.dumps(pack)),
    ]
