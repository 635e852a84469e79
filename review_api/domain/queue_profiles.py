"""How the calls of one queue are to be heard, where a call itself says nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from review_api.domain.call_rules import (
    MAX_CHANNELS,
    MAX_TEXT_CHARACTERS,
    language_violations,
    text_violations,
)
from review_api.domain.hashing import queue_profile_id_of
from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from review_api.domain.calls import SpeakerRole

MAX_VOCABULARY_ENTRIES: Final = 100
MAX_ENTRY_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueProfile:
    """Language, vocabulary and channel roles of a queue. `version` grows by one with each write.

    `language` is "" for "en" and "und" for detected per call. `vocabulary` has at most 100 entries of at most
    60 characters, each once. `channel_roles` are in channel order, () for the server's rule. The times are
    None until it is stored. Raises InvalidInputError with a violation for each field that cannot be accepted.
    """

    queue: str
    language: str = ""
    vocabulary: tuple[str, ...] = ()
    channel_roles: tuple[SpeakerRole, ...] = ()
    create_time: datetime | None = None
    update_time: datetime | None = None
    version: int = 0

    def __post_init__(self) -> None:
        violations = list(_violations(self))
        if violations:
            first = violations[0]
            raise InvalidInputError(
                f"queue_profile: {first.field}: {first.description}", violations=violations
            )

    @property
    def id(self) -> str:
        """The id that this queue's profile always has."""
        return queue_profile_id_of(self.queue)

    @property
    def etag(self) -> str:
        """Changes with every write, also with one after a removal; "" before the first."""
        if self.update_time is None:
            return ""
        return f"v{self.version}-{round(self.update_time.timestamp() * 1000)}"

    def says_the_same(self, other: QueueProfile) -> bool:
        """Tell whether both say the same of the same queue, whenever they were written."""
        mine, others = ((one.queue, one.language, one.vocabulary, one.channel_roles) for one in (self, other))
        return mine == others


def _violations(profile: QueueProfile) -> Iterator[FieldViolation]:
    if not profile.queue:
        yield FieldViolation("queue", "name the queue, exactly as its calls do")
    yield from text_violations("queue", profile.queue, MAX_TEXT_CHARACTERS)
    yield from language_violations(profile.language)
    if len(profile.channel_roles) > MAX_CHANNELS:
        yield FieldViolation("channel_roles", f"more than {MAX_CHANNELS} channels")
    if len(profile.vocabulary) > MAX_VOCABULARY_ENTRIES:
        description = f"{len(profile.vocabulary)} entries are more than {MAX_VOCABULARY_ENTRIES}"
        yield FieldViolation("vocabulary", f"{description}; keep the names that are misheard most")
    seen: set[str] = set()
    for position, entry in enumerate(profile.vocabulary):
        field = f"vocabulary[{position}]"
        if not entry or entry != entry.strip():
            yield FieldViolation(field, "is empty or has spaces around it; remove them")
        if entry in seen:
            yield FieldViolation(field, "stands in the list before; keep it once")
        seen.add(entry)
        yield from text_violations(field, entry, MAX_ENTRY_CHARACTERS)
