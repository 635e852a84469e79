"""Process plumbing all services share: server, errors, interceptors, settings, telemetry. No domain, no storage."""
