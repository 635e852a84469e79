from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import numpy as np
import pytest

from transcription.speakers.voice_weights import CHECKPOINT_FILE, load_voice_tensors, read_checkpoint
from transcription.weights import WeightsError

MAGIC = 0x1950A86A20F9469CFC6C
HEADER = b"".join(pickle.dumps(part, protocol=2) for part in (MAGIC, 1001, {"little_endian": True}))


def mention(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def number(value: int) -> bytes:
    return b"J" + value.to_bytes(4, "little", signed=True)


def pickled_tensor(*, count: int, offset: int = 0, rows: int = 2, columns: int = 3) -> bytes:
    storage = (
        b"("
        + text("storage")
        + mention("torch", "FloatStorage")
        + text("k")
        + text("cpu")
        + number(count)
        + b"NtQ"
    )
    shape, strides = number(rows) + number(columns) + b"\x86", number(columns) + number(1) + b"\x86"
    hooks = mention("collections", "OrderedDict") + b")R"
    arguments = storage + number(offset) + shape + strides + b"\x89" + hooks
    return mention("torch._utils", "_rebuild_tensor_v2") + b"(" + arguments + b"tR"


def checkpoint(tensor: bytes, *, floats: int = 6, announced: int | None = None) -> bytes:
    state = b"\x80\x02}(" + text("model_state") + b"}(" + text("w") + tensor + b"uu."
    values = np.arange(floats, dtype="<f4").tobytes()
    count = floats if announced is None else announced
    return HEADER + state + pickle.dumps(["k"], protocol=2) + count.to_bytes(8, "little") + values


def test_tensors_are_read() -> None:
    tensors = read_checkpoint(checkpoint(pickled_tensor(count=6)))

    assert tensors["w"].tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 a ZIP file",
        HEADER,
        checkpoint(pickled_tensor(count=6))[:-3],
        checkpoint(pickled_tensor(count=6), announced=7),
        checkpoint(pickled_tensor(count=6, offset=1)),
        checkpoint(pickled_tensor(count=6, rows=-2)),
        checkpoint(pickled_tensor(count=6)).replace(HEADER[:13], pickle.dumps(1, protocol=2)),
    ],
    ids=["empty", "zip", "header", "cut", "longer", "past the end", "negative", "no magic"],
)
def test_damaged_checkpoints_are_refused(content: bytes) -> None:
    with pytest.raises(WeightsError, match=r"checkpoint can't be read .*/setup\.sh again"):
        read_checkpoint(content)


class Malicious:
    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self._target,))


@pytest.mark.parametrize("place", ["state", "header", "storages"])
def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path, place: str) -> None:
    trap = pickle.dumps(Malicious(tmp_path / "touched"), protocol=2)
    good = checkpoint(pickled_tensor(count=6))
    content = {
        "state": HEADER + trap,
        "header": trap + good,
        "storages": good[: good.index(pickle.dumps(["k"], protocol=2))] + trap,
    }[place]

    with pytest.raises(WeightsError, match="UnpicklingError"):
        read_checkpoint(content)

    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["builtins\neval", "os\nsystem", "collections\ncounter", "torch\nload"])
def test_no_other_name_is_known(name: str) -> None:
    state = b"\x80\x02c" + name.encode() + b"\n."

    with pytest.raises(WeightsError, match="UnpicklingError"):
        read_checkpoint(HEADER + state)


def test_only_pinned_bytes_are_read(tmp_path: Path) -> None:
    file = tmp_path / CHECKPOINT_FILE
    file.write_bytes(checkpoint(pickled_tensor(count=6)))

    with pytest.raises(
        WeightsError, match=r"pretrained\.pt of Resemblyzer .* not the pinned 3937.*; run"
    ) as refused:
        load_voice_tensors(file)

    assert "\n" not in str(refused.value)
    assert "w" in load_voice_tensors(file, sha256=hashlib.sha256(file.read_bytes()).hexdigest())


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Resemblyzer lacks pretrained\.pt; run scripts/setup\.sh"):
        load_voice_tensors(tmp_path / CHECKPOINT_FILE)
