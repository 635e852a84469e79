"""What a file says about its own length, where that is a fact and not an estimate.

FFmpeg guesses the length of an MP3 or AAC stream from its bit rate, and takes the size of a cut-off WAV file
for its length. A cut must not pass for a short call, so the headers are read here.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from av.container import InputContainer

# Writers that can't go back put these, or something near them, where the size belongs.
_UNKNOWN_SIZES_FROM: Final = 0x7FFF_0000
_MAX_RIFF_CHUNKS: Final = 64
_MP3_FRAME_BYTES: Final = 1441
_MP3_TAGS: Final = ((b"Xing", 8), (b"Info", 8), (b"VBRI", 14))
"""What an encoder marks its first frame with, and where from there the number of frames stands."""
_LOWEST_MPEG1_RATE_HZ: Final = 32000
_ID3_HEADER_BYTES: Final = 10
# The longest Ogg page: 27 bytes of header, 255 of segment table, 255 segments of 255 bytes.
_MAX_OGG_PAGE_BYTES: Final = 27 + 255 + 255 * 255
_STATED_BY_FORMAT: Final = frozenset({"flac", "mov", "matroska", "aiff", "caf", "w64", "avi", "tta", "wv"})


def declared_s(source: BinaryIO, container: InputContainer) -> float | None:
    """Return the length that the file's header states, in seconds, or None where it states none."""
    names = set(container.format.name.split(","))
    stream = container.streams.audio[0]
    if "wav" in names:
        return _wav_declared_s(source, stream.rate)
    if "au" in names:
        return _au_declared_s(source, stream.bit_rate)
    if "mp3" in names:
        return _mp3_declared_s(source, stream.rate)
    if names & _STATED_BY_FORMAT and stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None


def is_cut_ogg(source: BinaryIO, container: InputContainer) -> bool:
    """Say whether an Ogg file ends in the middle of a page."""
    if container.format.name != "ogg":
        return False
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - _MAX_OGG_PAGE_BYTES))
    tail = source.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])


def _wav_declared_s(source: BinaryIO, rate_hz: int) -> float | None:
    source.seek(12)
    bytes_per_s, sample_count = 0, 0
    for _ in range(_MAX_RIFF_CHUNKS):
        header = source.read(8)
        if len(header) < 8:
            return None
        name, size = struct.unpack("<4sI", header)
        if name == b"data":
            if not 0 < size < _UNKNOWN_SIZES_FROM:
                return None
            if bytes_per_s:
                return float(size / bytes_per_s)
            # Some writers leave the bytes a second out for packed codecs, and count samples instead.
            return sample_count / rate_hz if sample_count else None
        taken = 0
        if name == b"fmt " and size >= 12:
            bytes_per_s = int.from_bytes(source.read(12)[8:], "little")
            taken = 12
        if name == b"fact" and size >= 4:
            sample_count = int.from_bytes(source.read(4), "little")
            taken = 4
        # Chunks begin at even offsets.
        source.seek(size - taken + size % 2, os.SEEK_CUR)
    return None


def _au_declared_s(source: BinaryIO, bits_per_s: int | None) -> float | None:
    source.seek(8)
    size = int.from_bytes(source.read(4), "big")
    return size * 8 / bits_per_s if bits_per_s and 0 < size < _UNKNOWN_SIZES_FROM else None


def _mp3_declared_s(source: BinaryIO, rate_hz: int) -> float | None:
    """Read the frame count that an encoder leaves in the first frame; FFmpeg doubts it for joined files."""
    source.seek(0)
    head = source.read(_ID3_HEADER_BYTES)
    first_frame = 0
    if head[:3] == b"ID3" and len(head) == _ID3_HEADER_BYTES:
        # A size of four times seven bits.
        size = sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        first_frame = _ID3_HEADER_BYTES + size
    source.seek(first_frame)
    frame = source.read(_MP3_FRAME_BYTES)
    for tag, count_at in _MP3_TAGS:
        at = frame.find(tag)
        count = int.from_bytes(frame[at + count_at : at + count_at + 4], "big")
        # A Xing tag says in its flags whether it counts; where it doesn't, the bytes are another number.
        if at >= 0 and count and (tag == b"VBRI" or frame[at + 7] & 1):
            # Frames of MPEG-1 hold 1152 samples; those of the lower rates, MPEG-2's, half as many.
            return count * (1152 if rate_hz >= _LOWEST_MPEG1_RATE_HZ else 576) / rate_hz
    return None
