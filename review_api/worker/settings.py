"""What the worker needs to know; CALLQA_WORKER_* in the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from review_api.settings import DatabaseName
from servicekit.settings import ProcessSettings

Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]


class WorkerSettings(ProcessSettings):
    """Settings of the worker. It listens nowhere, so it has none of a server's."""

    mongodb_uri: SecretStr
    """As review_api's."""
    mongodb_database: DatabaseName = "callqa"
    """As review_api's."""
    transcription_address: str
    """Where the transcription service is, host:port or dns:///name:port."""
    scoring_address: str
    """Where the scoring service is, host:port or dns:///name:port."""
    services_tls_ca_file: str | None = None
    """PEM roots of both services; unset means plaintext."""
    recordings_url: str = "gridfs"
    """The store that review_api writes to."""
    lease_s: Annotated[float, Field(ge=1, le=600)] = 20.0
    """A worker that has not been heard of for so long has lost its shard."""
    poll_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How often --watch looks for work."""
    progress_interval_s: Annotated[float, Field(ge=0, le=60)] = 1.0
    """Progress is written at most so often."""
    max_item_attempts: Annotated[int, Field(ge=1, le=100)] = 5
    """An item that failed, or was lost with its worker, so often is quarantined."""
    retry_wait_s: Seconds = 1.0
    """The first wait after a failure; it doubles up to max_retry_wait_s."""
    max_retry_wait_s: Seconds = 30.0
    """The longest wait between two attempts."""
    store_patience_s: Seconds = 600.0
    """How long the worker waits for MongoDB to come back."""
    service_patience_s: Seconds = 300.0
    """How long the worker waits for a service to come back."""
    server_selection_timeout_s: Annotated[float, Field(gt=0, le=300)] = 5.0
    """How long one operation waits for MongoDB."""
    transcribe_timeout_s: Seconds = 7200.0
    """Time to hear one call."""
    score_timeout_s: Seconds = 120.0
    """Time to judge one transcript."""
    ask_timeout_s: Seconds = 30.0
    """For short questions, such as which model a service uses."""
