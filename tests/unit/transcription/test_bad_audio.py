"""One table of what users hand in: each row is heard at its length, or has a name and a sentence."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from servicekit.errors import CallqaError, CancelledError
from tests.unit.transcription import odd_recordings as odd
from tests.unit.transcription.recordings import encoded, float_wav, png, tones, video, wav
from transcription.errors import AudioNoSpeechError
from transcription.recording.channels import assign_roles
from transcription.recording.decoding import AudioLimits, DecodedLeg, decode_leg

if TYPE_CHECKING:
    from transcription.engine import Samples

LIMITS = AudioLimits(max_call_duration_s=15, min_sample_rate_hz=8000, max_missing_s=1.0)
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def decoded(recording: bytes, limits: AudioLimits = LIMITS) -> DecodedLeg:
    return decode_leg(io.BytesIO(recording), name="the recording", limits=limits, check=lambda: None)


def decode(recording: bytes) -> tuple[Samples, ...]:
    return decoded(recording).channels


def cut(recording: bytes, share: float = 0.6) -> bytes:
    return recording[: int(len(recording) * share)]


def damaged(recording: bytes) -> bytes:
    noise = np.random.default_rng(5).bytes(len(recording) // 2)
    start = len(recording) // 4
    return recording[:start] + noise + recording[start + len(noise) :]


LONG = tones(10.0)
SHORT = tones(4.0, channels=1)

# Everything that must be refused, and under which name.
BAD = {
    # Nothing, or something else altogether.
    "no bytes": (b"", "AUDIO_EMPTY"),
    "a header and no samples": (wav(tones(0.0)), "AUDIO_EMPTY"),
    "text": (b"This is not a recording.\n" * 50, "AUDIO_UNREADABLE"),
    "one byte": (b"R", "AUDIO_UNREADABLE"),
    "random bytes": (np.random.default_rng(1).bytes(20000), "AUDIO_UNREADABLE"),
    "raw mu-law": (bytes(range(256)) * 40, "AUDIO_UNREADABLE"),
    "a picture": (png(), "AUDIO_UNREADABLE"),
    "a zip named wav": (odd.zipped(wav(SHORT)), "AUDIO_UNREADABLE"),
    "a gzip named wav": (odd.gzipped(wav(SHORT)), "AUDIO_UNREADABLE"),
    "an mp3 tag and no mp3": (odd.tag_only(), "AUDIO_UNREADABLE"),
    "a video": (video(with_sound=True), "AUDIO_IS_VIDEO"),
    "a video without sound": (video(with_sound=False), "AUDIO_NO_AUDIO_STREAM"),
    # Files that would make the decoder open other files, or the network.
    "a playlist of other files": (PLAYLIST, "AUDIO_UNREADABLE"),
    "a list of other files": (b"ffconcat version 1.0\nfile /etc/hostname\n", "AUDIO_UNREADABLE"),
    "a session description": (
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        "AUDIO_UNREADABLE",
    ),
    "a streaming manifest": (
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>\n' * 3,
        "AUDIO_UNREADABLE",
    ),
    "subtitles": (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n" * 9, "AUDIO_UNREADABLE"),
    # Part of the call is gone.
    "wav cut": (cut(wav(LONG)), "AUDIO_TRUNCATED"),
    "mu-law wav cut": (cut(encoded(LONG, container="wav", codec="pcm_mulaw")), "AUDIO_TRUNCATED"),
    "gsm wav cut": (cut(odd.gsm_wav(10.0)), "AUDIO_TRUNCATED"),
    "g722 wav cut": (
        cut(encoded(tones(10.0, channels=1), container="wav", codec="g722", codec_rate_hz=16000)),
        "AUDIO_TRUNCATED",
    ),
    "adpcm wav cut": (cut(encoded(LONG, container="wav", codec="adpcm_ms")), "AUDIO_TRUNCATED"),
    "au cut": (cut(encoded(LONG, container="au", codec="pcm_mulaw")), "AUDIO_TRUNCATED"),
    "mp3 cut": (cut(encoded(LONG, container="mp3", codec="libmp3lame")), "AUDIO_TRUNCATED"),
    "flac cut": (cut(encoded(LONG, container="flac", codec="flac")), "AUDIO_TRUNCATED"),
    "opus cut": (
        cut(encoded(LONG, container="ogg", codec="libopus", codec_rate_hz=48000)),
        "AUDIO_TRUNCATED",
    ),
    "m4a cut before its index": (
        cut(encoded(LONG, container="ipod", codec="aac", codec_rate_hz=16000)),
        "AUDIO_UNREADABLE",
    ),
    "mp3 damaged": (damaged(encoded(LONG, container="mp3", codec="libmp3lame")), "AUDIO_TRUNCATED"),
    "flac damaged": (damaged(encoded(LONG, container="flac", codec="flac")), "AUDIO_TRUNCATED"),
    "five hours promised, four seconds there": (odd.lying_about_hours(5), "AUDIO_TRUNCATED"),
    # More than is taken.
    "too long": (wav(tones(15.5)), "AUDIO_TOO_LONG"),
    "a few bytes that decode to an hour": (
        encoded(np.zeros((1, 8000 * 3600), dtype=np.int16), container="flac", codec="flac"),
        "AUDIO_TOO_LONG",
    ),
    "three channels": (
        encoded(tones(3.0, channels=3), container="wav", codec="pcm_s16le"),
        "AUDIO_CHANNELS",
    ),
    "six channels": (encoded(tones(3.0, channels=6), container="wav", codec="pcm_s16le"), "AUDIO_CHANNELS"),
    "65535 channels": (odd.riff(odd.form(channels=65535), bytes(200_000)), "AUDIO_CHANNELS"),
    "two tracks": (odd.two_tracks(), "AUDIO_CHANNELS"),
    "4 kHz": (wav(tones(3.0, 4000), rate_hz=4000), "AUDIO_SAMPLE_RATE"),
    "384 kHz": (wav(tones(0.5, 384_000, 1), rate_hz=384_000), "AUDIO_SAMPLE_RATE"),
    "0 Hz": (odd.riff(odd.form(rate_hz=0), bytes(64000)), "AUDIO_UNREADABLE"),
    "4 GHz": (odd.riff(odd.form(rate_hz=4_000_000_000), bytes(64000)), "AUDIO_UNREADABLE"),
}

# What looks odd and is heard at its full length.
FINE = {
    "mu-law": (encoded(SHORT, container="wav", codec="pcm_mulaw"), 4.0),
    "a-law": (encoded(SHORT, container="wav", codec="pcm_alaw"), 4.0),
    "gsm": (odd.gsm_wav(4.0), 4.0),
    "g722": (encoded(SHORT, container="wav", codec="g722", codec_rate_hz=16000), 4.0),
    "ima adpcm": (encoded(SHORT, container="wav", codec="adpcm_ima_wav"), 4.0),
    "ms adpcm": (encoded(SHORT, container="wav", codec="adpcm_ms"), 4.0),
    "mp3": (encoded(SHORT, container="mp3", codec="libmp3lame"), 4.0),
    "opus": (encoded(SHORT, container="ogg", codec="libopus", codec_rate_hz=48000), 4.0),
    "speex": (odd.speex(4.0), 4.0),
    "flac": (encoded(SHORT, container="flac", codec="flac"), 4.0),
    "m4a": (encoded(SHORT, container="ipod", codec="aac", codec_rate_hz=16000), 4.0),
    "aac without a container": (encoded(SHORT, container="adts", codec="aac", codec_rate_hz=16000), 4.0),
    "amr": (encoded(SHORT, container="amr", codec="libopencore_amrnb"), 4.0),
    "wavpack": (encoded(SHORT, container="wv", codec="wavpack"), 4.0),
    "8 bits": (encoded(SHORT, container="wav", codec="pcm_u8"), 4.0),
    "24 bits": (encoded(SHORT, container="wav", codec="pcm_s24le"), 4.0),
    "64-bit floats": (encoded(SHORT, container="wav", codec="pcm_f64le"), 4.0),
    "192 kHz": (wav(tones(1.0, 192_000, 1), rate_hz=192_000), 1.0),
    "a riff size that lies": (
        odd.riff(odd.form(), SHORT.T.tobytes(), riff_size=12),
        4.0,
    ),
    "a data size of a stream": (wav(SHORT, data_size=0xFFFFFFFF), 4.0),
    "a chunk of odd size": (odd.odd_chunk(), 4.0),
    "a broadcast header": (odd.broadcast_wav(0), 2.0),
    "mono that becomes stereo": (
        encoded(SHORT, container="mp3", codec="libmp3lame")
        + encoded(tones(4.0), container="mp3", codec="libmp3lame"),
        8.0,
    ),
    "ten milliseconds": (wav(tones(0.01)), 0.01),
    "numbers that are none": (odd.floats([float("nan")]), 2.0),
    "infinite numbers": (odd.floats([float("inf"), 0.1, -float("inf")]), 2.0),
}


@pytest.mark.parametrize(("recording", "length_s"), FINE.values(), ids=FINE.keys())
def test_odd_audio_comes_out_whole(recording: bytes, length_s: float) -> None:
    channels = decode(recording)
    assert len(channels[0]) / 16000 == pytest.approx(length_s, abs=0.25 if length_s > 1 else 0.001)


SOUNDLESS = {
    "ten milliseconds of silence": wav(np.zeros((1, 80), dtype=np.int16)),
    "silence": wav(np.zeros((2, 32000), dtype=np.int16)),
    "a constant": wav(np.full((1, 32000), 5000, dtype=np.int16)),
    "numbers that are none": odd.floats([float("nan")]),
    "32-bit numbers that are none": float_wav(np.full(8000, np.nan, dtype=np.float32)),
}


@pytest.mark.parametrize("recording", SOUNDLESS.values(), ids=SOUNDLESS.keys())
def test_what_carries_no_sound_is_no_call(recording: bytes) -> None:
    with pytest.raises(AudioNoSpeechError, match="nobody says a word"):
        assign_roles([decoded(recording)], [()])


def test_the_limits_name_their_settings() -> None:
    for row, setting in {
        "too long": "max_call_duration_s",
        "six channels": "max_channels_per_leg",
        "4 kHz": "min_sample_rate_hz",
        "384 kHz": "max_sample_rate_hz",
    }.items():
        with pytest.raises(CallqaError, match=setting):
            decode(BAD[row][0])


def test_as_many_channels_as_the_limit_says_are_taken_apart() -> None:
    limits = replace(LIMITS, max_channels_per_leg=6)
    leg = decoded(encoded(tones(3.0, channels=6), container="wav", codec="pcm_s16le"), limits)
    loud = [int(np.abs(np.asarray(channel[:], dtype=int)).argmax() / 8000) for channel in leg.channels]
    assert loud == [0, 1, 2, 3, 4, 5]


def test_a_leg_tells_what_its_header_says() -> None:
    leg = decoded(odd.broadcast_wav(8000 * 3600))
    assert (leg.declared_s, leg.clock_start_s) == (2.0, 3600.0)
    assert decoded(wav(SHORT, data_size=0)).declared_s is None
    assert decoded(cut(wav(LONG), 0.95)).missing_s == pytest.approx(0.5, abs=0.01)


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


def test_decoding_stops_when_nobody_waits() -> None:
    def gone() -> None:
        raise CancelledError("the client gave the call up")

    with pytest.raises(CancelledError):
        decode_leg(io.BytesIO(wav(LONG)), name="the recording", limits=LIMITS, check=gone)
