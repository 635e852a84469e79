"""From what a user calls a call to the call, and all pages of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import grpc
from callqa.v1 import call_pb2, call_service_pb2

from review_client.connection import CALL_TIMEOUT_S
from review_client.errors import WrongInputError
from review_client.failures import code_of
from review_client.output import note
from review_client.words import slug, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callqa.v1 import transcript_pb2
    from callqa.v1.call_service_pb2_grpc import CallServiceStub

_MAX_PAGE_SIZE: Final = 1000
_CALL_NAME: Final = re.compile(r"calls/[a-z0-9_-]{1,64}")
_CALL_ID: Final = re.compile(r"[a-z0-9_-]{1,64}")

_Item = TypeVar("_Item")


def all_pages(
    fetch: Callable[[int, str], tuple[Sequence[_Item], str]],
    *,
    limit: int = 0,
) -> tuple[list[_Item], bool]:
    """Return up to `limit` items (0: all), and whether there are more.

    `fetch` takes a page size and a page token and returns the page's items and the next token.
    """
    items: list[_Item] = []
    token = ""
    while True:
        page_size = min(limit - len(items), _MAX_PAGE_SIZE) if limit else _MAX_PAGE_SIZE
        page, token = fetch(page_size, token)
        items += page
        if not token or (limit and len(items) >= limit):
            return items, bool(token)


def find_call(stub: CallServiceStub, wanted: str) -> call_pb2.Call:
    """Return the call with this name, external id or id, in this order of trust.

    Several calls may share an external id, as after its metadata was corrected: the newest is taken and a
    note names the others. Raises WrongInputError when there is none.
    """
    if _CALL_NAME.fullmatch(wanted):
        return _get(stub, wanted) or _refuse(wanted)
    request = call_service_pb2.ListCallsRequest(external_id=wanted, page_size=10)
    found = stub.ListCalls(request, timeout=CALL_TIMEOUT_S).calls if wanted else []
    if len(found) > 1:
        others = ", ".join(call.name for call in found[1:])
        note(
            f"several calls have the external id {wanted}: this is the newest, {found[0].name}; also {others}"
        )
    if found:
        return found[0]
    call = _get(stub, f"calls/{wanted}") if _CALL_ID.fullmatch(wanted) else None
    return call or _refuse(wanted)


def get_transcript(stub: CallServiceStub, name: str) -> transcript_pb2.Transcript:
    """Return the transcript with this name. Raises grpc.RpcError, NOT_FOUND when there is none."""
    return stub.GetTranscript(call_service_pb2.GetTranscriptRequest(name=name), timeout=CALL_TIMEOUT_S)


def require_result(call: call_pb2.Call, name: str, *, what: str) -> None:
    """Raise WrongInputError that says why, when the call's newest `what` has no `name` yet."""
    if name:
        return
    called = call.external_id or call.name
    if call.state == call_pb2.Call.QUARANTINED:
        raise WrongInputError(
            f"the call {called} is quarantined and has no {what}: {call.quarantine.message}"
        )
    state = slug(word_of(call_pb2.Call.State, call.state))
    raise WrongInputError(f"the call {called} has no {what} yet: it is {state}; try again later")


def _get(stub: CallServiceStub, name: str) -> call_pb2.Call | None:
    try:
        return stub.GetCall(call_service_pb2.GetCallRequest(name=name), timeout=CALL_TIMEOUT_S)
    except grpc.RpcError as error:
        if code_of(error) is grpc.StatusCode.NOT_FOUND:
            return None
        raise


def _refuse(wanted: str) -> call_pb2.Call:
    raise WrongInputError(f"there is no call {wanted}; `callqa calls list` shows the calls there are")
