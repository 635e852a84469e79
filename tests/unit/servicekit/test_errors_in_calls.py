from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Never

import grpc
import pytest

from servicekit import errors
from servicekit.errors import CallqaError, FieldViolation
from servicekit.logs import EventFormatter
from tests.unit.servicekit.toy import KINDS, Behaviour, StartToy, call, failure, stub

if TYPE_CHECKING:
    from collections.abc import Iterator

SPOKEN = "my card number is 4929 1234"
RAISED = [
    (errors.InvalidInputError, grpc.StatusCode.INVALID_ARGUMENT, "INVALID_INPUT"),
    (errors.NotFoundError, grpc.StatusCode.NOT_FOUND, "NOT_FOUND"),
    (errors.AlreadyExistsError, grpc.StatusCode.ALREADY_EXISTS, "ALREADY_EXISTS"),
    (errors.WrongStateError, grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE"),
    (errors.StaleError, grpc.StatusCode.ABORTED, "STALE"),
    (errors.LimitExceededError, grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED"),
    (errors.UnavailableError, grpc.StatusCode.UNAVAILABLE, "UNAVAILABLE"),
    (errors.DeadlineError, grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
    (errors.CancelledError, grpc.StatusCode.CANCELLED, "CANCELLED"),
    (errors.DataLossError, grpc.StatusCode.DATA_LOSS, "DATA_LOSS"),
]


class PackError(errors.InvalidInputError):
    reason = "PACK_MALFORMED"


def raising(error: Exception) -> Behaviour:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        raise error
        yield b""

    return behaviour


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_of_the_tree_becomes_its_status_with_details(toy: StartToy, kind: str) -> None:
    by_request = {cls.__name__.encode(): cls for cls, _, _ in RAISED}

    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        raise by_request[next(requests)]("calls/1 will not do", metadata={"call": "calls/1"})
        yield b""

    _, channel = toy(behaviour)
    for cls, code, reason in RAISED:
        seen = failure(channel, kind, [cls.__name__.encode()])
        assert (seen.code, seen.message) == (code, "calls/1 will not do")
        assert seen.info is not None
        assert (seen.info.reason, seen.info.domain) == (reason, "callqa")
        assert dict(seen.info.metadata) == {"call": "calls/1"}
        assert seen.bad_request is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_services_own_reason_and_violations_reach_the_client(toy: StartToy, kind: str) -> None:
    violations = [
        FieldViolation("pack.rules[0]", "needs a sentence"),
        FieldViolation("pack.name", "is empty"),
    ]
    _, channel = toy(raising(PackError("the pack is malformed", violations=violations)))
    seen = failure(channel, kind)
    assert seen.info is not None
    assert seen.info.reason == "PACK_MALFORMED"
    assert seen.bad_request is not None
    assert [(v.field, v.description) for v in seen.bad_request.field_violations] == [
        ("pack.rules[0]", "needs a sentence"),
        ("pack.name", "is empty"),
    ]


def test_a_thousand_violations_still_arrive_and_say_how_many_are_left_out(toy: StartToy) -> None:
    violations = [FieldViolation(f"rules[{n}].sentence", "needs at least one word") for n in range(1000)]
    _, channel = toy(raising(errors.InvalidInputError("x" * 5000, violations=violations)))
    seen = failure(channel, "unary_unary")
    assert seen.code is grpc.StatusCode.INVALID_ARGUMENT
    assert seen.bad_request is not None
    listed = seen.bad_request.field_violations
    assert listed[0].field == "rules[0].sentence"
    assert listed[-1].description == f"{1000 - len(listed) + 1} more are left out; correct these first"
    assert seen.message.endswith("...")


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_exception_leaks_nothing(
    toy: StartToy, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        try:
            raise KeyError(SPOKEN)  # noqa: TRY301 - the chain is what is tested
        except KeyError:
            raise ValueError(SPOKEN)  # noqa: B904 - as above
        yield b""

    caplog.set_level(logging.DEBUG)
    _, channel = toy(behaviour)
    seen = failure(channel, kind)
    assert seen.code is grpc.StatusCode.INTERNAL
    assert seen.message == "internal error; give the request id to your operator"
    assert seen.info is not None
    assert seen.info.reason == "INTERNAL"
    assert seen.request_info is not None
    assert seen.request_info.request_id == seen.trailing["x-request-id"]
    assert SPOKEN not in str(seen)
    lines = [EventFormatter("toy").format(record) for record in caplog.records]
    assert SPOKEN not in "".join(lines)
    report = next(record for record in caplog.records if record.message == "unexpected exception")
    places = report.__dict__["exception"]
    assert [place.split(":")[0] for place in places] == ["ValueError", "KeyError"]
    assert "servicekit/test_errors_in_calls.py" in places[0]


@pytest.mark.parametrize("kind", ["unary_stream", "stream_stream"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DataLossError("sha256 differs"), grpc.StatusCode.DATA_LOSS),
        (RuntimeError(SPOKEN), grpc.StatusCode.INTERNAL),
    ],
)
def test_an_exception_in_the_middle_of_a_stream_is_mapped_too(
    toy: StartToy, kind: str, error: Exception, code: grpc.StatusCode
) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        yield b"1"
        yield b"2"
        raise error

    _, channel = toy(behaviour)
    seen = failure(channel, kind)
    assert seen.code is code
    assert seen.answers_before == [b"1", b"2"]
    assert SPOKEN not in str(seen)
    assert seen.info is not None


@pytest.mark.parametrize("kind", KINDS)
def test_grpcs_own_abort_passes_through(toy: StartToy, kind: str) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        context.abort(grpc.StatusCode.OUT_OF_RANGE, "the offset is past the end")
        yield b""

    _, channel = toy(behaviour)
    seen = failure(channel, kind)
    assert (seen.code, seen.message) == (grpc.StatusCode.OUT_OF_RANGE, "the offset is past the end")


def test_a_bare_exception_is_not_taken_for_an_abort(toy: StartToy) -> None:
    _, channel = toy(raising(Exception()))
    assert failure(channel, "unary_unary").code is grpc.StatusCode.INTERNAL


def test_trailing_metadata_of_the_handler_survives_an_error(toy: StartToy) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        context.set_trailing_metadata((("x-offset", "42"),))
        raise errors.StaleError("read it again")
        yield b""

    _, channel = toy(behaviour)
    seen = failure(channel, "unary_unary")
    assert seen.trailing["x-offset"] == "42"
    assert seen.info is not None


@pytest.mark.parametrize("kind", ["stream_unary", "stream_stream"])
def test_a_handler_reading_requests_learns_that_its_client_has_gone(toy: StartToy, kind: str) -> None:
    reading, done = threading.Event(), threading.Event()
    learnt: list[Exception] = []

    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        next(requests)
        reading.set()
        while context.is_active():
            time.sleep(0.01)
        try:
            next(requests)
        except Exception as error:
            learnt.append(error)
            raise
        finally:
            done.set()
        yield b""

    def requests() -> Iterator[bytes]:
        yield b"a"
        done.wait(10)

    _, channel = toy(behaviour)
    method = stub(channel, kind)
    ongoing = (
        method.future(requests(), timeout=20) if kind == "stream_unary" else method(requests(), timeout=20)
    )
    assert reading.wait(5)
    ongoing.cancel()
    assert done.wait(5)
    assert [type(error) for error in learnt] == [errors.CancelledError]


def test_a_cause_behind_an_expected_error_is_logged_by_type(
    toy: StartToy, caplog: pytest.LogCaptureFixture
) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        def fail() -> Never:
            raise OSError(SPOKEN)

        try:
            fail()
        except OSError as error:
            raise errors.UnavailableError("the store does not answer") from error
        yield b""

    _, channel = toy(behaviour)
    failure(channel, "unary_unary")
    report = next(record for record in caplog.records if record.message == "call refused")
    assert report.__dict__["reason"] == "UNAVAILABLE"
    assert report.__dict__["exception"][1].startswith("OSError: servicekit/test_errors_in_calls.py")
    assert SPOKEN not in str(report.__dict__)


@pytest.mark.parametrize("kind", KINDS)
def test_what_succeeds_is_left_alone(toy: StartToy, kind: str) -> None:
    def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        for request in requests:
            yield request.upper()

    _, channel = toy(behaviour)
    answers, finished = call(channel, kind, [b"a", b"b"])
    assert b"".join(answers) == (b"AB" if kind.startswith("stream") else b"A")
    assert finished.code() is grpc.StatusCode.OK


def test_every_error_has_a_status_and_a_reason_of_its_own() -> None:
    tree = [getattr(errors, name) for name in dir(errors) if name.endswith("Error")]
    assert len(tree) == 12
    assert len({cls.reason for cls in tree}) == len(tree)
    assert all(issubclass(cls, CallqaError) and cls.__name__ in (errors.__doc__ or "") for cls in tree)
