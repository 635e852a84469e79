from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from scoring.errors import WeightsError
from scoring.language import weights
from scoring.language.embedding import StaticEmbedding
from scoring.language.reader import LanguageModel
from scoring.language.weights import PACKAGED, find_weights


def packaged() -> weights.Weights:
    return find_weights(PACKAGED, Path())


def folder_with(folder: Path, *, tables: int = 1, rows: int = 32_000) -> Path:
    (folder / "tokenizer.json").write_bytes(packaged().tokenizer.read_bytes())
    table = np.linspace(-1, 1, rows * 4, dtype=np.float32).reshape(rows, 4)
    save_file({f"table{number}": table for number in range(tables)}, folder / "model.safetensors")
    return folder


def test_the_installed_weights_are_the_pinned_ones() -> None:
    assert (packaged().name, len(packaged().sha256)) == ("wordllama", 64)


def test_other_bytes_in_the_package_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_PACKAGED_SHA256", "0" * 64)
    with pytest.raises(WeightsError, match="not the pinned 0000"):
        packaged()


def test_a_folder_takes_the_place_of_the_package(tmp_path: Path) -> None:
    own = StaticEmbedding(find_weights(str(folder_with(tmp_path)), Path()))
    assert own.name.startswith(f"{tmp_path.name}@")
    assert own.words(["hello", "."]).shape == (2, 4)
    model = LanguageModel(find_weights(str(tmp_path), Path()))
    assert own.name in model.version


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "0 files"),
        (["a.safetensors", "b.safetensors"], "2 files"),
        (["a.safetensors"], "tokenizer.json can't be read"),
    ],
)
def test_a_folder_without_the_two_files_is_refused(tmp_path: Path, files: list[str], message: str) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(WeightsError, match=message):
        find_weights(str(tmp_path), Path())


def test_files_that_are_no_embedding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="2 tables"):
        StaticEmbedding(find_weights(str(folder_with(tmp_path, tables=2)), Path()))
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(WeightsError, match="can't be read as safetensors"):
        StaticEmbedding(find_weights(str(tmp_path), Path()))
    (tmp_path / "tokenizer.json").write_text("{}", "utf-8")
    with pytest.raises(WeightsError, match="no tokenizer"):
        StaticEmbedding(find_weights(str(tmp_path), Path()))


def test_a_spacy_model_that_is_not_there_is_named() -> None:
    with pytest.raises(WeightsError, match="'no_such_model' can't be loaded"):
        LanguageModel(packaged(), "no_such_model")
