"""What the review_api server needs to know; CALLQA_REVIEW_API_* in the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from servicekit.settings import ServerSettings

DatabaseName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")]


class ReviewApiSettings(ServerSettings):
    """Settings of the review_api server."""

    mongodb_uri: SecretStr
    """MongoDB as a replica set (tested with 6.0); writes wait for a majority whatever the URI says."""
    mongodb_database: DatabaseName = "callqa"
    """The database's name; workers use the same."""
    server_selection_timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    """How long an operation waits for MongoDB before it is UNAVAILABLE."""
    startup_patience_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """How long the start waits for MongoDB."""
    scoring_address: str
    """Where the scoring service is, host:port or dns:///name:port."""
    scoring_tls_ca_file: str | None = None
    """PEM roots of the scoring service; unset means plaintext."""
    check_rubric_timeout_s: Annotated[float, Field(gt=0, le=600)] = 60.0
    """Time to compile a rubric and run its examples."""
    recordings_url: str = "gridfs"
    """"gridfs", or an fsspec URL such as file:///var/lib/callqa/recordings or s3://bucket/folder."""
    max_recording_bytes: Annotated[int, Field(ge=1)] = 1024 * 1024 * 1024
    """Length of one uploaded file."""
    max_chunk_bytes: Annotated[int, Field(ge=1, le=8 * 1024 * 1024)] = 1024 * 1024
    """Bytes in one message of an upload."""
    upload_block_bytes: Annotated[int, Field(ge=1, le=8 * 1024 * 1024)] = 1024 * 1024
    """An upload is written in blocks of this size; a kill of the server loses less than one."""
    max_rubric_bytes: Annotated[int, Field(ge=1, le=8 * 1024 * 1024)] = 1024 * 1024
    """A rubric and its packs together."""
    max_batch_calls: Annotated[int, Field(ge=1, le=50_000)] = 10_000
    """Calls in one batch."""
    target_shards: Annotated[int, Field(ge=1, le=1000)] = 4
    """A batch is divided into this many shards, or as many as it has calls."""
