from __future__ import annotations

import json
import logging
import subprocess
import sys

from servicekit.logs import EventFormatter, exception_places
from servicekit.request_id import request_id_scope

SPOKEN = "card 4929 1234"


def format_one(
    message: str, *, exc_info: bool = False, extra: dict[str, object] | None = None
) -> dict[str, object]:
    error = sys.exc_info() if exc_info else None
    logger = logging.getLogger("scoring.engine")
    record = logger.makeRecord("scoring.engine", logging.INFO, __file__, 1, message, (), error, extra=extra)
    line = EventFormatter("scoring").format(record)
    assert "\n" not in line
    loaded: dict[str, object] = json.loads(line)
    return loaded


def test_a_line_has_its_fields() -> None:
    with request_id_scope("abc"):
        line = format_one("pack loaded", extra={"pack": "packs/refunds", "rules": 12})
    ts = line.pop("ts")
    assert isinstance(ts, str)
    assert ts.endswith("+00:00")
    assert line == {
        "event": "pack loaded",
        "level": "INFO",
        "logger": "scoring.engine",
        "service": "scoring",
        "request_id": "abc",
        "pack": "packs/refunds",
        "rules": 12,
    }


def test_an_exception_is_logged_by_type_and_place_without_its_message() -> None:
    try:
        raise ValueError(SPOKEN)  # noqa: TRY301 - a traceback is needed
    except ValueError:
        line = format_one("failed", exc_info=True)
    assert SPOKEN not in json.dumps(line)
    exception = line["exception"]
    assert isinstance(exception, list)
    assert exception[0].startswith("ValueError: servicekit/test_logs.py:")


def test_places_follow_the_chain_and_its_suppression() -> None:
    def fail(*, suppress: bool) -> None:
        try:
            raise KeyError(SPOKEN)  # noqa: TRY301 - as above
        except KeyError as error:
            if suppress:
                raise OSError(SPOKEN) from None
            raise OSError(SPOKEN) from error

    chains = []
    for suppress in (False, True):
        try:
            fail(suppress=suppress)
        except OSError as error:
            chains.append([place.split(":")[0] for place in exception_places(error)])
    assert chains == [["OSError", "KeyError"], ["OSError"]]


def test_configured_logs_are_json_on_stderr() -> None:
    program = """
import logging, warnings
from servicekit.logs import configure_logs
configure_logs("toy", "WARNING")
logging.getLogger("a").info("unseen")
logging.getLogger("a").warning("seen %d", 1)
warnings.warn("careful")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    first, second = (json.loads(line) for line in done.stderr.splitlines())
    assert (first["event"], first["level"], first["service"], first["request_id"]) == (
        "seen 1",
        "WARNING",
        "toy",
        "",
    )
    assert second["logger"] == "py.warnings"
