"""The state of the code that is measured."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit() -> str:
    """Return the commit that is measured, with a + when files differ from it; empty outside a checkout."""
    git = ["git", "-C", str(Path(__file__).resolve().parent)]
    try:
        head, changed = (
            subprocess.run([*git, *arguments], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
            for arguments in (["rev-parse", "HEAD"], ["status", "--porcelain", "-uno"])
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head + ("+" if changed else "")
