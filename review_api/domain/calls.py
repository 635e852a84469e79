"""A call: what a client says about it, and how far it has come.

RECEIVED ──transcribed──> TRANSCRIBED ──scored──> SCORED ──transcribed, scored──> SCORED
RECEIVED, TRANSCRIBED ──set_aside──> QUARANTINED ──release──> RECEIVED or TRANSCRIBED
TRANSCRIBED, SCORED ──roles_set──> the same

A call with a scorecard is never quarantined: what fails later (another rubric, another model) is said on the
batch item, and the scorecard it has stays in sight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from review_api.domain.call_rules import check_spec
from review_api.domain.hashing import call_id_of
from servicekit.errors import WrongStateError

if TYPE_CHECKING:
    from datetime import datetime

    from review_api.domain.quarantine import Quarantine


class CallState(StrEnum):
    """How far a call has come; the names are those of the wire."""

    RECEIVED = "RECEIVED"
    TRANSCRIBED = "TRANSCRIBED"
    SCORED = "SCORED"
    QUARANTINED = "QUARANTINED"


class SpeakerRole(StrEnum):
    """Who speaks on a channel; the names are those of the wire."""

    AGENT = "AGENT"
    CUSTOMER = "CUSTOMER"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One recording of a call, `channel_roles` in channel order. Checked as a part of its CallSpec."""

    recording_sha256: str
    channel_roles: tuple[SpeakerRole, ...] = ()
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSpec:
    """What a client says about a call; `start_time` is exact to a millisecond, `labels` are sorted by key.

    `language` is "" where the client states none.
    Raises InvalidInputError with a violation for each field that cannot be accepted; see `call_rules`.
    """

    legs: tuple[Leg, ...]
    external_id: str = ""
    agent: str = ""
    queue: str = ""
    start_time: datetime | None = None
    language: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_spec(self)

    @property
    def call_id(self) -> str:
        """The id that these recordings with this metadata always have."""
        return call_id_of(self)


_POSSIBLE: Final = {
    CallState.RECEIVED: "transcribed, set_aside",
    CallState.TRANSCRIBED: "transcribed, scored, set_aside, roles_set",
    CallState.SCORED: "transcribed, scored, roles_set",
    CallState.QUARANTINED: "set_aside, release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A stored call. `version` grows by one with each write; `duration_s` is None until it is heard.

    `base_transcript_id` is what the transcript in force was made of, "" unless somebody set its roles.
    Each verb returns the call as it is afterwards, or raises WrongStateError that names what is possible.
    """

    spec: CallSpec
    id: str
    create_time: datetime
    update_time: datetime
    state: CallState = CallState.RECEIVED
    quarantine: Quarantine | None = None
    duration_s: float | None = None
    transcript_id: str = ""
    base_transcript_id: str = ""
    scorecard_id: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if (self.state is CallState.QUARANTINED) != (self.quarantine is not None):
            raise ValueError(f"call {self.id}: QUARANTINED and a quarantine go together")
        if self.state is CallState.SCORED and not self.scorecard_id:
            raise ValueError(f"call {self.id}: SCORED needs a scorecard")

    @property
    def etag(self) -> str:
        """Changes with every write."""
        return f"v{self.version}"

    @property
    def correction(self) -> str:
        """The transcript with the roles that somebody set, or "": it tells whether they were set since."""
        return self.transcript_id if self.base_transcript_id else ""

    def transcribed(self, transcript_id: str, duration_s: float, *, base_transcript_id: str = "") -> Call:
        """Note that a transcript is stored; a newer one does not take the scorecard away."""
        if self.state is CallState.QUARANTINED:
            raise self._wrong_state("transcribed")
        state = CallState.TRANSCRIBED if self.state is CallState.RECEIVED else self.state
        return replace(
            self,
            state=state,
            transcript_id=transcript_id,
            base_transcript_id=base_transcript_id,
            duration_s=duration_s,
        )

    def roles_set(self, transcript_id: str, *, base_transcript_id: str) -> Call:
        """Note that somebody said who is who; without a base the transcript is as it was heard."""
        if self.state not in {CallState.TRANSCRIBED, CallState.SCORED}:
            raise self._wrong_state("roles_set")
        return replace(self, transcript_id=transcript_id, base_transcript_id=base_transcript_id)

    def scored(self, scorecard_id: str) -> Call:
        """Note that a scorecard is stored."""
        if self.state not in {CallState.TRANSCRIBED, CallState.SCORED}:
            raise self._wrong_state("scored")
        return replace(self, state=CallState.SCORED, scorecard_id=scorecard_id)

    def set_aside(self, quarantine: Quarantine) -> Call:
        """Note that it cannot be processed."""
        if self.state is CallState.SCORED:
            raise self._wrong_state("set_aside")
        return replace(self, state=CallState.QUARANTINED, quarantine=quarantine)

    def release(self) -> Call:
        """Try it again: what was in the way may be gone."""
        if self.state is not CallState.QUARANTINED:
            raise self._wrong_state("release")
        state = CallState.TRANSCRIBED if self.transcript_id else CallState.RECEIVED
        return replace(self, state=state, quarantine=None)

    def _wrong_state(self, verb: str) -> WrongStateError:
        return WrongStateError(
            f"calls/{self.id} is {self.state}, so {verb} is not possible; possible: {_POSSIBLE[self.state]}",
            metadata={"state": self.state, "possible": _POSSIBLE[self.state]},
        )
