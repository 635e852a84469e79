from __future__ import annotations

import itertools

import numpy as np
import pytest
from callqa.v1 import acoustics_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.wire import s_from_duration
from tests.unit.transcription.line_sounds import at_level, recorded, said, silence, spoken, voice
from transcription.acoustics.measurement import measure_acoustics
from transcription.acoustics.values import (
    Acoustics,
    AcousticsLimits,
    OverlapKind,
    QuietKind,
    QuietSpan,
    SpeakerActivity,
    TalkOverlap,
    TalkSpan,
)
from transcription.acoustics.waveform import PEAKS_PER_SECOND, waveform_peaks
from transcription.acoustics.wire import acoustics_to_wire
from transcription.transcript import Turn, Word

CALL_S = 20.0
# Two channels with something to hear here and there; drawn words fall on it or beside it.
CHANNELS = [
    recorded(
        np.concatenate([silence(2), at_level(voice(5, 1), -22), silence(6), at_level(voice(7, 2), -22)])
    ),
    recorded(
        np.concatenate([at_level(voice(3, 3), -25), silence(9), at_level(voice(4, 4), -25), silence(4)])
    ),
]


@st.composite
def words_of_a_call(draw: st.DrawFn) -> list[Word]:
    starts_s = sorted(draw(st.lists(st.floats(0, CALL_S), max_size=12)))
    words = []
    for start_s in starts_s:
        end_s = min(CALL_S, start_s + draw(st.floats(0, 1.5)))
        text = draw(st.sampled_from(["yes", "No.", "so", "but...", "okay", "right?"]))
        words.append(
            Word(
                text=text,
                start_s=round(start_s, 3),
                end_s=round(max(start_s, end_s), 3),
                confidence=0.5,
            )
        )
    return [word for word in words if word.end_s <= CALL_S]


def measured(voices: list[list[Word]]) -> Acoustics:
    heard = spoken(*voices)
    turns = [Turn(speaker=one.speaker, words=one.words) for one in heard if one.words]
    turns.sort(key=lambda turn: (turn.words[0].start_s, turn.speaker.index))
    return measure_acoustics(CHANNELS[: len(voices)], heard, turns, duration_s=CALL_S, language="en")


def ms(seconds: float) -> int:
    return round(seconds * 1000)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(words_of_a_call(), min_size=1, max_size=2))
def test_figures_of_any_call_add_up(voices: list[list[Word]]) -> None:
    found = measured(voices)
    assert found == measured(voices)
    for spans in (found.talk_spans, found.quiet_spans, found.overlaps):
        assert all(0 <= span.start_s < span.end_s <= CALL_S for span in spans)
        assert [span.start_s for span in spans] == sorted(span.start_s for span in spans)
    # Who talks: every word is in a span of its speaker's, spans of a speaker lie apart.
    for index, words in enumerate(voices):
        own = [(span.start_s, span.end_s) for span in found.talk_spans if span.speaker == index]
        assert all(later[0] - span[1] > 0.399 for span, later in itertools.pairwise(own))
        for word in words:
            assert any(
                start_s <= word.end_s + 0.05 and word.start_s - 0.05 <= end_s for start_s, end_s in own
            )
    # Every moment is talk or quiet; what both say counts twice in the speakers' sums.
    assert ms(found.talk_s) + ms(found.quiet_s) == ms(CALL_S)
    assert sum(ms(one.talk_s) for one in found.speakers) == ms(found.talk_s) + ms(found.overlap_s)
    assert ms(found.hold_s) == sum(ms(span.end_s - span.start_s) for span in found.quiet_spans if span.hold)
    # Quiet spans fill the quiet but for what is shorter than half a second, and never touch talk.
    quiet_s = sum(span.end_s - span.start_s for span in found.quiet_spans)
    gaps = len(found.talk_spans) + 1
    assert found.quiet_s - 0.5 * gaps - 0.001 <= quiet_s <= found.quiet_s + 0.001
    for quiet in found.quiet_spans:
        assert all(talk.end_s <= quiet.start_s or quiet.end_s <= talk.start_s for talk in found.talk_spans)
    # Overlaps lie where both of their speakers talk.
    for overlap in found.overlaps:
        assert overlap.end_s - overlap.start_s >= 0.299
        for index in (overlap.first_speaker, overlap.second_speaker):
            assert any(
                span.speaker == index and span.start_s <= overlap.start_s and overlap.end_s <= span.end_s
                for span in found.talk_spans
            )
    assert [one.speaker for one in found.speakers] == list(range(len(voices)))
    total = sum(one.talk_share for one in found.speakers)
    assert total == pytest.approx(1.0 if any(voices) else 0.0)
    assert [len(channel.peaks) for channel in found.waveform] == [200] * len(voices)


