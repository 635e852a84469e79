"""What the worker's exit code tells a Kubernetes Job."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `callqa-worker`."""

    COMPLETE = 0
    """Every item of the shard has ended; with --watch, the worker was told to stop."""
    INVALID_SHARD = 65
    """No such batch or shard: a retry cannot help this index."""
    DEPENDENCY_DOWN = 75
    """MongoDB or a service is away: a retry may help."""
    MISCONFIGURED = 78
    """The settings are wrong: a retry cannot help any index."""
    TERMINATED = 143
    """Told to stop; the item in hand was put back."""
