"""A call drawn along its time: who talks how loud, what is to be heard in between, where two talk at once."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

from callqa.v1 import acoustics_pb2
from rich.text import Text

from review_client.words import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from callqa.v1.transcript_pb2 import Transcript
    from google.protobuf.duration_pb2 import Duration
    from rich.console import Console, ConsoleOptions, RenderResult

_Quiet = acoustics_pb2.QuietSpan
_Overlap = acoustics_pb2.TalkOverlap

LEGEND: Final = (
    "quiet  h hold, m music, r ringing, t tones, n noise; capitals on hold\n"
    "both   x interruption, a attempt to interrupt, b backchannel, c change of turns"
)
_QUIET_MARKS: Final = {_Quiet.MUSIC: "m", _Quiet.RINGBACK: "r", _Quiet.TONE: "t", _Quiet.NOISE: "n"}
# Where several fall into one column the last of these is shown.
_OVERLAP_MARKS: Final = {
    _Overlap.TURN_CHANGE: "c",
    _Overlap.BACKCHANNEL: "b",
    _Overlap.ATTEMPT: "a",
    _Overlap.INTERRUPTION: "x",
}
_BARS: Final = "▁▂▃▄▅▆▇█"
# Telephone speech varies over about this range; what is quieter gets the lowest bar.
_BAR_RANGE_DB: Final = 36.0
_FULL_SCALE: Final = 255
_MIN_COLUMNS: Final = 20
_MIN_TICK_COLUMNS: Final = 10
_TICKS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def seconds(duration: Duration) -> float:
    """Return a duration as seconds; negative ones too."""
    return duration.seconds + duration.nanos / 1e9


class Timeline:
    """One lane for each speaker, one for quiet, one for overlaps, and a scale; as wide as there is room."""

    def __init__(self, transcript: Transcript, names: Mapping[int, str], styles: Mapping[int, str]) -> None:
        self._transcript = transcript
        self._acoustics = transcript.acoustics
        self._names = names
        self._styles = styles
        self._length_s = max(seconds(transcript.duration), 0.001)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        label = max(len(name) for name in (*self._names.values(), "quiet"))
        columns = max(_MIN_COLUMNS, options.max_width - label - 2)
        for index, name in self._names.items():
            yield Text(f"{name:<{label}}  ", style="dim").append(
                self._talk(index, columns), style=self._styles.get(index, "")
            )
        for name, lane in (("quiet", self._quiet(columns)), ("both", self._both(columns))):
            if lane.strip():
                yield Text(f"{name:<{label}}  ", style="dim").append(lane, style="yellow")
        yield Text(" " * (label + 2) + self._scale(columns), style="dim")

    def _talk(self, speaker: int, columns: int) -> str:
        peaks = self._loudest(speaker, columns)
        lane = [" "] * columns
        for span in self._acoustics.talk_spans:
            if span.speaker == speaker:
                for column in self._columns(span.start_offset, span.end_offset, columns):
                    lane[column] = _bar(peaks[column])
        return "".join(lane)

    def _quiet(self, columns: int) -> str:
        lane = [" "] * columns
        for span in self._acoustics.quiet_spans:
            mark = _QUIET_MARKS.get(span.kind, "h" if span.hold else " ")
            for column in self._columns(span.start_offset, span.end_offset, columns):
                lane[column] = mark.upper() if span.hold and mark != "h" else mark
        return "".join(lane)

    def _both(self, columns: int) -> str:
        lane = [" "] * columns
        ranks = list(_OVERLAP_MARKS)
        known = [overlap for overlap in self._acoustics.overlaps if overlap.kind in _OVERLAP_MARKS]
        for overlap in sorted(known, key=lambda overlap: ranks.index(overlap.kind)):
            for column in self._columns(overlap.start_offset, overlap.end_offset, columns):
                lane[column] = _OVERLAP_MARKS[overlap.kind]
        return "".join(lane)

    def _columns(self, start: Duration, end: Duration, columns: int) -> Iterable[int]:
        first = int(seconds(start) / self._length_s * columns)
        last = math.ceil(seconds(end) / self._length_s * columns)
        return range(min(first, columns - 1), min(max(last, first + 1), columns))

    def _loudest(self, speaker: int, columns: int) -> Sequence[int]:
        channels = {one.index: one.channel for one in self._transcript.speakers}
        peaks = next(
            (
                waveform.peaks
                for waveform in self._acoustics.waveform
                if waveform.channel == channels.get(speaker)
            ),
            b"",
        )
        per_column = self._length_s * self._acoustics.peaks_per_second / columns
        places = [int(column * per_column) for column in range(columns + 1)]
        return [
            max(peaks[first : max(end, first + 1)], default=_FULL_SCALE)
            for first, end in itertools.pairwise(places)
        ]

    def _scale(self, columns: int) -> str:
        """Return times from the left edge on, far enough apart to be read."""
        tick_s = next(
            (tick for tick in _TICKS_S if tick / self._length_s * columns >= _MIN_TICK_COLUMNS), _TICKS_S[-1]
        )
        scale = ""
        for moment_s in range(0, math.ceil(self._length_s), tick_s):
            mark = clock(type(self._transcript.duration)(seconds=moment_s))
            place = int(moment_s / self._length_s * columns)
            if place + len(mark) <= columns and place >= len(scale):
                scale = scale.ljust(place) + mark
        return scale


def _bar(peak: int) -> str:
    level_db = 20 * math.log10(peak / _FULL_SCALE) if peak else -_BAR_RANGE_DB
    height = (level_db + _BAR_RANGE_DB) / _BAR_RANGE_DB
    return _BARS[max(0, min(len(_BARS) - 1, int(height * len(_BARS))))]
