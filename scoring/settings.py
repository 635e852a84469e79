"""Settings of the scoring server, CALLQA_SCORING_* in the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field

from scoring.language.reader import SPACY_MODEL
from scoring.language.weights import PACKAGED
from servicekit.settings import ServerSettings


def _default_cache_dir() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "callqa" / "models"


class ScoringSettings(ServerSettings):
    """Models, limits of one request and of what is kept. Only the models can change a judgement."""

    spacy_model: Annotated[str, Field(min_length=1)] = SPACY_MODEL
    """An installed package or a folder with a spaCy model of English."""
    embedding: Annotated[str, Field(min_length=1)] = PACKAGED
    """`wordllama` (a pinned package), a folder (`/...`, `./...`, `~/...`) with a table of static vectors as
    safetensors and `tokenizer.json`, or a model hub's name. The built-in packs' thresholds were measured with
    the pinned package; the engine version names what is used."""
    model_cache_dir: Path = Field(default_factory=_default_cache_dir)
    """Where a model from a hub is kept."""
    max_turns: Annotated[int, Field(ge=1)] = 20_000
    """Turns of one transcript."""
    max_words: Annotated[int, Field(ge=1)] = 200_000
    """Words of one transcript; an hour of talk has about 9,000."""
    max_word_chars: Annotated[int, Field(ge=1)] = 200
    """Characters of one word."""
    max_rubric_bytes: Annotated[int, Field(ge=1)] = 1024 * 1024
    """A rubric and its packs together."""
    max_cached_rubrics: Annotated[int, Field(ge=1)] = 16
    """Compiled rubrics kept in memory; each takes a few MB and a second to make again."""