def test_a_call_is_measured_from_end_to_end() -> None:
    """The agent asks, the customer answers over its end, the agent is silent for 12 s."""
    asked = "May I put you on hold now for one moment?"
    agent = said(asked, 1.0) + said("Thank you for holding on.", 18.0)
    customer = said("Sure, that is fine for me today.", 3.6)
    channels = []
    for starts in ([(1.0, 4.0), (18.0, 19.5)], [(3.6, 5.7)]):
        line = silence(CALL_S)
        for start_s, end_s in starts:
            line[round(start_s * 8000) : round(end_s * 8000)] = at_level(voice(end_s - start_s), -22)
        channels.append(recorded(line))
    heard = spoken(agent, customer)
    turns = [
        Turn(speaker=heard[0].speaker, words=tuple(agent[:10])),
        Turn(speaker=heard[1].speaker, words=tuple(customer)),
        Turn(speaker=heard[0].speaker, words=tuple(agent[10:])),
    ]
    found = measure_acoustics(channels, heard, turns, duration_s=CALL_S, language="en")
    assert [(one.kind, one.first_speaker, one.second_speaker) for one in found.overlaps] == [
        (OverlapKind.TURN_CHANGE, 0, 1)
    ]
    assert found.hold_s == pytest.approx(12.3, abs=0.2)
    assert [one.turn for one in found.responses] == [1, 2]
    assert found.responses[0].latency_s == pytest.approx(-0.4, abs=0.15)
    assert [one.longest_latency_s for one in found.speakers] == [None, found.responses[0].latency_s]
    shorter = measure_acoustics(
        channels, heard, turns, duration_s=CALL_S, language="en", limits=AcousticsLimits(hold_after_s=15)
    )
    assert shorter.hold_s == 0


def test_a_call_that_ends_within_a_millisecond_keeps_its_spans() -> None:
    heard = spoken(said("Good bye", 19.4))
    turns = [Turn(speaker=heard[0].speaker, words=heard[0].words)]
    found = measure_acoustics(
        [CHANNELS[0][:319_993]], heard, turns, duration_s=319_993 / 16000, language="en"
    )
    assert found.talk_spans[-1].end_s <= 319_993 / 16000


def test_peaks_are_the_largest_magnitude_of_each_tenth_of_a_second() -> None:
    samples = np.zeros(16_000 + 100, dtype=np.int16)
    samples[1_599], samples[1_600], samples[-1] = -32_768, 16_384, 1
    peaks = waveform_peaks(samples)
    assert list(peaks) == [255, 128, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert waveform_peaks(samples[:0]) == b""
    assert PEAKS_PER_SECOND * 4 * 3600 < 200_000


def test_long_calls_have_the_peaks_of_their_blocks() -> None:
    samples = np.random.default_rng(1).integers(-9000, 9000, 16_000 * 150).astype(np.int16)
    assert waveform_peaks(samples) == waveform_peaks(samples[:960_000]) + waveform_peaks(samples[960_000:])


def test_the_wire_has_it_all() -> None:
    found = measured([said("Is that right, do you think?", 2.1), said("Yes.", 0.2)])
    message = acoustics_to_wire(found)
    assert [(span.speaker, s_from_duration(span.start_offset)) for span in message.talk_spans] == [
        (span.speaker, span.start_s) for span in found.talk_spans
    ]
    assert message.speakers[0].HasField("median_latency") == (found.speakers[0].median_latency_s is not None)
    assert not message.speakers[1].HasField("longest_latency")
    assert [channel.peaks for channel in message.waveform] == [channel.peaks for channel in found.waveform]
    for name in ("talk", "quiet", "overlap", "hold"):
        assert s_from_duration(getattr(message, f"{name}_duration")) == getattr(found, f"{name}_s")
    assert message.peaks_per_second == 10


def test_every_kind_has_its_number_in_the_contract() -> None:
    assert {kind.name for kind in QuietKind} == set(acoustics_pb2.QuietSpan.Kind.keys()) - {
        "KIND_UNSPECIFIED"
    }
    assert {kind.name for kind in OverlapKind} == set(acoustics_pb2.TalkOverlap.Kind.keys()) - {
        "KIND_UNSPECIFIED"
    }


def test_values_refuse_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="from 2 s to 1 s"):
        TalkSpan(speaker=0, start_s=2, end_s=1)
    with pytest.raises(ValueError, match="from -1 s"):
        QuietSpan(kind=QuietKind.SILENCE, start_s=-1, end_s=1, hold=False)
    with pytest.raises(ValueError, match="with themselves"):
        TalkOverlap(kind=OverlapKind.ATTEMPT, first_speaker=1, second_speaker=1, start_s=0, end_s=1)
    with pytest.raises(ValueError, match="hold_after_s is more than 0"):
        AcousticsLimits(hold_after_s=0)
    with pytest.raises(ValueError, match="a share is 0 to 1"):
        SpeakerActivity(
            speaker=0,
            talk_s=1,
            talk_share=1.1,
            words_per_minute=1,
            median_latency_s=None,
            longest_latency_s=None,
            interruption_count=0,
            longest_talk_s=1,
        )
