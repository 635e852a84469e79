"""Words and turns for tests, each from one line."""

from __future__ import annotations

from evaluation.speech.listening import Heard, HeardTurn
from transcription.transcript import SpeakerRole, Word


def word(start_s: float, end_s: float, text: str = "word") -> Word:
    return Word(text=text, start_s=start_s, end_s=end_s, confidence=1.0)


def turn(voice: int, role: SpeakerRole, *words: Word, channel: int = 0) -> HeardTurn:
    return HeardTurn(channel=channel, voice=voice, role=role, words=words)


def heard(*turns: HeardTurn, roles: tuple[SpeakerRole, ...] = (), refusal: str = "") -> Heard:
    return Heard(turns=turns, channel_roles=roles, refusal=refusal, cpu_s=2.0, wall_s=4.0)
