"""Hearing processes in numbers, for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class HearingMetrics:
    """`callqa_hearing_processes`, `..._busy` and `..._replaced_total`; a registry takes them once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.loaded = Gauge(
            "callqa_hearing_processes", "Processes that have loaded and can hear.", registry=registry
        )
        self.busy = Gauge(
            "callqa_hearing_processes_busy", "Processes that hear a call now.", registry=registry
        )
        self.replaced = Counter(
            "callqa_hearing_processes_replaced",
            "Processes replaced: crashed by themselves, or killed because a stopped call did not stop.",
            ["cause"],
            registry=registry,
        )
