"""Makes recordings of tones in every container, so that what comes out can be told from what went in."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from numpy.typing import NDArray

LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 6: "5.1"}


def tones(duration_s: float = 4.0, rate_hz: int = 8000, channels: int = 2) -> NDArray[np.int16]:
    """Shape (channels, samples): each channel sounds in its own share of the time, one after the other."""
    time_s = np.arange(int(duration_s * rate_hz)) / rate_hz
    sounding = np.floor(time_s / duration_s * channels).astype(int)
    return np.stack(
        [
            (np.sin(2 * np.pi * 300 * (index + 1) * time_s) * 9000 * (sounding == index)).astype(np.int16)
            for index in range(channels)
        ]
    )


def encoded(
    samples: NDArray[np.int16], *, container: str, codec: str, rate_hz: int = 8000, codec_rate_hz: int = 0
) -> bytes:
    target = io.BytesIO()
    layout = LAYOUTS[len(samples)]
    with av.open(target, "w", format=container) as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=codec_rate_hz or rate_hz))
        stream.codec_context.layout = layout
        stream.codec_context.open()
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="s16p", layout=layout)
        frame.sample_rate = rate_hz
        resampler = AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=stream.codec_context.sample_rate,
            frame_size=stream.codec_context.frame_size,
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return target.getvalue()


def wav(samples: NDArray[np.int16], *, rate_hz: int = 8000, data_size: int | None = None) -> bytes:
    """A plain PCM file, its data size as stated."""
    body = np.ascontiguousarray(samples.T).tobytes()
    size = len(body) if data_size is None else data_size
    channels = len(samples)
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * channels * 2, channels * 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", min(36 + size, 0xFFFFFFFF))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", size)
        + body
    )


def float_wav(samples: NDArray[np.float32], *, rate_hz: int = 8000) -> bytes:
    body = samples.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, rate_hz, rate_hz * 4, 4, 32)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", len(body))
        + body
    )


def video(*, with_sound: bool) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as output:
        picture = output.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = output.add_stream("aac", rate=16000) if with_sound else None
        for _ in range(20):
            frame = VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8), format="rgb24")
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        if sound is not None:
            samples = tones(2.0, 16000, 1).astype(np.float32) / 32768
            for first in range(0, samples.shape[1], 1024):
                piece = AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples[:, first : first + 1024]), format="fltp", layout="mono"
                )
                piece.sample_rate = 16000
                output.mux(sound.encode(piece))
            output.mux(sound.encode(None))
    return target.getvalue()


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(72)))
        + chunk(b"IEND", b"")
    )
