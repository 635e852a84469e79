"""The files that a rubric is written in, and the hash that names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceFile:
    """One YAML file: its name, for messages and order, and its text."""

    file_name: str
    content: str


def content_sha256(files: Iterable[SourceFile]) -> str:
    """Return the SHA-256 over the files in the order of their names.

    Each is hashed as its name, a zero byte, its length in bytes, a zero byte and its UTF-8 text, so that
    no two sets of files share their bytes.
    """
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.content.encode()
        digest.update(f"{file.file_name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
