"""How well a call could be heard: warnings, channels, and words taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2
from rich.console import Group
from rich.table import Table
from rich.text import Text

from review_client.render.evidence import role_word
from review_client.words import clock, counted, percent, slug, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callqa.v1.call_pb2 import Call
    from rich.console import RenderableType

_Warning = transcript_pb2.QualityWarning
# With these a scorecard may be wrong as a whole, however well each word was heard.
_LISTEN_FIRST: Final = frozenset({_Warning.SPEECH_MISSED, _Warning.ROLES_UNSURE, _Warning.SWAPPED_CHANNELS})
_NOTHING: Final = "-"


def gravest_warning(transcript: transcript_pb2.Transcript) -> str:
    """Return the first warning's sentence and how many more there are; "" without warnings."""
    warnings = transcript.quality.warnings
    if not warnings:
        return ""
    more = f" (and {len(warnings) - 1} more: callqa quality)" if len(warnings) > 1 else ""
    return f"{warnings[0].message}{more}"


def listen_first(transcript: transcript_pb2.Transcript) -> str:
    """Return the gravest warning that puts a whole scorecard in doubt, "" without one."""
    doubts = [warning.message for warning in transcript.quality.warnings if warning.code in _LISTEN_FIRST]
    return doubts[0] if doubts else ""


def other_warnings(transcript: transcript_pb2.Transcript) -> str:
    """Return what the other warnings are about, as "clipped, noisy"; "" without any."""
    codes = [warning.code for warning in transcript.quality.warnings]
    shown = next((code for code in codes if code in _LISTEN_FIRST), None)
    return ", ".join(dict.fromkeys(_about(code) for code in codes if code != shown))


def quality_text(transcript: transcript_pb2.Transcript, call: Call) -> Group:
    """Return the report: each warning in full, a line per channel, a line per place of removed words."""
    head = Text(call.external_id or call.name, style="bold")
    low = sum(channel.low_confidence_word_count for channel in transcript.channels)
    words = sum(channel.word_count for channel in transcript.channels)
    head.append(f"  {clock(transcript.duration)}  {counted(words, 'word')}", style="not bold")
    if transcript.quality.word_confidence_floor:
        floor = f"{transcript.quality.word_confidence_floor:.2g}"
        head.append(f", {low} below a confidence of {floor}", style="not bold")
    parts: list[RenderableType] = [head]
    for title, lines in (
        ("Warnings", _warnings(transcript.quality.warnings)),
        ("Channels", channels_table(transcript.channels)),
        ("Words taken out, because nobody seems to say them", _removed(transcript.quality.removed_words)),
    ):
        parts += [Text(), Text(title, style="bold underline"), lines]
    return Group(*parts)


def channels_table(channels: Iterable[transcript_pb2.ChannelReport]) -> Table:
    """Return one line per channel; times as m:ss."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    for title in ("CH", "ROLE", "STATE"):
        table.add_column(title, overflow="fold")
    for title in ("LEVEL", "CLIPPED", "LOUD", "SPEECH", "TWICE", "WORDS", "LOW"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("LENGTH", overflow="fold")
    for channel in channels:
        is_described = bool(channel.state)
        length = clock(channel.decoded_duration) if is_described else _NOTHING
        if channel.HasField("declared_duration") and clock(channel.declared_duration) != length:
            length += f" of {clock(channel.declared_duration)}"
        if channel.start_offset.ToMilliseconds():
            length += f", from {channel.start_offset.ToMilliseconds() / 1000:+.1f} s"
        measured = (
            f"{channel.level_dbfs:.0f} dB",
            percent(channel.clipped_share),
            clock(channel.loud_duration),
            clock(channel.detected_duration),
            clock(channel.retried_duration),
        )
        table.add_row(
            str(channel.channel),
            role_word(channel.role),
            slug(word_of(transcript_pb2.ChannelReport.State, channel.state)) or _NOTHING,
            *(measured if is_described else (_NOTHING,) * len(measured)),
            str(channel.word_count),
            str(channel.low_confidence_word_count),
            length,
        )
    return table


def _warnings(warnings: Iterable[transcript_pb2.QualityWarning]) -> RenderableType:
    grid = _grid()
    for warning in warnings:
        where = f"channel {warning.channel}" if warning.HasField("channel") else ""
        grid.add_row(Text(_about(warning.code), style="yellow"), where, warning.message)
    return grid if grid.row_count else Text("none", style="dim")


def _removed(removed: Iterable[transcript_pb2.RemovedWords]) -> RenderableType:
    grid = _grid()
    for words in removed:
        why = slug(word_of(transcript_pb2.RemovedWords.Reason, words.reason))
        span = f"{clock(words.start_offset)}-{clock(words.end_offset)}"
        grid.add_row(span, f"channel {words.channel}", f"“{words.text}” ({why})")
    return grid if grid.row_count else Text("none", style="dim")


def _about(code: transcript_pb2.QualityWarning.Code.ValueType) -> str:
    return slug(word_of(_Warning.Code, code)).replace("-", " ")


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    return grid
