"""Whatever arrives instead of a whole recording has a name and a sentence that says what to do."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from servicekit.errors import CallqaError, CancelledError
from tests.unit.transcription.recordings import encoded, float_wav, png, tones, video, wav
from transcription.audio import AudioLimits, decode_leg

if TYPE_CHECKING:
    from transcription.engine import Samples

LIMITS = AudioLimits(max_call_duration_s=15, min_sample_rate_hz=8000, max_missing_s=1.0)
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def decode(recording: bytes) -> tuple[Samples, ...]:
    return decode_leg(io.BytesIO(recording), name="the recording", limits=LIMITS, check=lambda: None).channels


def cut(recording: bytes, share: float = 0.6) -> bytes:
    return recording[: int(len(recording) * share)]


def damaged(recording: bytes) -> bytes:
    noise = np.random.default_rng(5).bytes(len(recording) // 2)
    start = len(recording) // 4
    return recording[:start] + noise + recording[start + len(noise) :]


LONG = tones(10.0)

BAD = {
    "no bytes": (b"", "AUDIO_EMPTY"),
    "a header and no samples": (wav(tones(0.0)), "AUDIO_EMPTY"),
    "text": (b"This is not a recording.\n" * 50, "AUDIO_UNREADABLE"),
    "one byte": (b"R", "AUDIO_UNREADABLE"),
    "random bytes": (np.random.default_rng(1).bytes(20000), "AUDIO_UNREADABLE"),
    "raw mu-law": (bytes(range(256)) * 40, "AUDIO_UNREADABLE"),
    "a picture": (png(), "AUDIO_UNREADABLE"),
    "a playlist of other files": (PLAYLIST, "AUDIO_UNREADABLE"),
    "a list of other files": (b"ffconcat version 1.0\nfile /etc/hostname\n", "AUDIO_UNREADABLE"),
    "subtitles": (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n" * 9, "AUDIO_UNREADABLE"),
    "m4a cut before its index": (
        cut(encoded(LONG, container="ipod", codec="aac", codec_rate_hz=16000)),
        "AUDIO_UNREADABLE",
    ),
    "a video": (video(with_sound=True), "AUDIO_IS_VIDEO"),
    "a video without sound": (video(with_sound=False), "AUDIO_NO_AUDIO_STREAM"),
    "wav cut": (cut(wav(LONG)), "AUDIO_TRUNCATED"),
    "mu-law wav cut": (cut(encoded(LONG, container="wav", codec="pcm_mulaw")), "AUDIO_TRUNCATED"),
    "mp3 cut": (cut(encoded(LONG, container="mp3", codec="libmp3lame")), "AUDIO_TRUNCATED"),
    "flac cut": (cut(encoded(LONG, container="flac", codec="flac")), "AUDIO_TRUNCATED"),
    "opus cut": (
        cut(encoded(LONG, container="ogg", codec="libopus", codec_rate_hz=48000)),
        "AUDIO_TRUNCATED",
    ),
    "mp3 damaged": (damaged(encoded(LONG, container="mp3", codec="libmp3lame")), "AUDIO_TRUNCATED"),
    "flac damaged": (damaged(encoded(LONG, container="flac", codec="flac")), "AUDIO_TRUNCATED"),
    "too long": (wav(tones(15.5)), "AUDIO_TOO_LONG"),
    "six channels": (encoded(tones(3.0, channels=6), container="wav", codec="pcm_s16le"), "AUDIO_CHANNELS"),
    "too few samples a second": (wav(tones(3.0, 6000), rate_hz=6000), "AUDIO_SAMPLE_RATE"),
}


@pytest.mark.parametrize(("recording", "reason"), BAD.values(), ids=BAD.keys())
def test_bad_audio_is_named(recording: bytes, reason: str) -> None:
    with pytest.raises(CallqaError) as refused:
        decode(recording)
    assert refused.value.reason == reason
    assert refused.value.message.startswith("the recording ")
    assert "/" not in refused.value.message
    assert "Errno" not in refused.value.message


def test_a_video_is_asked_for_its_audio_track() -> None:
    with pytest.raises(CallqaError, match="audio track alone"):
        decode(video(with_sound=True))


def test_a_cut_says_how_much_is_left() -> None:
    with pytest.raises(CallqaError, match=r"of 10\.0 s only 6\.0 s can be heard"):
        decode(cut(wav(LONG)))


def test_a_file_that_lacks_less_than_a_second_is_taken() -> None:
    (left, _) = decode(cut(wav(LONG), 0.95))
    assert len(left) == pytest.approx(9.5 * 16000, abs=100)


def test_ten_milliseconds_are_decoded_and_left_to_the_listener() -> None:
    assert len(decode(wav(tones(0.01)))[0]) == 160


def test_numbers_that_are_none_make_no_sound_worth_a_crash() -> None:
    (mono,) = decode(float_wav(np.full(8000, np.nan, dtype=np.float32)))
    assert len(mono) == 16000


def test_decoding_stops_when_nobody_waits() -> None:
    def gone() -> None:
        raise CancelledError("the client gave the call up")

    with pytest.raises(CancelledError):
        decode_leg(io.BytesIO(wav(LONG)), name="the recording", limits=LIMITS, check=gone)
