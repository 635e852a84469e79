from __future__ import annotations

import errno
import signal
from pathlib import Path

import pytest

from standalone.errors import MongodUnusableError
from standalone.mongod_binary import explain_exit, explain_os_error, find_mongod, probe_mongod

_LOADER = "mongod: error while loading shared libraries: {}: cannot open shared object file: No such file"
_GLIBC = "mongod: /lib/libc.so.6: version `GLIBC_2.34' not found (required by mongod)"


def test_the_wheels_mongod_is_found_and_runs() -> None:
    binary = find_mongod()
    assert binary.name == "mongod"
    probe_mongod(binary)


@pytest.mark.parametrize(
    ("return_code", "stderr", "expected"),
    [
        (127, _LOADER.format("libcurl.so.4"), "sudo apt-get install -y libcurl4 libssl3"),
        (
            127,
            _LOADER.format("libcrypto.so.3"),
            "needs libcrypto.so.3: run `sudo apt-get install -y libcurl4 libssl3`",
        ),
        (127, _LOADER.format("liblzma.so.5"), "libcurl4 liblzma5 libssl3"),
        (1, _GLIBC, "needs glibc 2.34 or newer, this system has"),
        (-signal.SIGILL, "", "AVX"),
        (1, "first\nsomething else", "(something else)"),
    ],
)
def test_what_is_missing_is_said_with_the_way_out(return_code: int, stderr: str, expected: str) -> None:
    sentence = explain_exit(return_code, stderr)
    assert expected in sentence
    assert "set MONGODB_URI" in sentence


@pytest.mark.parametrize(
    ("error_number", "expected"),
    [(errno.ENOENT, "glibc"), (errno.EACCES, "chmod +x"), (errno.ENOEXEC, "cannot be executed on")],
)
def test_why_it_was_not_executed_is_said(error_number: int, expected: str) -> None:
    sentence = explain_os_error(Path("/somewhere/mongod"), OSError(error_number, "reason"))
    assert expected in sentence
    assert "set MONGODB_URI" in sentence


def test_a_program_that_fails_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "mongod"
    script.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    script.chmod(0o755)
    with pytest.raises(MongodUnusableError, match=r"ended with 3 \(broken\)"):
        probe_mongod(script)
    script.chmod(0o644)
    with pytest.raises(MongodUnusableError, match=r"chmod \+x"):
        probe_mongod(script)
