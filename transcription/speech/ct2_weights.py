"""Reads the variables of a CTranslate2 model.bin, so that the same bytes can run on another engine.

Format, little endian, as written by ctranslate2.specs.model_spec (binary version 6):
uint32 binary version, string spec name, uint32 spec revision, uint32 number of variables; each variable is
string name, uint8 rank, rank * uint32 dimensions, uint8 type, uint32 bytes, the values in row order; then
uint32 number of aliases, each string alias, string variable. A string is a uint16 length, which counts the
closing zero byte, then UTF-8 and the zero byte.
"""

from __future__ import annotations

import math
import mmap
import struct
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.weights import WeightsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_BINARY_VERSION: Final = 6
# Whisper's largest tensors have three dimensions; a greater rank is not a model file but noise.
_MAX_RANK: Final = 8
# CTranslate2's DataType, include/ctranslate2/types.h; bfloat16 (5) has no numpy type.
_TYPES: Final[Mapping[int, str]] = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}


def read_variables(path: Path) -> dict[str, NDArray[np.generic]]:
    """Return the variables of a model.bin by name, aliases included, as read-only views of the mapped file.

    A scalar has shape (). Raises WeightsError when the file is of another version, holds a type numpy lacks,
    or ends early.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise WeightsError(f"{path.name} is empty; install or convert the weights again") from error
    try:
        return _Reader(mapped).variables()
    except (struct.error, UnicodeDecodeError, KeyError, ValueError) as error:
        raise WeightsError(
            f"{path.name} can't be read as CTranslate2 weights of version {_BINARY_VERSION};"
            " install or convert them again, or set compute_path=ctranslate2"
        ) from error


class _Reader:
    """A cursor over the mapped file."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped
        self._at = 0

    def variables(self) -> dict[str, NDArray[np.generic]]:
        version = self._number("<I")
        if version != _BINARY_VERSION:
            raise ValueError(f"binary version {version}")
        self._string()  # the spec's name
        self._number("<I")  # the spec's revision
        variables = dict(self._variable() for _ in range(self._number("<I")))
        for _ in range(self._number("<I")):
            alias, name = self._string(), self._string()
            variables[alias] = variables[name]
        return variables

    def _variable(self) -> tuple[str, NDArray[np.generic]]:
        name = self._string()
        rank = self._number("<B")
        if rank > _MAX_RANK:
            raise ValueError(f"rank {rank}")
        shape = tuple(self._number("<I") for _ in range(rank))
        dtype = np.dtype(_TYPES[self._number("<B")])
        size_bytes = self._number("<I")
        if size_bytes != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{name} has {size_bytes} bytes")
        values = np.frombuffer(self._mapped, dtype, math.prod(shape), self._at).reshape(shape)
        self._at += size_bytes
        return name, values

    def _number(self, layout: str) -> int:
        (number,) = struct.unpack_from(layout, self._mapped, self._at)
        self._at += struct.calcsize(layout)
        return int(number)

    def _string(self) -> str:
        length = self._number("<H")
        text = self._mapped[self._at : self._at + length]
        if len(text) != length or not text.endswith(b"\0"):
            raise ValueError("a string without its end")
        self._at += length
        return text[:-1].decode()
