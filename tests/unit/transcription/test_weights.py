from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from transcription.weights import MODEL_FILE, PackagedFile, WeightsError, find_weights

FIRST, SECOND = b"first half" * 1000, b"second half" * 1000
WHOLE = FIRST + SECOND


def never_fetch(name: str, cache_dir: Path) -> Path:
    raise AssertionError(f"{name} was to be fetched into {cache_dir}")


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, PackagedFile]]:
    """Two installed packages that must not be imported."""
    for package, part, content in (("odd_part1", "part1", FIRST), ("odd_part2", "part2", SECOND)):
        folder = tmp_path / "site" / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("raise SystemExit('imported')")
        (folder / part).write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    sha256 = hashlib.sha256(WHOLE).hexdigest()
    return {
        "odd": {
            MODEL_FILE: PackagedFile(sha256=sha256, parts=(("odd_part1", "part1"), ("odd_part2", "part2")))
        }
    }


def test_the_parts_are_joined_once_and_never_imported(
    tmp_path: Path, packaged: dict[str, dict[str, PackagedFile]]
) -> None:
    weights = find_weights("odd", cache_dir=tmp_path / "cache", fetch=never_fetch, packaged=packaged)
    assert (weights.folder / MODEL_FILE).read_bytes() == WHOLE
    assert weights.label == f"odd@{hashlib.sha256(WHOLE).hexdigest()[:8]}"
    joined = (weights.folder / MODEL_FILE).stat().st_mtime_ns
    assert find_weights("odd", cache_dir=tmp_path / "cache", fetch=never_fetch, packaged=packaged) == weights
    assert (weights.folder / MODEL_FILE).stat().st_mtime_ns == joined
    assert "odd_part1" not in sys.modules


def test_racing_starts_leave_one_whole_file(
    tmp_path: Path, packaged: dict[str, dict[str, PackagedFile]]
) -> None:
    with ThreadPoolExecutor(8) as starts:
        found = list(
            starts.map(
                lambda _: find_weights("odd", cache_dir=tmp_path / "c", fetch=never_fetch, packaged=packaged),
                range(16),
            )
        )
    assert len(set(found)) == 1
    assert [file.name for file in found[0].folder.iterdir()] == [MODEL_FILE]
    assert (found[0].folder / MODEL_FILE).read_bytes() == WHOLE


def test_a_damaged_cache_is_made_anew(tmp_path: Path, packaged: dict[str, dict[str, PackagedFile]]) -> None:
    weights = find_weights("odd", cache_dir=tmp_path / "cache", fetch=never_fetch, packaged=packaged)
    (weights.folder / MODEL_FILE).write_bytes(WHOLE[:-1] + b"?")
    find_weights("odd", cache_dir=tmp_path / "cache", fetch=never_fetch, packaged=packaged)
    assert (weights.folder / MODEL_FILE).read_bytes() == WHOLE


def test_other_bytes_than_the_pinned_ones_are_not_used(
    tmp_path: Path, packaged: dict[str, dict[str, PackagedFile]]
) -> None:
    (tmp_path / "site" / "odd_part2" / "part2").write_bytes(b"something else")
    with pytest.raises(WeightsError, match=r"not the pinned .* install odd-part1 and odd-part2 again"):
        find_weights("odd", cache_dir=tmp_path / "cache", fetch=never_fetch, packaged=packaged)
    assert list((tmp_path / "cache").rglob("*model*")) == []


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    packaged = {"odd": {MODEL_FILE: PackagedFile(sha256="0" * 64, parts=(("not_here_at_all", "x"),))}}
    with pytest.raises(WeightsError, match="needs the package not-here-at-all"):
        find_weights("odd", cache_dir=tmp_path, fetch=never_fetch, packaged=packaged)


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, packaged: dict[str, dict[str, PackagedFile]]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(WeightsError, match="set model_cache_dir to another folder"):
        find_weights("odd", cache_dir=blocked, fetch=never_fetch, packaged=packaged)


def test_a_folder_is_taken_as_it_is_and_its_hash_told(tmp_path: Path) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / MODEL_FILE).write_bytes(WHOLE)
    weights = find_weights(str(folder), cache_dir=tmp_path / "cache", fetch=never_fetch)
    assert weights.folder == folder
    assert weights.label == f"my-model@{hashlib.sha256(WHOLE).hexdigest()[:8]}"


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"holds no model\.bin"):
        find_weights(str(tmp_path), cache_dir=tmp_path / "cache", fetch=never_fetch)


def test_any_other_name_is_fetched(tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes(WHOLE)
    asked: list[tuple[str, Path]] = []

    def fetch(name: str, cache_dir: Path) -> Path:
        asked.append((name, cache_dir))
        return tmp_path

    weights = find_weights("someone/model", cache_dir=tmp_path / "cache", fetch=fetch)
    assert asked == [("someone/model", tmp_path / "cache")]
    assert weights.label.startswith("someone/model@")


@pytest.mark.parametrize("model", ["base", "tiny.en"])
def test_the_installed_packages_hold_the_pinned_bytes(model: str, tmp_path: Path) -> None:
    weights = find_weights(model, cache_dir=tmp_path, fetch=never_fetch)
    assert sorted(file.name for file in weights.folder.iterdir()) == [
        "config.json",
        MODEL_FILE,
        "tokenizer.json",
        "vocabulary.txt",
    ]
