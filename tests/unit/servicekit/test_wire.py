from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import InvalidInputError
from servicekit.wire import (
    canonical_bytes,
    datetime_from_timestamp,
    duration_from_s,
    s_from_duration,
    sha256_hex,
    timestamp_from_datetime,
)

MAX_S = 315_576_000_000


@given(milliseconds=st.integers(min_value=-(10**12), max_value=10**12))
def test_durations_are_exact_to_a_millisecond(milliseconds: int) -> None:
    duration = duration_from_s(milliseconds / 1000)
    assert duration.ToMilliseconds() == milliseconds
    assert s_from_duration(duration) == milliseconds / 1000


@given(seconds=st.floats(min_value=-MAX_S, max_value=MAX_S))
def test_any_duration_is_a_valid_one_within_half_a_millisecond(seconds: float) -> None:
    duration = duration_from_s(seconds)
    assert duration.nanos % 1_000_000 == 0
    assert abs(duration.nanos) < 1_000_000_000
    assert duration.seconds * duration.nanos >= 0
    assert abs(s_from_duration(duration) - seconds) <= 0.0005 + abs(seconds) * 1e-15
    assert duration_from_s(s_from_duration(duration)) == duration


@pytest.mark.parametrize(
    ("seconds", "seconds_part", "nanos_part"),
    [
        (1.2345, 1, 234_000_000),
        (1.2355, 1, 236_000_000),
        (0.9996, 1, 0),
        (-0.0014, 0, -1_000_000),
        (-1.5, -1, -500_000_000),
        (7, 7, 0),
    ],
)
def test_rounding_goes_by_what_is_written(seconds: float, seconds_part: int, nanos_part: int) -> None:
    assert duration_from_s(seconds) == Duration(seconds=seconds_part, nanos=nanos_part)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), float("-inf"), MAX_S * 1.01])
def test_a_duration_out_of_range_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidInputError):
        duration_from_s(seconds)


def test_finer_durations_from_elsewhere_are_rounded() -> None:
    assert s_from_duration(Duration(seconds=1, nanos=234_567_891)) == 1.235


@given(moment=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7, minutes=-30))])))
def test_times_are_exact_to_a_microsecond(moment: datetime) -> None:
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:
        return
    timestamp = timestamp_from_datetime(moment)
    assert 0 <= timestamp.nanos < 1_000_000_000
    assert datetime_from_timestamp(timestamp) == in_utc
    assert datetime_from_timestamp(timestamp).tzinfo is UTC


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        timestamp_from_datetime(datetime(2024, 5, 1))  # noqa: DTZ001 - what is tested


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        datetime_from_timestamp(Timestamp(seconds=10**12))


@pytest.mark.parametrize("nanos", [-1, 10**9])
def test_nanoseconds_that_are_no_part_of_a_second_are_refused(nanos: int) -> None:
    with pytest.raises(InvalidInputError):
        datetime_from_timestamp(Timestamp(seconds=1, nanos=nanos))


@pytest.mark.parametrize(
    "duration", [Duration(seconds=2**62), Duration(seconds=-(2**62)), Duration(seconds=1, nanos=10**9)]
)
def test_a_duration_that_the_contract_does_not_have_is_refused(duration: Duration) -> None:
    with pytest.raises(InvalidInputError):
        s_from_duration(duration)


def test_canonical_bytes_do_not_depend_on_the_order_of_filling() -> None:
    keys = [f"key{n}" for n in range(50)]
    forward, backward = Struct(), Struct()
    for key in keys:
        forward[key] = key
    for key in reversed(keys):
        backward[key] = key
    assert canonical_bytes(forward) == canonical_bytes(backward)
    assert Struct.FromString(canonical_bytes(forward)) == backward


def test_sha256_hex() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
