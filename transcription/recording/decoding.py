"""From the bytes of one leg to one array of samples per channel. The only module that imports av."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import av
from av.audio.resampler import AudioResampler
from av.stream import Disposition

from transcription.errors import (
    AudioChannelsError,
    AudioEmptyError,
    AudioIsVideoError,
    AudioNoAudioStreamError,
    AudioSampleRateError,
    AudioTooLongError,
    AudioTruncatedError,
    AudioUnreadableError,
)
from transcription.recording.declared_length import declared_s, is_cut_ogg
from transcription.recording.sample_file import SampleFile
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    from transcription.engine import Samples

DECODER_VERSION: Final = f"av/{version('av')}"
"""Part of the model version: another decoder or resampler gives other samples."""

# No playlist and no list of files may be opened as a recording: they would make FFmpeg read other files, or
# the network. Video containers are here so that a video can be named as one.
_FORMATS: Final = (
    "wav,w64,aiff,au,caf,mp3,flac,ogg,mov,matroska,aac,ac3,amr,asf,tta,voc,wv,avi,mpegts,mpeg,flv"
)
_OPEN_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLimits:
    """What is taken: see the settings of the same names."""

    max_call_duration_s: float
    min_sample_rate_hz: int
    max_missing_s: float
    max_sample_rate_hz: int = 192_000
    max_channels_per_leg: int = 2
    spool_dir: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedLeg:
    """The sound of one leg: channels of equal length, 16 kHz.

    `declared_s` is the length that the file's header states, None where it states none. `clock_start_s` is
    the time of day at which the recording began, in seconds since midnight, where a broadcast WAV header
    tells it to the sample. `start_offset_s` is how much later than the call's first leg this one was found to
    begin; its samples have been moved by that already, which put `padding_s` of silence in front.
    """

    channels: tuple[Samples, ...]
    declared_s: float | None = None
    clock_start_s: float | None = None
    start_offset_s: float = 0.0
    padding_s: float = 0.0

    @property
    def decoded_s(self) -> float:
        """Length of what was decoded, in seconds."""
        return len(self.channels[0]) / SAMPLE_RATE_HZ

    @property
    def missing_s(self) -> float:
        """How much shorter it is than declared, in seconds; 0 where no length is declared."""
        return max(0.0, (self.declared_s or 0.0) + self.padding_s - self.decoded_s)


def decode_leg(source: BinaryIO, *, name: str, limits: AudioLimits, check: Callable[[], None]) -> DecodedLeg:
    """Return the leg's channels as 16 kHz samples of equal length, at least one sample each.

    The arrays are files without a name, so hours of sound need no memory and nothing is left behind. `name`
    is how error sentences call the leg; `check` is called often and raises when nobody waits for the answer
    any more. Raises the errors of transcription.errors that begin with Audio.
    """
    source.seek(0)
    if not source.read(1):
        raise AudioEmptyError(f"{name} has no bytes; upload the file again")
    source.seek(0)
    with ExitStack() as opened:
        container = _open(source, name, opened)
        stream = _speech_stream(container, name, limits)
        channels = stream.channels
        spools = [
            opened.enter_context(tempfile.TemporaryFile(dir=limits.spool_dir, prefix="callqa-"))
            for _ in range(channels)
        ]
        decoding = _Decoding(stream.layout.name)
        for planes in decoding.planes(container, stream):
            check()
            for spool, plane in zip(spools, planes, strict=True):
                spool.write(plane.tobytes())
            if decoding.sample_count > limits.max_call_duration_s * SAMPLE_RATE_HZ:
                raise AudioTooLongError(
                    f"{name} lasts longer than the {limits.max_call_duration_s:g} s this server takes; cut"
                    " it, or raise max_call_duration_s"
                )
        if not decoding.sample_count:
            raise AudioEmptyError(f"{name} has a header and no sound; record or export it again")
        stated_s = declared_s(source, container)
        _require_whole(source, container, decoding, stated_s, name, limits)
        return DecodedLeg(
            channels=tuple(SampleFile(spool) for spool in spools),
            declared_s=stated_s,
            clock_start_s=_clock_start_s(container, stream),
        )


def _open(source: BinaryIO, name: str, opened: ExitStack) -> InputContainer:
    try:
        container = av.open(source, mode="r", metadata_errors="ignore", options=dict(_OPEN_OPTIONS))
    except av.error.FFmpegError as error:
        # The library's own sentence may hold a path and helps nobody.
        raise AudioUnreadableError(
            f"{name} is not an audio file that can be read, or is cut off before its sound begins; upload"
            " WAV, MP3, FLAC, Ogg, Opus or M4A"
        ) from error
    return opened.enter_context(closing(container))


def _speech_stream(container: InputContainer, name: str, limits: AudioLimits) -> AudioStream:
    pictures = [
        stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic
    ]
    tracks = container.streams.audio
    if not tracks:
        raise AudioNoAudioStreamError(
            f"{name} is a {'video without sound' if pictures else 'media file without sound'};"
            " upload the recording of the call"
        )
    if pictures:
        raise AudioIsVideoError(f"{name} is a video; export its audio track alone and upload that")
    if len(tracks) > 1:
        raise AudioChannelsError(
            f"{name} has {len(tracks)} audio tracks; upload each speaker's as a leg of the call"
        )
    if not 1 <= tracks[0].channels <= limits.max_channels_per_leg:
        raise AudioChannelsError(
            f"{name} has {tracks[0].channels} channels and this server takes {limits.max_channels_per_leg};"
            " upload one speaker on each of one or two channels, or raise max_channels_per_leg"
        )
    if tracks[0].rate < limits.min_sample_rate_hz:
        raise AudioSampleRateError(
            f"{name} is sampled at {tracks[0].rate} Hz, below the {limits.min_sample_rate_hz} Hz that speech"
            " needs; record it at telephone quality or better, or lower min_sample_rate_hz"
        )
    if tracks[0].rate > limits.max_sample_rate_hz:
        raise AudioSampleRateError(
            f"{name} is sampled at {tracks[0].rate} Hz, above the {limits.max_sample_rate_hz} Hz this server"
            " takes; export it at 8000 to 48000 Hz, or raise max_sample_rate_hz"
        )
    return tracks[0]


def _clock_start_s(container: InputContainer, stream: AudioStream) -> float | None:
    # Times of files and of exports are no starts of recordings; only this one counts samples.
    samples = container.metadata.get("time_reference", "")
    return int(samples) / stream.rate if samples.isdecimal() and int(samples) else None


class _Decoding:
    """Decodes a stream and keeps count of what came out and what was lost on the way."""

    def __init__(self, layout: str) -> None:
        self.sample_count = 0
        self.lost_s = 0.0
        self._layout = layout
        self._resampler: AudioResampler | None = None
        self._source_format: tuple[str, str, int] | None = None

    def planes(self, container: InputContainer, stream: AudioStream) -> Iterator[Any]:
        """Yield arrays of shape (channels, samples)."""
        for frame in self._frames(container, stream):
            yield from self._resample(frame)
        yield from self._flush()

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                # The rest can't be read; whether that matters is judged by the length.
                return
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                if packet.duration and packet.time_base:
                    self.lost_s += float(packet.duration * packet.time_base)

    def _resample(self, frame: AudioFrame) -> Iterator[Any]:
        # Joined recordings change their format in the middle, and a resampler takes one format only.
        source_format = (frame.format.name, frame.layout.name, frame.sample_rate)
        if source_format != self._source_format:
            yield from self._flush()
            self._resampler = AudioResampler(format="s16p", layout=self._layout, rate=SAMPLE_RATE_HZ)
            self._source_format = source_format
        # Each run of the resampler counts time for itself.
        frame.pts = None
        yield from self._counted(frame)

    def _flush(self) -> Iterator[Any]:
        if self._resampler is not None:
            yield from self._counted(None)

    def _counted(self, frame: AudioFrame | None) -> Iterator[Any]:
        assert self._resampler is not None  # noqa: S101 - set by the only callers
        for resampled in self._resampler.resample(frame):
            self.sample_count += resampled.samples
            yield resampled.to_ndarray()


def _require_whole(
    source: BinaryIO,
    container: InputContainer,
    decoding: _Decoding,
    stated_s: float | None,
    name: str,
    limits: AudioLimits,
) -> None:
    heard_s = decoding.sample_count / SAMPLE_RATE_HZ
    missing_s = max(decoding.lost_s, (stated_s or 0.0) - heard_s)
    if missing_s > max(limits.max_missing_s, 0.01 * heard_s):
        raise AudioTruncatedError(
            f"{name} is cut off or damaged: of {heard_s + missing_s:.1f} s only {heard_s:.1f} s can be heard;"
            " upload the whole file"
        )
    if is_cut_ogg(source, container):
        raise AudioTruncatedError(
            f"{name} is cut off after {heard_s:.1f} s, in the middle of an Ogg page; upload the whole file"
        )
