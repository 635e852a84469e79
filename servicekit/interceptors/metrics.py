"""Counts and times calls for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from servicekit.interceptors.outcome import Outcome

# Seconds. A read answers in milliseconds, a transcription in minutes.
_BUCKETS_S = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)


class CallMetrics:
    """`callqa_grpc_calls_total` and `callqa_grpc_call_seconds` in `registry`, by method and code.

    A registry takes them once. Only methods that exist are counted, so the labels stay few.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "callqa_grpc_calls", "Finished calls.", ["method", "kind", "code"], registry=registry
        )
        self._seconds = Histogram(
            "callqa_grpc_call_seconds",
            "Seconds from the start of a call to its end, response stream included.",
            ["method", "code"],
            buckets=_BUCKETS_S,
            registry=registry,
        )

    def observe(self, outcome: Outcome) -> None:
        """Count a finished call."""
        method, code = outcome.method.name, outcome.code.name
        self._calls.labels(method=method, kind=outcome.method.kind, code=code).inc()
        self._seconds.labels(method=method, code=code).observe(outcome.duration_s)
