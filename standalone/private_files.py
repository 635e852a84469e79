"""Files that only their owner reads: state, passwords and keys, always whole on disk."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def make_private_folder(folder: Path) -> Path:
    """Make `folder` (mode 0700) if it is missing, and close it to others if it is open to them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` (mode 0600) in one step: after a power cut it holds old bytes or new ones."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_private_json(path: Path, content: dict[str, Any]) -> None:
    """As `write_private`, for a JSON object."""
    write_private(path, (json.dumps(content, indent=2, sort_keys=True) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`; empty when the file is missing or is no JSON object.

    What these files hold can be found out or chosen again, so a damaged one is no reason to stop.
    """
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
