"""Process plumbing that all services share: server, errors, interceptors, settings, telemetry.

No domain and no storage: whatever knows what a call or a score is belongs to a service.
"""
