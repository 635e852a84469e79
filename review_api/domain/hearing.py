"""What the speech engine is told about a call: by the call itself, by its queue's profile, or by rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from review_api.domain.hashing import transcript_id_of

if TYPE_CHECKING:
    from review_api.domain.calls import CallSpec, SpeakerRole
    from review_api.domain.queue_profiles import QueueProfile

_DEFAULT_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How a call is to be heard; `leg_roles` has the roles of each leg's channels, () where nobody says.

    `told_by_queue` is what the queue's profile adds to the call's own word, () for nothing: it is a part of
    the transcript's identity, as the call's own word is a part of the call's.
    """

    language: str
    vocabulary: tuple[str, ...]
    leg_roles: tuple[tuple[SpeakerRole, ...], ...]
    roles_by_queue: bool
    told_by_queue: tuple[object, ...]

    def transcript_id(self, model_version: str) -> str:
        """Return the id of the call's transcript by this model."""
        return transcript_id_of(model_version, self.told_by_queue)

    def without_queue_roles(self) -> Hearing:
        """Return the same without the queue's roles, which a recording with other channels does not fit."""
        return replace(self, leg_roles=((),) * len(self.leg_roles), roles_by_queue=False)


def hearing_of(spec: CallSpec, profile: QueueProfile | None) -> Hearing:
    """Return how the call is to be heard: its own word first, then its queue's, then the rule."""
    own_language = spec.language or _DEFAULT_LANGUAGE
    language = spec.language or (profile.language if profile else "") or _DEFAULT_LANGUAGE
    vocabulary = profile.vocabulary if profile else ()
    queue_roles = _queue_roles(spec, profile)
    told_by_queue = (language, vocabulary, queue_roles)
    return Hearing(
        language=language,
        vocabulary=vocabulary,
        leg_roles=queue_roles or tuple(leg.channel_roles for leg in spec.legs),
        roles_by_queue=bool(queue_roles),
        told_by_queue=() if told_by_queue == (own_language, (), ()) else told_by_queue,
    )


def _queue_roles(spec: CallSpec, profile: QueueProfile | None) -> tuple[tuple[SpeakerRole, ...], ...]:
    """Return the queue's roles leg by leg, () where the call states its own or the queue has none for it."""
    roles = profile.channel_roles if profile else ()
    if not roles or any(leg.channel_roles for leg in spec.legs):
        return ()
    if len(spec.legs) == 1:
        return (roles,)
    # Each leg is one side of the call: channels count over the legs.
    return tuple((role,) for role in roles) if len(roles) == len(spec.legs) else ()
