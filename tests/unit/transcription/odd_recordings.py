"""Makes the files that nobody should upload and somebody does."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.frame import AudioFrame

from tests.unit.transcription.recordings import tones, wav

if TYPE_CHECKING:
    pass

PCM, FLOAT = 1, 3


def riff(
    form: bytes, body: bytes, *, before: bytes = b"", size: int | None = None, riff_size: int | None = None
) -> bytes:
    """A WAV file piece by piece: `before` stands between format and data, sizes are as stated."""
    content = (
        b"WAVEfmt "
        + struct.pack("<I", len(form))
        + form
        + before
        + b"data"
        + struct.pack("<I", len(body) if size is None else size)
        + body
    )
    return b"RIFF" + struct.pack("<I", len(content) if riff_size is None else riff_size) + content


def form(*, tag: int = PCM, channels: int = 1, rate_hz: int = 8000, bits: int = 16) -> bytes:
    frame_bytes = channels * bits // 8 % 2**16
    return struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * frame_bytes % 2**32, frame_bytes, bits)


def gsm_wav(duration_s: float) -> bytes:
    """Microsoft's GSM 6.10 in WAV: blocks of 65 bytes for 40 ms; their content is noise."""
    body = np.random.default_rng(6).bytes(65 * int(duration_s / 0.04))
    return riff(struct.pack("<HHIIHHHH", 0x31, 1, 8000, 1625, 65, 0, 2, 320), body)


def speex(duration_s: float) -> bytes:
    """Ogg with a narrow-band Speex stream of 20 ms frames, written by hand: PyAV has no encoder for it."""
    head = struct.pack(
        "<8s20siiiiiiiiiiiii",
        b"Speex   ",
        b"1.2.0",
        1,
        80,
        8000,
        0,
        4,
        1,
        -1,
        160,
        0,
        1,
        0,
        0,
        0,
    )
    comment = struct.pack("<I", 0) + struct.pack("<I", 0)
    # Submode 0 of the narrow band: five bits that say nothing is transmitted, and padding.
    frames = [b"\x07"] * int(duration_s / 0.02)
    pages = [_ogg_page([head], 0, 0, 2), _ogg_page([comment], 0, 1, 0)]
    for number, first in enumerate(range(0, len(frames), 50)):
        piece = frames[first : first + 50]
        last = first + 50 >= len(frames)
        pages.append(_ogg_page(piece, (first + len(piece)) * 160, number + 2, 4 if last else 0))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], position: int, number: int, flags: int) -> bytes:
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, position, 7, number, 0)
    page = bytearray(head + bytes([len(packets), *(len(packet) for packet in packets)]) + b"".join(packets))
    page[22:26] = struct.pack("<I", _ogg_checksum(bytes(page)))
    return bytes(page)


def _ogg_checksum(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = ((checksum << 1) ^ (0x04C11DB7 if checksum & 0x80000000 else 0)) & 0xFFFFFFFF
    return checksum


def zipped(recording: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("call.wav", recording)
    return target.getvalue()


def gzipped(recording: bytes) -> bytes:
    return gzip.compress(recording, mtime=0)


def two_tracks() -> bytes:
    target = io.BytesIO()
    samples = tones(2.0, channels=1)
    with av.open(target, "w", format="matroska") as output:
        tracks = [output.add_stream("pcm_s16le", rate=8000) for _ in range(2)]
        for track in tracks:
            track.codec_context.layout = "mono"
        for track in tracks:
            frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = 8000
            output.mux(track.encode(frame))
            output.mux(track.encode(None))
    return target.getvalue()


def tag_only() -> bytes:
    """An MP3's ID3 tag with nothing behind it, as a failed export leaves."""
    return b"ID3\x04\x00\x00" + bytes([0, 0, 8, 0]) + bytes(1024)


def floats(values: list[float], duration_s: float = 2.0) -> bytes:
    """64-bit float samples that repeat `values`."""
    body = np.resize(np.array(values, dtype="<f8"), int(8000 * duration_s)).tobytes()
    return riff(form(tag=FLOAT, bits=64), body)


def broadcast_wav(samples_since_midnight: int) -> bytes:
    """A WAV file whose `bext` chunk says when it began (EBU Tech 3285)."""
    bext = bytes(256 + 32 + 32) + b"2026-03-0214:05:00" + struct.pack("<Q", samples_since_midnight)
    bext = bext.ljust(602, b"\0")
    before = b"bext" + struct.pack("<I", len(bext)) + bext
    return riff(form(), tones(2.0, channels=1).T.tobytes(), before=before)


def odd_chunk() -> bytes:
    """A chunk of five bytes and one of padding before the sound."""
    before = b"LIST" + struct.pack("<I", 5) + b"notes\0"
    return riff(form(), tones(4.0, channels=1).T.tobytes(), before=before)


def lying_about_hours(hours: float) -> bytes:
    """Four seconds of sound under a header that promises hours."""
    return wav(tones(4.0, channels=1), data_size=int(hours * 3600 * 16000))
