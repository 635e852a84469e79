from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from standalone.private_files import make_private_folder, read_json, write_private, write_private_json

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        write_private(tmp_path / "key", b"secret")
        make_private_folder(tmp_path / "home")
    finally:
        os.umask(previous)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_write_that_fails_leaves_the_old_content_and_no_draft(tmp_path: Path) -> None:
    write_private(tmp_path / "state.json", b"old")
    with pytest.raises(TypeError):
        write_private(tmp_path / "state.json", "text, not bytes")  # type: ignore[arg-type]
    assert (tmp_path / "state.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_json_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_private_json(tmp_path / "state.json", {"port": 1})
    assert read_json(tmp_path / "state.json") == {"port": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_damaged_json_counts_as_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.json").write_bytes(content)
    assert read_json(tmp_path / "state.json") == {}
    assert read_json(tmp_path / "missing.json") == {}
