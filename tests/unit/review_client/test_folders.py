from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from review_client.folders import left_out_remark, read_paths

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "a.wav",
        "deep/er/b.MP3",
        "c.flac",
        "d.ogg",
        "e.opus",
        "f.m4a",
        "manifest.csv",
        "README.md",
        ".hidden.wav",
        ".cache/g.wav",
    ):
        path = tmp_path / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "calls"


def test_a_folder_is_searched_for_audio_by_extension_in_a_fixed_order(tree: Path) -> None:
    intake = read_paths([tree])
    assert [call.external_id for call in intake.calls] == ["a", "c", "d", "b", "e", "f"]
    assert intake.problems == ()


def test_a_file_that_is_named_itself_is_taken_whatever_it_is_called(tree: Path) -> None:
    assert [call.external_id for call in read_paths([tree / "README.md"]).calls] == ["README"]


def test_a_file_met_twice_is_taken_once(tree: Path) -> None:
    calls = read_paths([tree / "a.wav", tree, tree / "deep" / ".." / "a.wav"]).calls
    assert [call.external_id for call in calls].count("a") == 1


def test_what_cannot_be_uploaded_is_told_and_the_rest_goes_on(tree: Path) -> None:
    (tree / "empty.wav").write_bytes(b"")
    (tree.parent / "nothing").mkdir()
    intake = read_paths([tree / "a.wav", tree / "gone.wav", tree / "empty.wav", tree.parent / "nothing"])
    assert len(intake.calls) == 1
    gone, empty, nothing = map(str, intake.problems)
    assert gone == f"{tree}/gone.wav: there is no such file; correct the path"
    assert empty == f"{tree}/empty.wav: is empty (0 bytes); export the recording again"
    assert nothing.startswith(f"{tree.parent}/nothing: holds no audio files (3gp, aac,")


def test_a_pipe_is_not_waited_for_and_a_name_that_is_no_text_is_told(tree: Path) -> None:
    os.mkfifo(tree / "pipe.wav")
    nameless = tree / os.fsdecode(b"bad\xff.wav")
    nameless.write_bytes(b"RIFF")
    intake = read_paths([tree / "pipe.wav", nameless])
    assert intake.calls == ()
    assert [problem.message for problem in intake.problems] == [
        "is a pipe or device; name the file itself",
        "has a name that is not UTF-8, so the server can't be told it; rename the file",
    ]


def test_files_that_a_manifest_leaves_out_are_counted(tree: Path) -> None:
    intake = read_paths([tree / "a.wav", tree / "c.flac"])
    assert left_out_remark([tree / "a.wav"], intake) is None
    remark = left_out_remark([tree], intake)
    assert remark == f"4 audio files are not in the manifest and left out, as {tree / 'd.ogg'}"
