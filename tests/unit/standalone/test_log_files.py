from __future__ import annotations

import json
from typing import TYPE_CHECKING

from standalone.log_files import last_event, rotate

if TYPE_CHECKING:
    from pathlib import Path


def _lines(*records: object) -> str:
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


def test_the_last_error_says_more_than_what_follows_it(tmp_path: Path) -> None:
    log = tmp_path / "scoring.log"
    log.write_text(
        _lines(
            {"event": "listening", "level": "INFO"},
            {"event": "the pack cannot be read", "level": "ERROR"},
            {"event": "stopped", "level": "INFO"},
        )
    )
    assert last_event(log) == "the pack cannot be read"


def test_without_an_error_it_is_the_last_line_whatever_its_form(tmp_path: Path) -> None:
    log = tmp_path / "scoring.log"
    log.write_text(_lines({"event": "listening", "level": "INFO"}, "port: cannot listen on 127.0.0.1:1", ""))
    assert last_event(log) == "port: cannot listen on 127.0.0.1:1"


def test_mongods_log_is_understood(tmp_path: Path) -> None:
    log = tmp_path / "mongod.log"
    log.write_text(
        _lines(
            {"s": "E", "msg": "Unable to lock", "attr": {"error": "DBPathInUse: another mongod runs"}},
            {"s": "I", "msg": "Now exiting"},
        )
    )
    assert last_event(log) == "Unable to lock: DBPathInUse: another mongod runs"


def test_an_earlier_life_of_the_process_is_not_quoted(tmp_path: Path) -> None:
    log = tmp_path / "scoring.log"
    log.write_text(_lines({"event": "old", "level": "ERROR"}))
    end = log.stat().st_size
    assert last_event(log, from_byte=end) == ""
    assert last_event(tmp_path / "missing.log") == ""


def test_an_event_is_cut(tmp_path: Path) -> None:
    log = tmp_path / "scoring.log"
    log.write_text(_lines({"event": "x" * 5000}))
    assert len(last_event(log)) == 300


def test_a_large_log_is_moved_while_its_process_goes_on_writing(tmp_path: Path) -> None:
    log = tmp_path / "scoring.log"
    with log.open("a") as writer:
        writer.write("a" * 100)
        writer.flush()
        rotate(log, max_log_bytes=1000)
        assert log.stat().st_size == 100
        rotate(log, max_log_bytes=99)
        writer.write("b")
    assert log.read_text() == "b"
    assert (tmp_path / "scoring.log.1").read_text() == "a" * 100
