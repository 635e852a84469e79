"""What the items of one shard are worked on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review_api.domain.quarantine import EngineVersions, Stage

if TYPE_CHECKING:
    from review_api.domain.batches import Shard
    from review_api.domain.rubrics import Revision
    from review_api.worker.interrupt import Interrupt
    from review_api.worker.patience import Patience
    from review_api.worker.services import Scoring, Transcription
    from review_api.worker.settings import WorkerSettings
    from review_api.worker.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """What a worker works with, whatever the shard."""

    stores: Stores
    transcription: Transcription
    scoring: Scoring
    settings: WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardWork:
    """A claimed shard and its pinned revision."""

    place: Workplace
    shard: Shard
    revision: Revision
    interrupt: Interrupt
    patience: Patience

    @property
    def stores(self) -> Stores:
        """The repositories."""
        return self.place.stores

    def current_versions(self) -> EngineVersions:
        """Ask what hears and what judges now, and note it; ServiceAwayError when one is away for long."""
        versions = EngineVersions(
            model_version=self.patience.service(self.place.transcription.model_version),
            engine_version=self.patience.service(self.place.scoring.engine_version),
        )
        for stage in Stage:
            self.patience.store(self.stores.engines.seen, stage, versions.of(stage))
        return versions

    def wait(self, failures: int) -> None:
        """Wait after so many failures in a row, or raise when interrupted."""
        settings = self.place.settings
        self.interrupt.sleep(
            min(settings.max_retry_wait_s, settings.retry_wait_s * 2 ** min(failures - 1, 16))
        )
