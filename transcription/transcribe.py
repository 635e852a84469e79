"""The use case: the files of a call in, what is heard of it out, step by step."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from servicekit.errors import FieldViolation
from transcription.acoustics.measurement import measure_acoustics
from transcription.acoustics.values import AcousticsLimits
from transcription.engine import ChannelHearing
from transcription.errors import AudioNoSpeechError, LanguageError
from transcription.quality import gravest_first, hearing_warnings, report_channel, role_on_channel
from transcription.recording.channel_warnings import sound_warnings, state_warnings
from transcription.recording.channels import CallChannel, assign_roles
from transcription.recording.decoding import DECODER_VERSION, AudioLimits, decode_leg
from transcription.recording.legs import LEGS_REVISION, align_legs
from transcription.speakers.find_speakers import find_speakers
from transcription.speakers.roles import ROLES_REVISION
from transcription.speakers.voices import VOICES_REVISION
from transcription.transcript import ChannelState, SpeakerRole, Transcript, Word
from transcription.wording.number_format import NUMBERS_REVISION
from transcription.wording.turns import TURNS_REVISION, make_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from transcription.engine import SpeechEngine
    from transcription.speakers.voice_embedding import VoiceEncoder
    from transcription.transcript import QualityWarning, RemovedWords, SpokenWords

_DEFAULT_LANGUAGE: Final = "en"
_UNHEARD: Final = ChannelHearing(loud_s=0.0, detected_s=0.0, retried_s=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLeg:
    """One file of a call and the roles stated for its channels, none or one for each."""

    file: BinaryIO
    roles: tuple[SpeakerRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Seconds of audio heard and to hear, both summed over the channels that are listened to."""

    heard_s: float
    total_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSegment:
    """Words just heard on a channel, and the channel's role before anything was decided from speech."""

    channel: int
    role: SpeakerRole
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingRules:
    """What is made of the words; see the settings of the same names."""

    audio: AudioLimits
    acoustics: AcousticsLimits = field(default_factory=AcousticsLimits)
    silence_floor_dbfs: float = -65.0
    word_confidence_floor: float = 0.25
    numbers_as_figures: bool = True

    def version(self) -> str:
        """Return what of this changes a transcript, as one readable line."""
        return (
            f"{DECODER_VERSION} legs={LEGS_REVISION} turns={TURNS_REVISION} roles={ROLES_REVISION}"
            f" numbers={NUMBERS_REVISION if self.numbers_as_figures else 'as-heard'}"
            f" sure={self.word_confidence_floor:g}"
            f" hold={self.acoustics.hold_after_s:g}s/{self.acoustics.music_hold_after_s:g}s"
        )


