"""Settings of the scoring server, CALLQA_SCORING_* in the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from servicekit.settings import ServerSettings


class ScoringSettings(ServerSettings):
    """Limits of one request and of what is kept. None changes a judgement; what does stands in the rubric."""

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
