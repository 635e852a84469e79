"""Packs stretches of speech into the windows of 30 s that Whisper listens to, and maps times back."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from transcription.speech.speech_detection import FRAME_SAMPLES, Probabilities, Region
from transcription.transcript import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW_SAMPLES: Final = 30 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is listened to at once: regions of one channel, in order, one behind the other.

    `regions` are in samples of the channel; together at most 30 s.
    """

    channel: int
    regions: tuple[Region, ...]

    def __post_init__(self) -> None:
        if not self.regions or self.sample_count > WINDOW_SAMPLES:
            raise ValueError(f"a window has regions of up to {WINDOW_SAMPLES} samples together")

    @property
    def sample_count(self) -> int:
        """The samples of all regions."""
        return sum(region.end - region.start for region in self.regions)

    @property
    def seams_s(self) -> tuple[float, ...]:
        """Where in the window each region begins, in seconds; the first is 0."""
        seams, reached = [], 0
        for region in self.regions:
            seams.append(reached / SAMPLE_RATE_HZ)
            reached += region.end - region.start
        return tuple(seams)

    def region_at(self, window_s: float) -> int:
        """Return the index of the region that is heard at `window_s` seconds of the window."""
        return max(0, bisect_right(self.seams_s, window_s) - 1)

    def channel_s(self, window_s: float, region: int) -> float:
        """Return the time in the channel of `window_s`, taken as a time of that region and held within it."""
        start, end = self.regions[region]
        time_s = start / SAMPLE_RATE_HZ + window_s - self.seams_s[region]
        return min(max(time_s, start / SAMPLE_RATE_HZ), end / SAMPLE_RATE_HZ)


def split_long(regions: Sequence[Region], probabilities: Probabilities, max_samples: int) -> list[Region]:
    """Cut regions above `max_samples` where speech is least probable in the last half of what fits."""
    parts: list[Region] = []
    for start, end in regions:
        first = start
        while end - first > max_samples:
            low, high = (first + max_samples // 2) // FRAME_SAMPLES, (first + max_samples) // FRAME_SAMPLES
            cut = (low + int(probabilities[low:high].argmin())) * FRAME_SAMPLES + FRAME_SAMPLES // 2
            parts.append(Region(first, cut))
            first = cut
        parts.append(Region(first, end))
    return parts


def pack(
    channel: int, regions: Sequence[Region], *, max_samples: int, keep_rest: bool
) -> tuple[list[Window], list[Region]]:
    """Fill windows of up to `max_samples` with the regions, each of which fits into one, in order.

    With `keep_rest` the last regions, which don't fill a window yet, are given back.
    """
    windows: list[Window] = []
    rest = list(regions)
    while rest:
        fitting, samples = 0, 0
        while fitting < len(rest) and samples + rest[fitting].end - rest[fitting].start <= max_samples:
            samples += rest[fitting].end - rest[fitting].start
            fitting += 1
        if fitting == len(rest) and keep_rest:
            break
        windows.append(Window(channel=channel, regions=tuple(rest[:fitting])))
        del rest[:fitting]
    return windows, rest
