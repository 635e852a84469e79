"""What the use cases and the worker need from storage, recordings and scoring; each adapter implements one.

Every method may raise UnavailableError: the same call may succeed in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from servicekit.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from callqa.v1 import pack_pb2, scorecard_pb2, transcript_pb2

    from review_api.domain.batches import Batch, BatchItem, Counts, Shard
    from review_api.domain.calls import Call, CallState
    from review_api.domain.quarantine import EngineVersions, Stage
    from review_api.domain.queue_profiles import QueueProfile
    from review_api.domain.results import ScorecardSummary, StoredScorecard, StoredTranscript
    from review_api.domain.rubrics import CheckedRubric, Revision, Rubric, RubricFile


class HistoryLostError(InvalidInputError):
    """The database no longer knows what changed since this resume token; watch from the start."""

    reason = "RESUME_TOKEN_TOO_OLD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page of a newest-first list ended: the create time in ms from 1970, and the id."""

    create_time_ms: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQuery:
    """Which calls; all conditions that are set must hold."""

    state: CallState | None = None
    agent: str = ""
    queue: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardQuery:
    """Which scorecards; all conditions that are set must hold."""

    call_id: str = ""
    agent: str = ""
    queue: str = ""
    outcome: str = ""
    flag: str = ""
    batch_id: str = ""
    rubric_revision: str = ""
    superseded_too: bool = False


class CallRepository(Protocol):
    """Calls by their derived ids."""

    def add_all(self, calls: Sequence[Call]) -> None:
        """Store the calls that are not there; those that are stay as they are."""

    def get(self, call_id: str) -> Call:
        """Return a call or raise NotFoundError."""

    def get_all(self, call_ids: Collection[str]) -> Mapping[str, Call]:
        """Return those of the calls that exist, by id."""

    def replace(self, seen: Call, changed: Call) -> Call:
        """Write what a verb made of `seen`; raises StaleError when the stored call is not `seen` any more."""

    def page(self, query: CallQuery, *, after: Cursor | None, size: int) -> Sequence[Call]:
        """Return up to `size` calls after the cursor, the newest first."""


