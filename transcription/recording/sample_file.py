"""Samples that stay in their file: hours of sound that take no memory."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

import numpy as np

from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_READ_SAMPLES: Final = 20 * 60 * SAMPLE_RATE_HZ
"""40 MB."""


class SampleFile(np.memmap[Any, np.dtype[np.int16]]):
    """One channel: the int16 samples of an open file, of shape (samples,), read only.

    It is a memory map whose slices are read from the file instead: a page that was looked at through the map
    counts as this process's memory until the machine runs out of it, and four hours of two channels are
    0.9 GB. A slice of more than twenty minutes is a SampleFile again, to be worked on slice by slice. The
    whole array at once works too, and is mapped.
    """

    _source: _Descriptor | None
    _first: int

    def __new__(cls, file: BinaryIO) -> Self:
        """Take a file with at least one sample; the caller may close it afterwards."""
        file.flush()
        # Its type says memmap, whatever the class.
        made = cast("Self", super().__new__(cls, file, dtype=np.int16, mode="r"))
        return made._placed(_Descriptor(file.fileno()), 0)  # noqa: SLF001 - its own

    def __array_finalize__(self, obj: object) -> None:
        """Leave views to the map: where they begin in the file is known to slices only."""
        super().__array_finalize__(obj)
        self._source = None
        self._first = 0

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as numpy
        if self._source is None or not isinstance(index, slice):
            return super().__getitem__(index)
        first, end, step = index.indices(len(self))
        if step != 1:
            return super().__getitem__(index)
        if end - first > _MAX_READ_SAMPLES:
            part = cast("Self", super().__getitem__(index))
            return part._placed(self._source, self._first + first)  # noqa: SLF001 - its own
        return self._read(self._source, self._first + first, max(0, end - first))

    def _placed(self, source: _Descriptor, first: int) -> Self:
        self._source = source
        self._first = first
        return self

    def _read(self, source: _Descriptor, first: int, count: int) -> NDArray[np.int16]:
        return np.frombuffer(
            os.pread(source.number, count * self.itemsize, first * self.itemsize), dtype=self.dtype
        )


class _Descriptor:
    """A file descriptor of its own, closed with the last slice of its SampleFile."""

    def __init__(self, number: int) -> None:
        self.number = os.dup(number)
        weakref.finalize(self, os.close, self.number)
