"""The speech of one channel, found section by section and packed into windows; hours need no more memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.recording.loudness import (
    FRAME_SAMPLES,
    frame_levels,
    is_silent,
    levelling_gain,
    loud_spans,
    slice_bounds,
)
from transcription.speech.speech_detection import FRAME_SAMPLES as VOICE_FRAME_SAMPLES
from transcription.speech.speech_detection import Region, padded_regions, speech_regions
from transcription.speech.windows import Window, pack, split_long
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transcription.engine import Samples
    from transcription.recording.loudness import Levels
    from transcription.settings import TranscriptionSettings
    from transcription.speech.decoding import Sound
    from transcription.speech.speech_detection import Probabilities, SpeechDetector

# Levelled sound and its spectra are in memory a section at a time.
_SECTION_S: Final = 120.0
_CUT_SEARCH_S: Final = 30.0
# Pauses within what somebody says are heard with it: fewer seams, at which words go astray.
_MIN_SILENCE_S: Final = 1.0
_PAD_S: Final = 0.3
# Sound this far below a channel's loud speech is not loud.
_LOUD_RANGE_DB: Final = 15.0
# Loud sound with less than this share taken for speech is listened to again,
_LITTLE: Final = 0.2
# if it lasts this long: clicks and coughs don't.
_MIN_LOUD_S: Final = 1.0
# Clipping makes overtones that voices don't have; the detector minds them less when they are quiet.
_SECOND_LISTENING_GAIN: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a channel, up to `end` in samples: a window to hear, or None where nobody speaks."""

    end: int
    channel: int
    window: Window | None


class ChannelSpeech:
    """Finds what is to be heard on a channel.

    `loud_s`, `detected_s` and `retried_s` are those of ChannelHearing, and `probabilities` those of speech in
    each 32 ms, for what has been iterated so far.
    """

    def __init__(
        self, channel: int, samples: Samples, detector: SpeechDetector, settings: TranscriptionSettings
    ) -> None:
        self.samples = samples
        self.loud_s = self.detected_s = self.retried_s = 0.0
        self.probabilities: Probabilities = np.zeros(
            -(-len(samples) // VOICE_FRAME_SAMPLES), dtype=np.float32
        )
        self._channel = channel
        self._detector = detector
        self._settings = settings
        self._levels: Levels = frame_levels(samples)
        self._gain = 0.0
        self._loud_dbfs = 0.0
        if not is_silent(self._levels, settings.silence_floor_dbfs):
            self._gain = levelling_gain(self._levels, settings.level_dbfs)
            self._loud_dbfs = max(
                settings.level_dbfs - 20 * np.log10(self._gain) - _LOUD_RANGE_DB, settings.silence_floor_dbfs
            )

    def sound(self, regions: Sequence[Region]) -> Sound:
        """Return the regions behind one another, brought to the level at which speech is heard best."""
        parts = [np.asarray(self.samples[start:end], dtype=np.float32) for start, end in regions]
        levelled: Sound = np.concatenate(parts) * np.float32(self._gain / 32768)
        return np.clip(levelled, -1, 1, out=levelled)

    def stretches(self) -> Iterator[Stretch]:
        """Yield the channel's stretches in order; the last one ends with the channel."""
        rest: list[Region] = []
        max_samples = round(self._settings.window_s * SAMPLE_RATE_HZ)
        start = 0
        for _, cut in slice_bounds(self._levels, len(self.samples), _SECTION_S, _CUT_SEARCH_S):
            is_last = cut == len(self.samples)
            # The detector's frames go on counting from one section to the next.
            end = cut if is_last else cut // VOICE_FRAME_SAMPLES * VOICE_FRAME_SAMPLES
            windows, rest = pack(
                self._channel,
                [*rest, *self._speech_in(Region(start, end), max_samples)],
                max_samples=max_samples,
                keep_rest=not is_last,
            )
            for window in windows:
                yield Stretch(end=window.regions[-1].end, channel=self._channel, window=window)
            yield Stretch(end=rest[0].start if rest else end, channel=self._channel, window=None)
            start = end

    def _speech_in(self, section: Region, max_samples: int) -> list[Region]:
        first_level = section.start // FRAME_SAMPLES
        levels = self._levels[first_level : section.end // FRAME_SAMPLES]
        if is_silent(levels, self._settings.silence_floor_dbfs):
            return []
        sound = self.sound([section])
        probabilities = self._detector.probabilities(sound)
        first_frame = section.start // VOICE_FRAME_SAMPLES
        self.probabilities[first_frame : first_frame + len(probabilities)] = probabilities
        found = speech_regions(
            probabilities, threshold=self._settings.vad_threshold, min_silence_s=_MIN_SILENCE_S
        )
        loud = [
            Region(first * FRAME_SAMPLES, end * FRAME_SAMPLES)
            for first, end in loud_spans(levels, self._loud_dbfs)
        ]
        again = self._missed(loud, found)
        if again:
            found = self._listen_again(sound, again, found)
        self.loud_s += _length_s(loud)
        self.detected_s += _length_s(found)
        padded = padded_regions(found, pad_s=_PAD_S, sample_count=len(sound))
        return [
            Region(section.start + start, section.start + end)
            for start, end in split_long(padded, probabilities, max_samples)
        ]

    def _missed(self, loud: Sequence[Region], found: Sequence[Region]) -> list[Region]:
        return [
            region
            for region in loud
            if region.end - region.start >= _MIN_LOUD_S * SAMPLE_RATE_HZ
            and shared_samples(region, found) < _LITTLE * (region.end - region.start)
        ]

    def _listen_again(self, sound: Sound, again: Sequence[Region], found: Sequence[Region]) -> list[Region]:
        self.retried_s += _length_s(again)
        probabilities = self._detector.probabilities(sound * np.float32(_SECOND_LISTENING_GAIN))
        more = [
            region
            for region in speech_regions(
                probabilities,
                threshold=self._settings.vad_threshold_again,
                min_silence_s=_MIN_SILENCE_S,
            )
            if shared_samples(region, again) and not shared_samples(region, found)
        ]
        return sorted([*found, *more])


def shared_samples(region: Region, others: Sequence[Region]) -> int:
    """Return how many samples of the region lie in the others."""
    return sum(max(0, min(region.end, end) - max(region.start, start)) for start, end in others)


def _length_s(regions: Sequence[Region]) -> float:
    return sum(end - start for start, end in regions) / SAMPLE_RATE_HZ