class BatchRepository(Protocol):
    """Batches with their items."""

    def create(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        """Store batch, items and shards in one transaction, or nothing when the batch exists."""

    def find(self, batch_id: str) -> Batch | None:
        """Return the batch, or None."""

    def get(self, batch_id: str) -> Batch:
        """Return the batch or raise NotFoundError."""

    def items(self, batch_id: str) -> Sequence[BatchItem]:
        """Return all items by position."""

    def counts(self, batch_ids: Collection[str]) -> Mapping[str, Counts]:
        """Return each batch's counts."""

    def page(self, *, after: Cursor | None, size: int) -> Sequence[Batch]:
        """Return up to `size` batches after the cursor, the newest first."""

    def settle(self, batch_id: str) -> Batch:
        """Bring the batch's state in line with its items, and return it as it stands."""

    def reopen(self, batch_id: str, positions: Collection[int]) -> None:
        """Reopen those of these items that are quarantined, with their shards and the batch."""

    def items_of_call(self, call_id: str) -> Sequence[BatchItem]:
        """Return the call's items in all batches."""

    def send_back(self, items: Sequence[BatchItem], verb: Callable[[BatchItem], BatchItem]) -> None:
        """Apply a verb that leaves work to the items as seen, and open their shards and batches for it.

        An item that has changed since is left as it is.
        """

    def batch_of_request(self, request_id: str, digest: str) -> str:
        """Return the batch that this request made before, or "".

        Raises InvalidInputError when the id came with another content.
        """

    def bind_request(self, request_id: str, digest: str, batch_id: str) -> None:
        """Note which batch a request made; the first note stays."""

    def watch(self, batch_id: str, resume_token: str) -> ItemFeed:
        """Open a feed of the items' changes, from the token on, or from now on with ""."""


class ItemFeed(Protocol):
    """Changes of a batch's items, in order. Close it."""

    @property
    def resume_token(self) -> str:
        """Continues after what `changes` has returned."""

    def changes(self) -> Sequence[BatchItem]:
        """Return the items that have changed, each once as it is now; waits about 0.2 s for the first."""

    def close(self) -> None:
        """Give the feed up."""


class ShardRepository(Protocol):
    """Claims on shards and the writes that a claim allows. The database's clock decides about leases."""

    def claim(self, batch_id: str, number: int, lease: str, lease_s: float) -> Shard | None:
        """Take this shard when it has unfinished items and nobody's lease on it runs."""

    def claim_next(self, lease: str, lease_s: float) -> Shard | None:
        """Take the oldest shard that has unfinished items and no running lease."""

    def renew(self, shard: Shard, lease_s: float) -> bool:
        """Prolong the claim; False when another has it."""

    def release(self, shard: Shard) -> None:
        """Give the claim up, and close the shard when nothing is left to do in it."""

    def is_open(self, batch_id: str, number: int) -> bool:
        """Tell whether the shard has unfinished items; raises NotFoundError when there is no such shard."""

    def unfinished(self, shard: Shard) -> Sequence[BatchItem]:
        """Return the items that are left to do, by position."""

    def replace(self, seen: BatchItem, changed: BatchItem) -> BatchItem:
        """Write what a verb made of `seen`; raises StaleError when the stored item is not `seen` any more."""


class QueueProfileRepository(Protocol):
    """Profiles by queue."""

    def find(self, queue: str) -> QueueProfile | None:
        """Return the queue's profile, or None."""

    def find_all(self, queues: Collection[str]) -> Mapping[str, QueueProfile]:
        """Return those of the queues' profiles that exist, by queue."""

    def get(self, profile_id: str) -> QueueProfile:
        """Return a profile or raise NotFoundError."""

    def page(self, *, after: str, size: int) -> Sequence[QueueProfile]:
        """Return up to `size` profiles whose ids follow `after`, by id."""

    def create(self, profile: QueueProfile) -> QueueProfile:
        """Store a new profile; raises StaleError when the queue has one."""

    def replace(self, seen: QueueProfile, changed: QueueProfile) -> QueueProfile:
        """Write `changed` over `seen`; raises StaleError when the stored profile is not `seen` any more."""

    def delete(self, seen: QueueProfile) -> None:
        """Remove the profile; raises StaleError when the stored one is not `seen` any more."""


class TranscriptRepository(Protocol):
    """Transcripts by call and id."""

    def put(self, transcript: StoredTranscript) -> StoredTranscript:
        """Store it unless its key exists; return what is stored under the key."""

    def find(self, call_id: str, transcript_id: str) -> StoredTranscript | None:
        """Return a transcript, or None."""

    def get(self, call_id: str, transcript_id: str) -> StoredTranscript:
        """Return a transcript or raise NotFoundError."""


class ScorecardRepository(Protocol):
    """Scorecards by transcript, rubric revision and engine version."""

    def put(self, scorecard: StoredScorecard) -> StoredScorecard:
        """Store it unless its key exists; return what is stored under the key."""

    def put_in_force(self, call_id: str, scorecard_id: str, *, rubric_revision: str) -> None:
        """Let this scorecard take the place of all others of its call and revision in lists."""

    def find_ids(
        self, transcript_ids: Mapping[str, str], *, rubric_revision: str, engine_version: str
    ) -> Mapping[str, str]:
        """Return, by call id, the id of the scorecard that the call has of its transcript under this key.

        `transcript_ids` are by call id.
        """

    def get(self, call_id: str, scorecard_id: str) -> StoredScorecard:
        """Return a scorecard or raise NotFoundError."""

    def page(self, query: ScorecardQuery, *, after: Cursor | None, size: int) -> Sequence[ScorecardSummary]:
        """Return up to `size` summaries after the cursor, the newest first."""


class RubricRepository(Protocol):
    """Rubrics and their revisions."""

    def add_current(self, revision: Revision) -> Revision:
        """Store the revision unless it exists, make it current, and return it as stored."""

    def get(self, rubric: str, revision: str) -> Revision:
        """Return a revision, the current one for `current`, or raise NotFoundError."""

    def find_current(self, rubric: str) -> Revision | None:
        """Return the current revision, or None for an unknown rubric."""

    def names(self) -> Sequence[str]:
        """Return the names of all rubrics, sorted."""

    def page(self, *, after: str, size: int) -> Sequence[Rubric]:
        """Return up to `size` rubrics whose names follow `after`, by name."""


class EngineRegister(Protocol):
    """The engine versions that workers met last."""

    def seen(self, stage: Stage, version: str) -> None:
        """Note the version that is at work now."""

    def current(self) -> EngineVersions:
        """Return the versions noted last."""


class RubricChecker(Protocol):
    """Compiles rubrics; the scoring service does."""

    def check_builtin(self, name: str) -> CheckedRubric:
        """Return the built-in rubric; its revision is None when there is none of that name."""

    def check_files(self, files: Sequence[RubricFile]) -> CheckedRubric:
        """Check a user's own files."""

    def try_packs(
        self,
        files: Sequence[RubricFile],
        builtin_packs: Sequence[str],
        said: transcript_pb2.Transcript | str,
        context: scorecard_pb2.CallContext,
    ) -> pack_pb2.PackTrial:
        """Show what packs find in a call or a text; mistakes in them are part of the answer.

        InvalidInputError and LimitExceededError for what scoring doesn't read.
        """


class RecordingStore(Protocol):
    """Bytes of recordings by their SHA-256; an upload resumes where the last one broke off."""

    def committed_bytes(self, sha256: str) -> int:
        """Return how many bytes from the start survive a crash of this process; 0 when there are none."""

    def committed_sizes(self, sha256s: Collection[str]) -> Mapping[str, int]:
        """Return the sizes in bytes of those recordings that are complete and checked."""

    def append(self, sha256: str, offset_bytes: int, content: bytes) -> None:
        """Store the next bytes durably; raises OffsetError unless they start at `committed_bytes`."""

    def commit(self, sha256: str, size_bytes: int) -> None:
        """Read all bytes again and make the recording available; nothing happens when it is already.

        Bytes of another SHA-256 or size are removed and refused with RecordingMismatchError.
        """

    def iter_bytes(self, sha256: str) -> Iterator[bytes]:
        """Yield the recording in pieces of at most 1 MiB; raises NotFoundError when it is not complete."""