class CallTranscriber:
    """Hears calls with one engine, one at a time; without `voice_encoder` one channel is one speaker."""

    def __init__(
        self, engine: SpeechEngine, rules: HearingRules, *, voice_encoder: VoiceEncoder | None = None
    ) -> None:
        self._engine = engine
        self._rules = rules
        self._voice_encoder = voice_encoder
        voices = "off" if voice_encoder is None else str(VOICES_REVISION)
        self.model_version = f"{engine.model_version} {rules.version()} voices={voices}"

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
        channels, warnings = self._channels(legs, check)
        language, language_confidence = self._language(language, channels)
        heard = yield from self._hear(channels, language, vocabulary, check)
        if not any(heard.words):
            raise AudioNoSpeechError(
                "nobody says a word in the recording; check that the right file was uploaded"
            )
        spoken, speaker_warnings = find_speakers(
            channels,
            heard.words,
            language=_subtag(language),
            encoder=self._voice_encoder,
            numbers_as_figures=self._rules.numbers_as_figures,
            check=check,
        )
        turns = make_turns(spoken)
        reports = [
            report_channel(
                channel,
                hearing,
                words,
                role=role_on_channel(channel, spoken),
                word_confidence_floor=self._rules.word_confidence_floor,
            )
            for channel, hearing, words in zip(channels, heard.hearings, heard.words, strict=True)
        ]
        duration_s = max(channel.decoded_s for channel in channels)
        check()
        return Transcript(
            language=language,
            language_confidence=language_confidence,
            vocabulary=tuple(vocabulary),
            duration_s=duration_s,
            model_version=self.model_version,
            speakers=tuple(one.speaker for one in spoken),
            turns=turns,
            channels=tuple(reports),
            warnings=gravest_first(
                [
                    *warnings,
                    *_sound_warnings(channels, spoken),
                    *speaker_warnings,
                    *hearing_warnings(reports, heard.removed),
                ]
            ),
            removed_words=tuple(
                sorted(heard.removed, key=lambda removed: (removed.start_s, removed.channel))
            ),
            word_confidence_floor=self._rules.word_confidence_floor,
            acoustics=measure_acoustics(
                [channel.samples for channel in channels],
                spoken,
                turns,
                duration_s=duration_s,
                language=language,
                limits=self._rules.acoustics,
            ),
        )

    def _channels(
        self, legs: Sequence[CallLeg], check: Callable[[], None]
    ) -> tuple[tuple[CallChannel, ...], list[QualityWarning]]:
        limits = self._rules.audio
        decoded = [
            decode_leg(leg.file, name=_leg_name(index, len(legs)), limits=limits, check=check)
            for index, leg in enumerate(legs)
        ]
        aligned, leg_warnings = align_legs(decoded, spool_dir=limits.spool_dir, check=check)
        channels = assign_roles(
            aligned, [leg.roles for leg in legs], silence_floor_dbfs=self._rules.silence_floor_dbfs
        )
        return channels, [*leg_warnings, *state_warnings(channels)]

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
            return self._engine.detect_language([channel.samples for channel in _to_hear(channels)])
        return language or _DEFAULT_LANGUAGE, 1.0

    def _hear(
        self,
        channels: Sequence[CallChannel],
        language: str,
        vocabulary: Sequence[str],
        check: Callable[[], None],
    ) -> Generator[Progress | ChannelSegment, None, _Heard]:
        listened = _to_hear(channels)
        total_s = sum(channel.decoded_s for channel in listened)
        words: list[list[Word]] = [[] for _ in channels]
        removed: list[RemovedWords] = []
        yield Progress(heard_s=0.0, total_s=total_s)
        hearing = self._engine.hear(
            [channel.samples for channel in listened], language=_subtag(language), vocabulary=vocabulary
        )
        with closing(hearing):
            while True:
                check()
                try:
                    segment = next(hearing)
                except StopIteration as end:
                    of_channel = {
                        channel.index: found for channel, found in zip(listened, end.value, strict=True)
                    }
                    hearings = tuple(of_channel.get(channel.index, _UNHEARD) for channel in channels)
                    return _Heard(words=words, removed=removed, hearings=hearings)
                channel = listened[segment.channel]
                removed.extend(replace(words, channel=channel.index) for words in segment.removed)
                if segment.words:
                    words[channel.index].extend(segment.words)
                    yield ChannelSegment(channel=channel.index, role=channel.role, words=segment.words)
                yield Progress(heard_s=segment.heard_s, total_s=total_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the engine gave: words and findings of each channel of the call."""

    words: list[list[Word]]
    removed: list[RemovedWords]
    hearings: tuple[ChannelHearing, ...]


def _to_hear(channels: Sequence[CallChannel]) -> list[CallChannel]:
    return [channel for channel in channels if channel.state is ChannelState.HEARD]


def _sound_warnings(channels: Sequence[CallChannel], spoken: Sequence[SpokenWords]) -> list[QualityWarning]:
    with_speech = {one.speaker.channel for one in spoken if one.words}
    return [
        warning for channel in channels if channel.index in with_speech for warning in sound_warnings(channel)
    ]


def _is_detected(language: str) -> bool:
    return language.lower() == "und"


def _subtag(language: str) -> str:
    return (language or _DEFAULT_LANGUAGE).replace("_", "-").split("-")[0].lower()


def _leg_name(index: int, count: int) -> str:
    return "the recording" if count == 1 else f"the recording of leg {index}"
