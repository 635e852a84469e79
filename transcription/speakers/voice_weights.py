"""Reads the weights of the voice encoder out of the checkpoint that the package Resemblyzer ships.

The package is data here: none of its code is imported, and none of what that code would need is installed.
The checkpoint is a pickle, which could run anything when it is read; so its bytes are compared with a SHA-256
sum first, and then a reader that builds nothing but tensors of numbers reads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.weights import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Tensors = dict[str, NDArray[np.float32]]
"""The arrays of a checkpoint's `model_state` by name."""

VOICE_PACKAGE: Final = "Resemblyzer"
CHECKPOINT_FILE: Final = "pretrained.pt"
CHECKPOINT_SHA256: Final = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"

# What PyTorch wrote in front of every checkpoint before it used ZIP files (torch/serialization.py).
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_LEADING_PICKLES: Final = 3
_COUNT_BYTES: Final = 8
_FLOAT_BYTES: Final = 4
# What the reading of damaged or foreign bytes can end in.
_UNREADABLE: Final = (
    pickle.UnpicklingError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
)
_REMEDY: Final = "run scripts/setup.sh again, or install requirements-voice-weights.lock with pip's --no-deps"


def load_voice_tensors(checkpoint: Path | None = None, *, sha256: str = CHECKPOINT_SHA256) -> Tensors:
    """Return the encoder's tensors from `checkpoint`, or from the installed package when it is None.

    Raises WeightsError when the file is missing or its bytes are not the pinned ones; nothing is read then.
    """
    path = checkpoint if checkpoint is not None else _packaged_checkpoint()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"{VOICE_PACKAGE} lacks {path.name}; {_REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"{path.name} of {VOICE_PACKAGE} as installed has SHA-256 {found}, not the pinned {sha256}, and"
            f" is not used; {_REMEDY}"
        )
    return read_checkpoint(content)


def read_checkpoint(content: bytes) -> Tensors:
    """Return the float tensors of `model_state` in a checkpoint of PyTorch's format before 1.6.

    Raises WeightsError when it holds anything but numbers, strings, containers and float tensors, or is cut.
    """
    stream = io.BytesIO(content)
    storages: dict[str, _Storage] = {}
    try:
        checkpoint = _read_pickles(stream, storages)
        return {
            name: tensor.to_array()
            for name, tensor in checkpoint["model_state"].items()
            if isinstance(tensor, _Tensor)
        }
    except _UNREADABLE as error:
        raise WeightsError(
            f"{VOICE_PACKAGE}'s checkpoint can't be read ({type(error).__name__}) and is not used; {_REMEDY}"
        ) from error


def _read_pickles(stream: io.BytesIO, storages: dict[str, _Storage]) -> Any:  # noqa: ANN401 - as pickled
    magic, *_ = (_TensorReader(stream, storages).load() for _ in range(_LEADING_PICKLES))
    if magic != _MAGIC:
        raise pickle.UnpicklingError("not a checkpoint")
    checkpoint = _TensorReader(stream, storages).load()
    for key in _TensorReader(stream, storages).load():
        storages[key].values = _read_floats(stream, storages[key].size)
    return checkpoint


@dataclass(slots=True)
class _Storage:
    """A run of floats; its values stand behind the pickles and are filled in when those are read."""

    size: int
    values: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def to_array(self) -> NDArray[np.float32]:
        count = int(np.prod(self.shape))
        rowwise = tuple(int(np.prod(self.shape[axis + 1 :])) for axis in range(len(self.shape)))
        values = self.storage.values
        fits = min(self.shape, default=1) > 0 and self.strides == rowwise
        if values is None or not fits or not 0 <= self.offset <= len(values) - count:
            raise ValueError("a tensor does not fit its storage")
        return values[self.offset : self.offset + count].reshape(self.shape)


def _rebuild_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


# The only three names the checkpoint may mention, and what stands for each here.
_ALLOWED: Final[Mapping[tuple[str, str], Callable[..., Any] | str]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch", "FloatStorage"): "FloatStorage",
}


class _TensorReader(pickle.Unpickler):
    """An unpickler that knows three names and refuses all others before anything is called."""

    def __init__(self, stream: io.BytesIO, storages: dict[str, _Storage]) -> None:
        super().__init__(stream)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as in the base class
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"a checkpoint has no business with {module}.{name}")
        return _ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 - as in the base class
        _, kind, key, _, size, *_ = pid
        if kind != "FloatStorage" or not isinstance(key, str) or not isinstance(size, int):
            raise pickle.UnpicklingError("a checkpoint holds floats only")
        return self._storages.setdefault(key, _Storage(size))


def _read_floats(stream: io.BytesIO, size: int) -> NDArray[np.float32]:
    count = int.from_bytes(stream.read(_COUNT_BYTES), "little")
    if count != size:
        raise ValueError("a storage is not as long as it was announced")
    return np.frombuffer(stream.read(size * _FLOAT_BYTES), dtype="<f4", count=size)


def _packaged_checkpoint() -> Path:
    # find_spec of a top-level name looks for the package and runs none of its code.
    spec = importlib.util.find_spec(VOICE_PACKAGE.lower())
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"telling voices on one channel apart needs the package {VOICE_PACKAGE} as data; {_REMEDY}"
        )
    return Path(spec.submodule_search_locations[0]) / CHECKPOINT_FILE
