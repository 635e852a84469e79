"""One log line per call: what was called, how it ended and how long it took; never what it carried."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from servicekit.interceptors.outcome import Outcome

_log = logging.getLogger(__name__)


def log_call(outcome: Outcome) -> None:
    """Log a finished call at INFO; the formatter adds the request id."""
    _log.info(
        "call",
        extra={
            "method": outcome.method.name,
            "kind": outcome.method.kind,
            "code": outcome.code.name,
            "duration_ms": round(outcome.duration_s * 1000, 1),
            "peer_kind": outcome.peer_kind,
        },
    )
