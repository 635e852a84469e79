from __future__ import annotations

import pytest

from tests.unit.transcription.line_sounds import said, speaker, spoken
from transcription.acoustics.activity import responses, speaker_activity
from transcription.acoustics.values import OverlapKind, QuietKind, QuietSpan, TalkOverlap, TalkSpan
from transcription.transcript import Turn


def turn(index: int, text: str, start_s: float) -> Turn:
    return Turn(speaker=speaker(index), words=tuple(said(text, start_s)))


def latencies(turns: list[Turn], spans: list[TalkSpan] | None = None) -> list[tuple[int, float]]:
    return [(one.turn, one.latency_s) for one in responses(turns, spans or [])]


def test_an_answer_is_timed_from_the_end_of_the_question() -> None:
    turns = [turn(0, "Is that right?", 1.0), turn(1, "Yes it is.", 2.7), turn(0, "Good.", 3.4)]
    assert latencies(turns) == [(1, 0.8), (2, -0.2)]


def test_who_goes_on_after_a_pause_answers_nobody() -> None:
    assert latencies([turn(0, "So then.", 0.0), turn(0, "Well.", 4.0), turn(1, "Yes?", 5.0)]) == [(2, 0.7)]


def test_a_nod_within_a_turn_leaves_the_floor() -> None:
    turns = [
        turn(0, "so I looked into your account today", 0.0),
        turn(1, "Mm-hmm.", 1.0),
        turn(0, "Now.", 3.0),
    ]
    assert latencies(turns) == []


def test_sound_corrects_the_edges_of_words() -> None:
    turns = [turn(0, "Is that right?", 1.0), turn(1, "Yes it is.", 2.7)]
    heard = [
        TalkSpan(speaker=0, start_s=1.0, end_s=2.1),
        TalkSpan(speaker=1, start_s=2.9, end_s=3.6),
    ]
    assert latencies(turns, heard) == [(1, 0.8)]


def test_a_span_that_began_with_the_turn_before_is_no_start() -> None:
    turns = [turn(1, "Yes.", 0.0), turn(0, "So?", 0.2), turn(1, "It is.", 2.0)]
    heard = [TalkSpan(speaker=1, start_s=0.0, end_s=2.6), TalkSpan(speaker=0, start_s=0.2, end_s=0.5)]
    assert latencies(turns, heard)[-1] == (2, 1.5)


def test_everybody_has_an_activity() -> None:
    agent, customer = said("Is that right? And this one here?", 0.0), said("Yes it is. Yes.", 3.0)
    turns = [turn(0, "Is that right? And this one here?", 0.0), turn(1, "Yes it is. Yes.", 3.0)]
    spans = [
        TalkSpan(speaker=0, start_s=0.0, end_s=0.5),
        TalkSpan(speaker=0, start_s=1.0, end_s=2.0),
        TalkSpan(speaker=1, start_s=3.0, end_s=4.0),
    ]
    cut = TalkOverlap(
        kind=OverlapKind.INTERRUPTION, first_speaker=0, second_speaker=1, start_s=3.0, end_s=3.4
    )
    nod = TalkOverlap(kind=OverlapKind.BACKCHANNEL, first_speaker=0, second_speaker=1, start_s=1, end_s=1.4)
    found = speaker_activity(
        spoken(agent, customer, []), turns, spans, [cut, nod], responses(turns, spans), []
    )
    assert [one.speaker for one in found] == [0, 1, 2]
    assert found[0].talk_s == 1.5
    assert found[0].talk_share == pytest.approx(0.6)
    assert found[0].words_per_minute == pytest.approx(7 / 1.5 * 60)
    assert found[0].longest_talk_s == 1.0
    assert (found[0].median_latency_s, found[0].interruption_count) == (None, 0)
    assert (found[1].median_latency_s, found[1].longest_latency_s) == (1.0, 1.0)
    assert found[1].interruption_count == 1
    silent = found[2]
    assert (silent.talk_s, silent.talk_share, silent.words_per_minute, silent.longest_talk_s) == (0, 0, 0, 0)


def test_an_answer_behind_a_hold_is_no_slow_answer() -> None:
    turns = [turn(0, "Please hold.", 0.0), turn(1, "Sure.", 1.0), turn(0, "Thank you.", 21.3)]
    hold = QuietSpan(kind=QuietKind.SILENCE, start_s=1.3, end_s=21.3, hold=True)
    words = spoken(said("Please hold.", 0.0) + said("Thank you.", 21.3), said("Sure.", 1.0))
    found = speaker_activity(words, turns, [], [], responses(turns, []), [hold])
    assert [one.longest_latency_s for one in found] == [None, 0.4]
