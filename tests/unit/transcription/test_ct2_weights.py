"""A tiny file written by CTranslate2 itself, and what can be wrong with one."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from ctranslate2.specs import model_spec

from transcription.speech.ct2_weights import read_variables
from transcription.weights import WeightsError


class _Layer(model_spec.LayerSpec):  # type: ignore[misc]  # ctranslate2 is untyped
    def __init__(self) -> None:
        self.weight = np.arange(6, dtype=np.float32).reshape(2, 3)
        self.half = np.array([0.5, -2.0], dtype=np.float16)
        self.heads = np.dtype("int16").type(8)


class _Tiny(model_spec.ModelSpec):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.first = _Layer()
        self.second = _Layer()

    @property
    def name(self) -> str:
        return "TinySpec"

    @property
    def revision(self) -> int:
        return 3


@pytest.fixture
def model_bin(tmp_path: Path) -> Path:
    spec = _Tiny()
    spec.validate()
    spec.optimize()
    spec._serialize(str(tmp_path / "model.bin"))
    return tmp_path / "model.bin"


def test_values_shapes_types_and_aliases_are_those_written(model_bin: Path) -> None:
    variables = read_variables(model_bin)
    for layer in ("first", "second"):
        assert variables[f"{layer}/weight"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
        assert variables[f"{layer}/half"].dtype == np.float16
        assert variables[f"{layer}/half"].tolist() == [0.5, -2.0]
        assert variables[f"{layer}/heads"].shape == ()
        assert int(variables[f"{layer}/heads"]) == 8
    # CTranslate2 stores equal tensors once.
    assert variables["second/weight"].ctypes.data == variables["first/weight"].ctypes.data


def test_a_file_cut_anywhere_is_refused(model_bin: Path) -> None:
    whole = model_bin.read_bytes()
    for length in range(len(whole)):
        model_bin.write_bytes(whole[:length])
        with pytest.raises(WeightsError, match=r"model\.bin"):
            read_variables(model_bin)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 64,
        struct.pack("<I", 5) + b"\x01\x00\x00" + b"\x00" * 64,
        struct.pack("<I", 6) + b"\xff" * 64,
        struct.pack("<IHBII", 6, 1, 0, 3, 1) + struct.pack("<HBB", 1, 0, 200) + b"\x00" * 64,
        # One value of type 5, bfloat16.
        struct.pack("<IHBII", 6, 1, 0, 3, 1) + struct.pack("<HBBIBI", 1, 0, 1, 1, 5, 2) + b"\x00" * 6,
        # An alias of a variable that isn't there.
        struct.pack("<IHBII", 6, 1, 0, 3, 0) + struct.pack("<IHBHB", 1, 1, 0, 1, 0),
    ],
)
def test_what_is_no_model_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(WeightsError, match="can't be read as CTranslate2 weights of version 6"):
        read_variables(tmp_path / "model.bin")
