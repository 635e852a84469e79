"""Recordings that can't be heard, each made anew so that none is kept in the repository."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np

from tests.e2e.conftest import SAMPLES

SILENCE_S = 2 * 60 * 60


def zero_length(folder: Path) -> Path:
    path = folder / "zero.wav"
    path.write_bytes(b"")
    return path


def text_renamed(folder: Path) -> Path:
    path = folder / "notes.wav"
    path.write_text("These are meeting notes and no recording.\n" * 40)
    return path


def truncated(folder: Path) -> Path:
    """The first third of a sample whose header promises all of it."""
    whole = next(
        path for path in sorted(SAMPLES.rglob("*.wav")) if path.stat().st_size > 400_000
    ).read_bytes()
    path = folder / "truncated.wav"
    path.write_bytes(whole[: len(whole) // 3])
    return path


def silent_two_hours(folder: Path) -> Path:
    """Two hours of digital silence at 8 kHz, mono."""
    path = folder / "silent.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        for _ in range(SILENCE_S // 60):
            out.writeframes(bytes(2 * 8000 * 60))
    return path


def video(folder: Path) -> Path:
    """Two seconds of moving picture, without sound."""
    path = folder / "screen.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for index in range(20):
            picture = np.full((64, 64, 3), index * 10, dtype=np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path
