"""The use case: the files of a call in, what is heard of it out, step by step."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from servicekit.errors import FieldViolation
from transcription.audio import DECODER_VERSION, AudioLimits, decode_leg
from transcription.channels import CallChannel, assign_roles
from transcription.errors import AudioNoSpeechError, LanguageError
from transcription.quality import gravest_first, hearing_warnings, report_channel, role_on_channel
from transcription.transcript import Speaker, SpeakerRole, SpokenWords, Transcript, Word
from transcription.turns import TURNS_REVISION, make_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.engine import ChannelHearing, SpeechEngine
    from transcription.transcript import RemovedWords

_DEFAULT_LANGUAGE: Final = "en"


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
    """Hears calls with one engine, one at a time."""

    def __init__(self, engine: SpeechEngine, limits: AudioLimits, *, word_confidence_floor: float) -> None:
        self._engine = engine
        self._limits = limits
        self._word_confidence_floor = word_confidence_floor
        self.model_version = f"{engine.model_version} {DECODER_VERSION} turns={TURNS_REVISION}"

    def transcribe(
        self,
        legs: Sequence[CallLeg],
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        check: Callable[[], None],
    ) -> Generator[Progress | ChannelSegment, None, Transcript]:
        """Yield progress and segments as they are heard and return the transcript.

        `language` is BCP-47, "en" when empty and detected when "und"; what comes behind its first part is not
        used. `vocabulary` are names and products that are likely to be said. `check` is called often and
        raises when nobody waits for the answer any more. Raises the errors of transcription.errors.
        """
        self._require_language(language)
        decoded = [
            decode_leg(leg.file, name=_leg_name(index, len(legs)), limits=self._limits, check=check)
            for index, leg in enumerate(legs)
        ]
        channels = assign_roles(decoded, [leg.roles for leg in legs])
        language, language_confidence = self._language(language, channels)
        heard = yield from self._hear(channels, language, vocabulary, check)
        if not any(heard.words):
            raise AudioNoSpeechError(
                "nobody says a word in the recording; check that the right file was uploaded"
            )
        spoken = [
            SpokenWords(
                speaker=Speaker(
                    index=index,
                    channel=index,
                    role=channel.role,
                    role_confidence=channel.role_confidence,
                    role_source=channel.role_source,
                ),
                words=tuple(words),
            )
            for index, (channel, words) in enumerate(zip(channels, heard.words, strict=True))
        ]
        reports = [
            report_channel(
                index,
                channel,
                hearing,
                words,
                role=role_on_channel(index, spoken),
                word_confidence_floor=self._word_confidence_floor,
            )
            for index, (channel, hearing, words) in enumerate(
                zip(channels, heard.hearings, heard.words, strict=True)
            )
        ]
        return Transcript(
            language=language,
            language_confidence=language_confidence,
            vocabulary=tuple(vocabulary),
            duration_s=max(channel.decoded_s for channel in channels),
            model_version=self.model_version,
            speakers=tuple(one.speaker for one in spoken),
            turns=make_turns(spoken),
            channels=tuple(reports),
            warnings=gravest_first(hearing_warnings(reports, heard.removed)),
            removed_words=tuple(
                sorted(heard.removed, key=lambda removed: (removed.start_s, removed.channel))
            ),
            word_confidence_floor=self._word_confidence_floor,
        )

    def _require_language(self, language: str) -> None:
        if _is_detected(language) or _subtag(language) in self._engine.languages:
            return
        message = (
            f"the weights in use don't know the language {_subtag(language)!r}; state the language that is"
            " spoken, or set model to weights that know it"
        )
        raise LanguageError(message, violations=[FieldViolation("config.language", message)])

    def _language(self, language: str, channels: Sequence[CallChannel]) -> tuple[str, float]:
        if _is_detected(language):
            return self._engine.detect_language([channel.samples for channel in channels])
        return language or _DEFAULT_LANGUAGE, 1.0

    def _hear(
        self,
        channels: Sequence[CallChannel],
        language: str,
        vocabulary: Sequence[str],
        check: Callable[[], None],
    ) -> Generator[Progress | ChannelSegment, None, _Heard]:
        total_s = sum(channel.decoded_s for channel in channels)
        words: list[list[Word]] = [[] for _ in channels]
        removed: list[RemovedWords] = []
        yield Progress(heard_s=0.0, total_s=total_s)
        hearing = self._engine.hear(
            [channel.samples for channel in channels], language=_subtag(language), vocabulary=vocabulary
        )
        with closing(hearing):
            while True:
                check()
                try:
                    segment = next(hearing)
                except StopIteration as end:
                    return _Heard(words=words, removed=removed, hearings=end.value)
                removed.extend(segment.removed)
                if segment.words:
                    words[segment.channel].extend(segment.words)
                    role = channels[segment.channel].role
                    yield ChannelSegment(channel=segment.channel, role=role, words=segment.words)
                yield Progress(heard_s=segment.heard_s, total_s=total_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the engine gave: words and findings of each channel."""

    words: list[list[Word]]
    removed: list[RemovedWords]
    hearings: tuple[ChannelHearing, ...]


def _is_detected(language: str) -> bool:
    return language.lower() == "und"


def _subtag(language: str) -> str:
    return (language or _DEFAULT_LANGUAGE).replace("_", "-").split("-")[0].lower()


def _leg_name(index: int, count: int) -> str:
    return "the recording" if count == 1 else f"the recording of leg {index}"
