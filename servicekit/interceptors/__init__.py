"""What every call to every service passes through, outermost first.

tracing        a span per call, when settings.traces_exporter asks for it (servicekit.telemetry)
request_id     read or make x-request-id; everything inside, and the answer, carries it
outcome        one log line and the metrics of how the call ended (call_log, metrics)
errors         CallqaError -> status with details; anything else -> INTERNAL with fixed text
deadline       refuse what comes too late; bound calls that came without a deadline
gate           UNAVAILABLE until the service has loaded
"""

from __future__ import annotations

from servicekit.interceptors.call_log import log_call
from servicekit.interceptors.deadline import DeadlineInterceptor, check_deadline, remaining_s
from servicekit.interceptors.errors import ErrorInterceptor
from servicekit.interceptors.gate import GateInterceptor
from servicekit.interceptors.metrics import CallMetrics
from servicekit.interceptors.outcome import Outcome, OutcomeInterceptor
from servicekit.interceptors.request_id import RequestIdInterceptor

__all__ = [
    "CallMetrics",
    "DeadlineInterceptor",
    "ErrorInterceptor",
    "GateInterceptor",
    "Outcome",
    "OutcomeInterceptor",
    "RequestIdInterceptor",
    "check_deadline",
    "log_call",
    "remaining_s",
]
