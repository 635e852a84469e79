"""Tell whether a running piece is what would be started now: same program, same settings, same code."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from standalone.pieces import Piece

# What changes a piece's behaviour; the rest (PWD, TERM, a login session's own) changes from shell to shell.
_SETTING_PREFIXES: Final = ("CALLQA_", "CUDA_", "HF_", "MKL_", "OMP_", "OTEL_", "PYTHON")
# Where the user stands and what they ask for says nothing about the piece.
_CLIENT_VARIABLES: Final = frozenset(
    {"CALLQA_ADDRESS", "CALLQA_HOME", "CALLQA_WORKERS", "CALLQA_START_TIMEOUT_S"}
)


def fingerprint(piece: Piece) -> str:
    """Return the sha256 of the piece's argv, settings and code.

    Code is told by each file's path, size and time of change: an editable install keeps its version number
    while its files change.
    """
    settings = {
        name: value
        for name, value in piece.environment.items()
        if name.startswith(_SETTING_PREFIXES) and name not in _CLIENT_VARIABLES
    }
    settings_files = [_file(Path(value)) for name, value in settings.items() if name.endswith("_CONFIG")]
    code = [_files(package) for package in piece.packages]
    parts = [piece.argv, settings, sorted(settings_files), _version(), code]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _version() -> str:
    try:
        return metadata.version("callqa")
    except metadata.PackageNotFoundError:
        return "not installed"


def _files(package: str) -> list[tuple[str, int, int]]:
    """Return path, size in bytes and time of change of every file that comes with a package."""
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    found = sorted(path for folder in folders for path in Path(folder).rglob("*"))
    return [_file(path) for path in found if path.suffix != ".pyc" and not path.is_dir()]


def _file(path: Path) -> tuple[str, int, int]:
    try:
        about = path.stat()
    except OSError:
        # It may vanish while we look (an editor's draft), or never have been there.
        return str(path), 0, 0
    return str(path), about.st_size, about.st_mtime_ns
