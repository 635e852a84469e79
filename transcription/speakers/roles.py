"""Who is the agent and who the customer, from what each says. Pure: the same words give the same roles.

Each speaker's words are searched for the cues of role_cues.yaml; what they weigh is summed up, and of two
speakers the one whose sum is clearly higher is the agent. Where the difference is small both stay as they
are: a wrong role is worse than none, as it turns every answer of a scorecard round.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from transcription.speakers.role_cues import CUES
from transcription.transcript import QualityWarning, RoleSource, SpeakerRole, WarningCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transcription.transcript import SpokenWords

ROLES_REVISION: Final = 1
"""Part of the model version: whoever changes what this module or its cues answer raises it."""

# Cues come in company and are not independent, so their sum is worth less than it says.
_DISCOUNT: Final = 0.6
# A saying heard again says less than the first time, and after the third time nothing.
_WORTH_OF_OCCURRENCES: Final = (1.0, 0.5, 0.25)
_DECIDED: Final = 0.85
_CONTRADICTED: Final = 0.97
_MAX_CONFIDENCE: Final = 0.99
_PAIR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGuess:
    """A speaker's role as it follows from what is said; `confidence` is 0 to 1, and 0 where it is UNKNOWN."""

    role: SpeakerRole
    confidence: float


_UNDECIDED: Final = RoleGuess(role=SpeakerRole.UNKNOWN, confidence=0.0)
_OTHER: Final = {SpeakerRole.AGENT: SpeakerRole.CUSTOMER, SpeakerRole.CUSTOMER: SpeakerRole.AGENT}


def agent_score(text: str) -> float:
    """Return the log-odds that whoever says `text` (English) is an agent; below 0 is a customer."""
    plain = _plain(text)
    score = 0.0
    for cue in CUES:
        hits = sum(1 for _ in cue.pattern.finditer(plain))
        score += cue.weight * sum(_WORTH_OF_OCCURRENCES[:hits])
    return score


def decide_roles(texts: Sequence[str]) -> tuple[RoleGuess, ...]:
    """Return a guess for each speaker of a call from all that each says, in English.

    Of two speakers one is the agent and one the customer, or both are UNKNOWN. One alone, or each of more
    than two, is judged by itself.
    """
    scores = [agent_score(text) for text in texts]
    if len(scores) != _PAIR:
        return tuple(_guess(score) for score in scores)
    first = _guess(scores[0] - scores[1])
    if first.role is SpeakerRole.UNKNOWN:
        return (_UNDECIDED, _UNDECIDED)
    return (first, RoleGuess(role=_OTHER[first.role], confidence=first.confidence))


def assign_speaker_roles(
    spoken: Sequence[SpokenWords], *, language: str
) -> tuple[tuple[SpokenWords, ...], tuple[QualityWarning, ...]]:
    """Return the speakers with the roles they have after everything was heard, and what to warn of.

    Stated roles stay, with a warning where what is said contradicts them. A role by convention or none gives
    way to the one decided from speech, and stays where nothing can be decided. `language` is a subtag, as
    "en": there are cues for English alone, so in other languages nothing is decided.
    """
    texts = [" ".join(word.text for word in one.words) for one in spoken]
    guesses = decide_roles(texts) if language == "en" else (_UNDECIDED,) * len(spoken)
    contradiction = max(
        (guess.confidence for one, guess in zip(spoken, guesses, strict=True) if _contradicts(one, guess)),
        default=0.0,
    )
    if not contradiction:
        spoken = [_settle(one, guess) for one, guess in zip(spoken, guesses, strict=True)]
    return tuple(spoken), tuple(_warnings(spoken, contradiction, language))


def _plain(text: str) -> str:
    lower = text.lower().replace("\u2019", "'")
    return " ".join(re.sub(r"[^\w']+", " ", lower).split())


def _guess(score: float) -> RoleGuess:
    confidence = 1 / (1 + math.exp(-_DISCOUNT * abs(score)))
    if confidence < _DECIDED:
        return _UNDECIDED
    role = SpeakerRole.AGENT if score > 0 else SpeakerRole.CUSTOMER
    return RoleGuess(role=role, confidence=min(confidence, _MAX_CONFIDENCE))


def _is_stated(one: SpokenWords) -> bool:
    return one.speaker.role_source is RoleSource.STATED and one.speaker.role is not SpeakerRole.UNKNOWN


def _contradicts(one: SpokenWords, guess: RoleGuess) -> bool:
    return _is_stated(one) and guess.role not in {one.speaker.role, SpeakerRole.UNKNOWN}


def _settle(one: SpokenWords, guess: RoleGuess) -> SpokenWords:
    if _is_stated(one) or guess.role is SpeakerRole.UNKNOWN:
        return one
    speaker = replace(
        one.speaker, role=guess.role, role_confidence=guess.confidence, role_source=RoleSource.SPEECH
    )
    return replace(one, speaker=speaker)


def _is_unsure(one: SpokenWords) -> bool:
    return one.speaker.role is SpeakerRole.UNKNOWN or one.speaker.role_source is RoleSource.CONVENTION


def _warnings(
    settled: Sequence[SpokenWords], contradiction: float, language: str
) -> Iterator[QualityWarning]:
    if contradiction >= _CONTRADICTED:
        yield QualityWarning(
            code=WarningCode.SWAPPED_CHANNELS,
            channel=None,
            message="what is said sounds as if the stated roles were the wrong way round (confidence"
            f" {contradiction:.2f}); listen, and swap them with `callqa calls set-roles` if so",
        )
    if any(_is_unsure(one) for one in settled):
        why = "what is said does not tell" if language == "en" else f"no cues are known for {language!r}"
        yield QualityWarning(
            code=WarningCode.ROLES_UNSURE,
            channel=None,
            message=f"not every speaker's role was stated, and {why}; listen, and set them with"
            " `callqa calls set-roles`",
        )
