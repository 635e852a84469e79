"""A gRPC server with health alone, for tests that start pieces. Its environment says how it behaves."""

from __future__ import annotations

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc


def main() -> int:
    """Serve until SIGTERM, or fail, or never serve."""
    behaviour = os.environ.get("CALLQA_TINY_BEHAVIOUR", "serve")
    if behaviour == "fail":
        sys.stderr.write('{"event": "the pack cannot be read", "level": "ERROR"}\n')
        return 1
    if behaviour == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if behaviour == "hang":
        sys.stderr.write("loading\n")
        time.sleep(600)
    server = grpc.server(ThreadPoolExecutor(max_workers=1), options=[("grpc.so_reuseport", 0)])
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    server.add_insecure_port(f"127.0.0.1:{os.environ['CALLQA_TINY_PORT']}")
    server.start()
    server.wait_for_termination()
    return 0


if __name__ == "__main__":
    sys.exit(main())
