"""Who talked, waited and held: the speakers in a table, the call along its time, and moments to listen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callqa.v1 import acoustics_pb2
from rich.console import Group
from rich.table import Table
from rich.text import Text

from review_client.render.evidence import role_word
from review_client.render.speakers import speaker_names
from review_client.render.timeline import LEGEND, Timeline, seconds
from review_client.words import clock, counted, slug, word_of

if TYPE_CHECKING:
    from callqa.v1.call_pb2 import Call
    from callqa.v1.transcript_pb2 import Transcript
    from google.protobuf.duration_pb2 import Duration
    from rich.console import RenderableType

_Overlap = acoustics_pb2.TalkOverlap
_Quiet = acoustics_pb2.QuietSpan
_ROLE_STYLE: Final = {"agent": "bold cyan", "customer": "bold magenta"}
_NOTHING: Final = "-"
# What a reviewer wants to hear of an overlap; the rest is counted.
_TOLD: Final = {_Overlap.INTERRUPTION: "interrupts", _Overlap.ATTEMPT: "tries to interrupt"}


def acoustics_view(transcript: Transcript, call: Call) -> Group:
    """Return the acoustics of a transcript that has them."""
    acoustics = transcript.acoustics
    names = speaker_names(transcript)
    roles = {speaker.index: role_word(speaker.role) for speaker in transcript.speakers}
    styles = {index: _ROLE_STYLE.get(role, "bold") for index, role in roles.items()}
    head = Text(call.external_id or call.name, style="bold")
    lengths = (
        ("talk", acoustics.talk_duration),
        ("quiet", acoustics.quiet_duration),
        ("both at once", acoustics.overlap_duration),
        ("on hold", acoustics.hold_duration),
    )
    head.append(f"  {clock(transcript.duration)}", style="not bold")
    for name, length in lengths:
        head.append(f"  {name} {_length(length)}", style="not bold")
    parts: list[RenderableType] = [
        head,
        Text(),
        _speakers(acoustics, names),
        Text(),
        Timeline(transcript, names, styles),
        Text(LEGEND, style="dim"),
    ]
    counts = _counts(acoustics)
    moments = _moments(acoustics, names)
    if counts:
        parts += [Text(), Text(counts)]
    if moments.row_count:
        parts += [Text(), moments]
    return Group(*parts)


def _speakers(acoustics: acoustics_pb2.Acoustics, names: dict[int, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold dim")
    table.add_column("SPEAKER", overflow="fold")
    for title in ("TALK", "SHARE", "WORDS/MIN", "ANSWERS IN", "LONGEST", "INTERRUPTS", "LONGEST TALK"):
        table.add_column(title, justify="right")
    for activity in acoustics.speakers:
        answers = activity.HasField("median_latency")
        table.add_row(
            names.get(activity.speaker, "unknown"),
            clock(activity.talk_duration),
            f"{activity.talk_share:.0%}",
            f"{activity.words_per_minute:.0f}" if activity.words_per_minute else _NOTHING,
            _latency(activity.median_latency) if answers else _NOTHING,
            _latency(activity.longest_latency) if answers else _NOTHING,
            str(activity.interruption_count),
            _length(activity.longest_talk),
        )
    return table


def _counts(acoustics: acoustics_pb2.Acoustics) -> str:
    kinds = [overlap.kind for overlap in acoustics.overlaps]
    told = (
        (_Overlap.INTERRUPTION, "interruption"),
        (_Overlap.ATTEMPT, "attempt to interrupt", "attempts to interrupt"),
        (_Overlap.BACKCHANNEL, "backchannel"),
        (_Overlap.TURN_CHANGE, "overlap at the end of a sentence", "overlaps at the end of a sentence"),
    )
    return ", ".join(counted(kinds.count(kind), *words) for kind, *words in told if kind in kinds)


def _moments(acoustics: acoustics_pb2.Acoustics, names: dict[int, str]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(overflow="fold")
    rows: list[tuple[float, str, Text]] = []
    for span in acoustics.quiet_spans:
        kind = slug(word_of(_Quiet.Kind, span.kind))
        if span.hold or span.kind in {_Quiet.MUSIC, _Quiet.RINGBACK, _Quiet.TONE}:
            length_s = seconds(span.end_offset) - seconds(span.start_offset)
            words = f"{'hold, ' if span.hold else ''}{kind} ({length_s:.0f} s)"
            rows.append((seconds(span.start_offset), _span(span.start_offset, span.end_offset), Text(words)))
    for overlap in acoustics.overlaps:
        if overlap.kind in _TOLD:
            first = names.get(overlap.first_speaker, "unknown")
            second = names.get(overlap.second_speaker, "unknown")
            # An attempt names what the second failed at.
            words = f"{second} {_TOLD[overlap.kind]} {first}"
            style = "bold" if overlap.kind == _Overlap.INTERRUPTION else ""
            place = _span(overlap.start_offset, overlap.end_offset)
            rows.append((seconds(overlap.start_offset), place, Text(words, style=style)))
    for _, place, text in sorted(rows, key=lambda row: row[0]):
        grid.add_row(place, text)
    return grid


def _span(start: Duration, end: Duration) -> str:
    first, last = clock(start), clock(end)
    return first if first == last else f"{first}-{last}"


def _length(duration: Duration) -> str:
    """Return a short length with its tenths, a longer one as a clock shows it."""
    return f"{seconds(duration):.1f} s" if duration.seconds < 10 else clock(duration)


def _latency(duration: Duration) -> str:
    return f"{seconds(duration):.1f} s"
