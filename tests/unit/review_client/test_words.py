from __future__ import annotations

import pytest
from callqa.v1 import scorecard_pb2
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from review_client.words import clock, counted, moment, number, percent, slug, word_of


@pytest.mark.parametrize(
    ("seconds", "nanos", "said"),
    [
        (0, 0, "0:00"),
        (0, 999_999_999, "0:00"),
        (59, 0, "0:59"),
        (65, 400_000_000, "1:05"),
        (3599, 0, "59:59"),
        (3600, 0, "1:00:00"),
        (7384, 0, "2:03:04"),
    ],
)
def test_a_time_in_a_call_is_minutes_and_seconds(seconds: int, nanos: int, said: str) -> None:
    assert clock(Duration(seconds=seconds, nanos=nanos)) == said


@pytest.mark.parametrize(("value", "said"), [(100.0, "100"), (83.3333, "83.3"), (0.0, "0"), (7.96, "8")])
def test_a_score_has_one_decimal_at_most(value: float, said: str) -> None:
    assert number(value) == said


def test_contract_words_become_words_for_people() -> None:
    word = word_of(scorecard_pb2.Outcome.Result, scorecard_pb2.Outcome.FOLLOW_UP_PROMISED)
    assert word == "FOLLOW_UP_PROMISED"
    assert slug(word) == "follow-up-promised"
    assert slug("RESULT_UNSPECIFIED") == ""


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_only_nothing_is_0_percent_and_only_all_is_100(share: float, said: str) -> None:
    assert percent(share) == said


def test_a_value_of_a_newer_contract_stays_a_number() -> None:
    assert word_of(scorecard_pb2.Outcome.Result, 77) == "77"


def test_times_and_counts() -> None:
    assert moment(Timestamp()) == ""
    assert moment(Timestamp(seconds=1_777_713_125)) == "2026-05-02 09:12"
    assert (counted(1, "call"), counted(2, "call")) == ("1 call", "2 calls")
