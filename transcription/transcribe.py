"""The use case: the files of a call in, what is heard of it out, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from servicekit.errors import FieldViolation
from transcription.audio import DECODER_VERSION, AudioLimits, decode_leg
from transcription.channels import CallChannel, assign_roles
from transcription.errors import AudioNoSpeechError, LanguageError
from transcription.transcript import SAMPLE_RATE_HZ, ChannelWords, SpeakerRole, Transcript, Word
from transcription.turns import TURNS_REVISION, make_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.engine import SpeechEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLeg:
    """One file of a call and the roles stated for its channels, none or one for each."""

    file: BinaryIO
    roles: tuple[SpeakerRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Seconds of audio heard and to hear, both summed over channels."""

    heard_s: float
    total_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSegment:
    """Words just heard on a channel."""

    channel: int
    role: SpeakerRole
    words: tuple[Word, ...]


class CallTranscriber:
    """Hears calls with one engine; used from several threads at once."""

    def __init__(self, engine: SpeechEngine, limits: AudioLimits) -> None:
        self._engine = engine
        self._limits = limits
        self.model_version = f"{engine.model_version} {DECODER_VERSION} turns={TURNS_REVISION}"

    def transcribe(
        self, legs: Sequence[CallLeg], *, language: str, check: Callable[[], None]
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        """Yield progress and segments as they are heard and return the transcript.

        `language` is BCP-47 and "en" when empty; what comes behind its first part is not used. `check` raises
        when nobody waits for the answer any more. Raises the errors of transcription.errors.
        """
        language = language or "en"
        subtag = language.replace("_", "-").split("-")[0].lower()
        if subtag not in self._engine.languages:
            message = (
                f"the weights in use don't know the language {subtag!r}; state the language that is spoken,"
                " or set model to weights that know it"
            )
            raise LanguageError(message, violations=[FieldViolation("config.language", message)])
        decoded = [
            decode_leg(leg.file, name=_leg_name(index, len(legs)), limits=self._limits, check=check)
            for index, leg in enumerate(legs)
        ]
        channels = assign_roles(decoded, [leg.roles for leg in legs])
        words = yield from self._hear(channels, subtag, check)
        if not any(channel.words for channel in words):
            raise AudioNoSpeechError(
                "nobody says a word in the recording; check that the right file was uploaded"
            )
        return Transcript(
            language=language,
            duration_s=max(len(channel.samples) for channel in channels) / SAMPLE_RATE_HZ,
            model_version=self.model_version,
            turns=make_turns(words),
            channels=tuple(words),
        )

    def _hear(
        self, channels: Sequence[CallChannel], language: str, check: Callable[[], None]
    ) -> Generator[Progress | ChannelSegment, None, list[ChannelWords]]:
        lengths_s = [len(channel.samples) / SAMPLE_RATE_HZ for channel in channels]
        total_s = sum(lengths_s)
        heard: list[ChannelWords] = []
        yield Progress(heard_s=0.0, total_s=total_s)
        for index, channel in enumerate(channels):
            before_s = sum(lengths_s[:index])
            words: list[Word] = []
            for segment in self._engine.hear(channel.samples, language):
                check()
                if segment.words:
                    words.extend(segment.words)
                    yield ChannelSegment(channel=index, role=channel.role, words=segment.words)
                yield Progress(heard_s=before_s + segment.heard_s, total_s=total_s)
            heard.append(
                ChannelWords(
                    channel=index,
                    role=channel.role,
                    role_confidence=channel.role_confidence,
                    words=tuple(words),
                )
            )
        return heard


def _leg_name(index: int, count: int) -> str:
    return "the recording" if count == 1 else f"the recording of leg {index}"
