"""One set measured: its calls heard in a process of their own, and their figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evaluation.speech.calls import RecordedLeg
from evaluation.speech.figures import Figures, call_figures, downmix_figures
from evaluation.speech.listening import Job, in_own_process, listen
from evaluation.speech.sound import channel_sounds, downmixed, write_wav
from evaluation.speech.wordless import CLIP_S, RATE_HZ, wordless_clips
from transcription.transcript import SAMPLE_RATE_HZ, SpeakerRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from evaluation.speech.calls import RecordedCall, RecordedChannel
    from evaluation.speech.listening import Heard, Session
    from evaluation.speech.sound import Sound

    Alter = Callable[[Sound, RecordedChannel, int], Sound]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A set's figures and the model version that it was heard with."""

    figures: Figures
    model_version: str


def measure_calls(calls: Sequence[RecordedCall], folder: Path, *, with_downmixes: bool) -> Measured:
    """Hear the calls, and the downmix of each that has two sides; `folder` is for temporary files.

    Two-sided calls are heard without stated roles, so that finding these is measured too. Raises DataError
    and SettingsError.
    """
    sounds = [channel_sounds(call) for call in calls]
    mixed = [index for index, call in enumerate(calls) if with_downmixes and call.is_two_sided]
    jobs = [job_of(call) for call in calls]
    for index in mixed:
        path = folder / f"downmix{index}.wav"
        write_wav(path, [downmixed(sounds[index])])
        jobs.append(Job(legs=((path, ()),), language=calls[index].language))
    session = in_own_process(listen, jobs)
    heard, downmixes = session.heard[: len(calls)], session.heard[len(calls) :]
    audio_s = sum(len(sound) for channels in sounds for sound in channels) / SAMPLE_RATE_HZ
    return Measured(
        figures={
            **call_figures(calls, heard),
            **downmix_figures(
                [calls[index] for index in mixed], [heard[index] for index in mixed], downmixes
            ),
            **cost_figures(heard, audio_s, session),
        },
        model_version=session.model_version,
    )


def measure_wordless(folder: Path) -> Measured:
    """Hear twenty minutes without words; `folder` is for temporary files."""
    clips = wordless_clips()
    for name, sound in clips.items():
        write_wav(folder / f"{name}.wav", [sound], RATE_HZ)
    jobs = [Job(legs=((folder / f"{name}.wav", (SpeakerRole.AGENT,)),), language="en") for name in clips]
    session = in_own_process(listen, jobs)
    invented = {
        name: sum(len(turn.words) for turn in one.turns)
        for name, one in zip(clips, session.heard, strict=True)
    }
    minutes = len(clips) * CLIP_S / 60
    return Measured(
        figures={
            "minutes": minutes,
            "invented_words": sum(invented.values()),
            "invented_words_per_minute": round(sum(invented.values()) / minutes, 4),
            "invented_words_by_clip": {name: count for name, count in invented.items() if count},
            **cost_figures(session.heard, len(clips) * CLIP_S, session),
        },
        model_version=session.model_version,
    )


def job_of(call: RecordedCall) -> Job:
    """Return the call as a client would send it: roles are stated where a file holds one side of a call."""
    stated = not call.is_two_sided
    return Job(
        legs=tuple(
            (leg.path, tuple(channel.role for channel in leg.channels) if stated else ()) for leg in call.legs
        ),
        language=call.language,
    )


def altered(
    calls: Sequence[RecordedCall],
    set_name: str,
    folder: Path,
    alter: Alter,
) -> list[RecordedCall]:
    """Return the calls over another line: `alter` gets each channel's sound, the channel and a seed."""
    return [_altered(call, index, set_name, folder, alter) for index, call in enumerate(calls)]


def _altered(
    call: RecordedCall,
    index: int,
    set_name: str,
    folder: Path,
    alter: Alter,
) -> RecordedCall:
    channels = call.channels
    path = folder / f"{set_name}{index}.wav"
    sounds = channel_sounds(call)
    write_wav(
        path,
        [
            alter(sound, channel, 100 * index + place)
            for place, (sound, channel) in enumerate(zip(sounds, channels, strict=True))
        ],
    )
    return replace(call, set_name=set_name, legs=(RecordedLeg(path=path, channels=channels),))


def cost_figures(heard: Sequence[Heard], audio_s: float, session: Session) -> Figures:
    """Return speed and memory; `audio_s` sums over channels."""
    cpu_s = sum(one.cpu_s for one in heard)
    wall_s = sum(one.wall_s for one in heard)
    return {
        "channel_audio_s": round(audio_s, 1),
        "cpu_s": round(cpu_s, 2),
        "x_per_core": round(audio_s / cpu_s, 2) if cpu_s else None,
        "x_wall": round(audio_s / wall_s, 2) if wall_s else None,
        "peak_memory_mb": round(session.peak_memory_mb, 1),
    }
