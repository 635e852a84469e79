"""A process that runs a toy server, for tests of signals: `python -m tests.unit.servicekit.served`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from servicekit.errors import SettingsError
from servicekit.server import run_server
from servicekit.settings import ServerSettings, load_settings, main_guard
from tests.unit.servicekit.toy import toy_services

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

SPOKEN = "card 4929 1234"


def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    for request in requests:
        if request == b"slow":
            yield b"started"
            time.sleep(1.5)
        if request == b"raise":
            raise ValueError(SPOKEN)
        yield b"done"


class Settings(ServerSettings):
    load: str = "fast"


@main_guard
def main() -> int:
    settings = load_settings(Settings, env_prefix="CALLQA_TOY_", file_env="CALLQA_TOY_CONFIG")

    def load() -> None:
        if settings.load == "slow":
            time.sleep(60)
        if settings.load == "wrong":
            raise SettingsError("weights: sha256 differs")

    return run_server(settings=settings, services=toy_services(behaviour), load=load, name="toy")


if __name__ == "__main__":
    sys.exit(main())
