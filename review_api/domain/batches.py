"""A batch, its items and its shards.

item   PENDING ──begin──> TRANSCRIBING ──heard──> SCORING ──done──> DONE
       each of the first three ──set_aside──> QUARANTINED ──reopen──> PENDING
       TRANSCRIBING, SCORING ──put_back──> PENDING; a lost worker's item is begun again from where it stands
       DONE ──rejudge──> PENDING; DONE, QUARANTINED ──rehear──> PENDING
batch  RUNNING ──complete──> COMPLETE ──reopen──> RUNNING
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from servicekit.errors import WrongStateError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from review_api.domain.quarantine import Quarantine


class ItemState(StrEnum):
    """How far an item has come; the names are those of the wire."""

    PENDING = "PENDING"
    TRANSCRIBING = "TRANSCRIBING"
    SCORING = "SCORING"
    DONE = "DONE"
    QUARANTINED = "QUARANTINED"


class BatchState(StrEnum):
    """How far a batch has come; the names are those of the wire."""

    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"


UNFINISHED: Final = (ItemState.PENDING, ItemState.TRANSCRIBING, ItemState.SCORING)

_POSSIBLE: Final = {
    ItemState.PENDING: "begin, set_aside",
    ItemState.TRANSCRIBING: "begin, hear_progress, heard, set_aside, put_back",
    ItemState.SCORING: "begin, done, set_aside, put_back",
    ItemState.DONE: "rejudge, rehear",
    ItemState.QUARANTINED: "reopen, rehear",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One call within a batch. `attempts` counts how often it was begun; `lease` is the worker's claim.

    `judge_only` is set while the call's transcript in force is to be judged and nothing to be heard.
    Each verb returns the item as it is afterwards, or raises WrongStateError that names what is possible.
    """

    batch_id: str
    position: int
    call_id: str
    external_id: str
    shard: int
    state: ItemState = ItemState.PENDING
    transcribed_fraction: float = 0.0
    scorecard_id: str = ""
    quarantine: Quarantine | None = None
    judge_only: bool = False
    attempts: int = 0
    lease: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if (self.state is ItemState.QUARANTINED) != (self.quarantine is not None):
            raise ValueError(f"{self.where}: QUARANTINED and a quarantine go together")
        if (self.state is ItemState.DONE) != bool(self.scorecard_id):
            raise ValueError(f"{self.where}: DONE and a scorecard go together")
        if not 0.0 <= self.transcribed_fraction <= 1.0:
            raise ValueError(
                f"{self.where}: transcribed_fraction {self.transcribed_fraction} is not in 0 to 1"
            )

    @property
    def where(self) -> str:
        """The item's place, for messages and logs."""
        return f"batches/{self.batch_id} item {self.position}"

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state not in UNFINISHED

    def begin(self, lease: str) -> Self:
        """Let a worker take it, perhaps from one that has vanished."""
        self._require("begin", *UNFINISHED)
        return replace(
            self,
            state=ItemState.TRANSCRIBING,
            transcribed_fraction=0.0,
            lease=lease,
            attempts=self.attempts + 1,
        )

    def hear_progress(self, fraction: float) -> Self:
        """Note how much of the audio is heard; it never goes back."""
        self._require("hear_progress", ItemState.TRANSCRIBING)
        return replace(
            self, transcribed_fraction=max(self.transcribed_fraction, min(1.0, max(0.0, fraction)))
        )

    def heard(self) -> Self:
        """Note that its transcript is stored."""
        self._require("heard", ItemState.TRANSCRIBING)
        return replace(self, state=ItemState.SCORING, transcribed_fraction=1.0)

    def done(self, scorecard_id: str) -> Self:
        """Note that its scorecard is stored."""
        self._require("done", ItemState.SCORING)
        return replace(self, state=ItemState.DONE, scorecard_id=scorecard_id, judge_only=False)

    def set_aside(self, quarantine: Quarantine) -> Self:
        """Note that it cannot be processed."""
        self._require("set_aside", *UNFINISHED)
        return replace(self, state=ItemState.QUARANTINED, quarantine=quarantine, judge_only=False)

    def put_back(self) -> Self:
        """Give it up without fault of the item, so that the attempt does not count."""
        self._require("put_back", ItemState.TRANSCRIBING, ItemState.SCORING)
        return replace(
            self, state=ItemState.PENDING, transcribed_fraction=0.0, lease="", attempts=self.attempts - 1
        )

    def reopen(self) -> Self:
        """Try it again with all its attempts: what was in the way may be gone."""
        self._require("reopen", ItemState.QUARANTINED)
        return self._from_the_start()

    def rejudge(self) -> Self:
        """Judge the call's transcript again: somebody has set its roles."""
        self._require("rejudge", ItemState.DONE)
        return replace(self._from_the_start(), judge_only=True)

    def rehear(self) -> Self:
        """Hear the call again: how its queue is to be heard may have changed."""
        self._require("rehear", ItemState.DONE, ItemState.QUARANTINED)
        return self._from_the_start()

    def _from_the_start(self) -> Self:
        return replace(
            self,
            state=ItemState.PENDING,
            transcribed_fraction=0.0,
            scorecard_id="",
            quarantine=None,
            attempts=0,
            lease="",
        )

    def _require(self, verb: str, *states: ItemState) -> None:
        if self.state not in states:
            possible = _POSSIBLE[self.state]
            raise WrongStateError(
                f"{self.where} is {self.state}, so {verb} is not possible; possible: {possible}",
                metadata={"state": self.state, "possible": possible},
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Items by state."""

    pending: int = 0
    transcribing: int = 0
    scoring: int = 0
    done: int = 0
    quarantined: int = 0

    @classmethod
    def of(cls, states: Iterable[ItemState]) -> Self:
        """Count the states."""
        return cls.from_tally(Counter(states))

    @classmethod
    def from_tally(cls, tally: dict[ItemState, int]) -> Self:
        """Take a number for each state that occurs."""
        return cls(**{state.value.lower(): number for state, number in tally.items()})

    @property
    def unfinished(self) -> int:
        """Items with something left to do."""
        return self.pending + self.transcribing + self.scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Calls that are processed together. `rubric_revision` is `{rubric}/{revision}`, pinned at creation."""

    id: str
    rubric_revision: str
    item_count: int
    shard_count: int
    create_time: datetime
    state: BatchState = BatchState.RUNNING
    complete_time: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if (self.state is BatchState.COMPLETE) != (self.complete_time is not None):
            raise ValueError(f"batches/{self.id}: COMPLETE and a complete_time go together")

    def complete(self, moment: datetime) -> Self:
        """Note that its last item has ended."""
        if self.state is BatchState.COMPLETE:
            raise WrongStateError(f"batches/{self.id} is COMPLETE already; possible: reopen")
        return replace(self, state=BatchState.COMPLETE, complete_time=moment)

    def reopen(self) -> Self:
        """Go on: items that were quarantined are tried again."""
        if self.state is BatchState.RUNNING:
            raise WrongStateError(f"batches/{self.id} is RUNNING already; possible: complete")
        return replace(self, state=BatchState.RUNNING, complete_time=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A slice of a batch that one worker takes as one, under a lease of its own."""

    batch_id: str
    number: int
    rubric_revision: str
    lease: str = ""
