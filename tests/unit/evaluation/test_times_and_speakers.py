"""Talk time, word starts and speakers of a downmix, on values small enough to count by hand."""

from __future__ import annotations

import pytest

from evaluation.speech.calls import Segment
from evaluation.speech.speakers import compare_speakers
from evaluation.speech.times import joined_spans, length_s, segment_spans, start_errors_s, talk_spans
from tests.unit.evaluation.heard import turn, word
from transcription.transcript import SpeakerRole

AGENT, CUSTOMER, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.UNKNOWN


def test_spans_that_touch_or_overlap_are_one() -> None:
    assert joined_spans([(4, 5), (0, 1), (0.5, 2), (2, 3)], 0) == [(0, 3), (4, 5)]
    assert joined_spans([(0, 10), (1, 2)], 0) == [(0, 10)]


def test_a_short_gap_between_words_is_talk_and_a_long_one_is_not() -> None:
    assert talk_spans([word(0, 1), word(1.25, 2), word(2.5, 3)]) == [(0, 2), (2.5, 3)]


def test_talk_time_is_measured_alike_on_both_sides() -> None:
    segments = [Segment(start_s=1, end_s=2), Segment(start_s=2.25, end_s=3)]
    words = [word(1, 1.5), word(1.5, 2.75), word(2.75, 3.2)]
    assert length_s(segment_spans(segments)) == 2
    assert length_s(talk_spans(words)) == pytest.approx(2.2)


def test_a_segment_starts_with_the_first_word_that_lies_mostly_in_it() -> None:
    segments = [Segment(start_s=1, end_s=2), Segment(start_s=3, end_s=4), Segment(start_s=6, end_s=7)]
    words = [
        word(0.2, 0.8),  # belongs to no segment
        word(0.9, 1.4),
        word(1.4, 3.1),  # shares 0.6 s with the first and 0.1 s with the second
        word(3.25, 3.5),
        word(3.5, 4.0),
    ]
    assert start_errors_s(segments, words) == pytest.approx([0.1, 0.25])


def test_without_segments_or_words_there_are_no_start_errors() -> None:
    assert start_errors_s([], [word(0, 1)]) == []
    assert start_errors_s([Segment(start_s=0, end_s=1)], []) == []


TRUTH = {AGENT: [(0.0, 4.0)], CUSTOMER: [(4.0, 10.0)]}


def test_voices_are_matched_with_speakers_the_way_that_fits_best() -> None:
    turns = [turn(0, CUSTOMER, word(0, 4)), turn(1, AGENT, word(4, 9)), turn(0, CUSTOMER, word(9, 10))]
    share = compare_speakers(turns, TRUTH, 10)
    assert (share.judged_s, share.right_speaker_s, share.right_role_s) == pytest.approx((10, 9, 1))


def test_a_call_heard_as_one_voice_is_right_for_the_one_who_talks_more() -> None:
    share = compare_speakers([turn(0, UNKNOWN, word(0, 10))], TRUTH, 10)
    assert (share.judged_s, share.right_speaker_s, share.right_role_s) == pytest.approx((10, 6, 0))


def test_a_third_voice_is_right_for_nobody() -> None:
    turns = [
        turn(0, AGENT, word(0, 4)),
        turn(1, CUSTOMER, word(4, 8)),
        turn(2, UNKNOWN, word(8, 10)),
    ]
    assert compare_speakers(turns, TRUTH, 10).right_speaker_s == pytest.approx(8)


def test_silence_and_both_at_once_are_not_judged() -> None:
    truth = {AGENT: [(0.0, 3.0)], CUSTOMER: [(2.0, 5.0)]}
    share = compare_speakers([turn(0, AGENT, word(0, 8))], truth, 8)
    assert (share.judged_s, share.right_role_s) == pytest.approx((4, 2))
